"""Sources of gas and heat and the stations that take heat: what their solvers need, kept with the point."""

from chengmai.network.pipe_network import NodeKind
from chengmai.network.records import NodeRecord
from chengmai.network.survey_tables import SurveyRow
from chengmai.network.utilities import Utility

_SOURCE: dict[Utility, dict[str, tuple[float, float]]] = {
    Utility.GAS: {"pressure_kpa": (0.1, 10_000.0)},
    Utility.HEAT: {"pressure_kpa": (1.0, 2500.0), "supply_c": (20.0, 200.0), "lift_kpa": (1.0, 2500.0)},
}
"""What is told of a source, with the least and the most that can be true: gauge pressure (of the return at a heat
source), temperature of the supply, and by how much the supply is pressed above the return."""


def read_pressure_source(row: SurveyRow, utility: Utility, node: NodeRecord) -> None:
    """A gate station or a heat source: the point becomes the network's source, its height stays the pipe's."""
    told = {column: row.number(column, None, least, most) for column, (least, most) in _SOURCE[utility].items()}
    if row.sound:
        node.kind = NodeKind.RESERVOIR
        node.attributes |= told | ({"name": row.text("name")} if row.text("name") else {})


def read_station(row: SurveyRow, node: NodeRecord) -> None:
    """A heat station: the heat it takes at design temperature [kW], the class of the buildings behind it, its name."""
    heat = row.number("heat_kw", None, least=1.0, most=1e6)
    if row.sound:
        named = {"building_class": row.text("building_class"), "station": row.text("name", row.text("code"))}
        node.attributes |= {"heat_kw": heat} | {name: value for name, value in named.items() if value}
