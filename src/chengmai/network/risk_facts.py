"""What is known of every pipe for its risk, out of the survey and of what lies around it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely

from chengmai.network.array_types import Codes, Floats
from chengmai.network.burial import burial_of
from chengmai.network.link_lines import link_lines
from chengmai.network.local_plane import LocalPlane
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.risk_table import PipeFact
from chengmai.network.utilities import Utility
from chengmai.network.valve_graph import valve_graph


def pipe_facts(
    network: PipeNetwork,
    utility: Utility,
    year: int,
    key_places: Floats,
    chambers: Floats,
    past_leaks: Mapping[str, int],
) -> dict[PipeFact, Floats | Codes]:
    """Facts of every link, arrays (n_links,), NaN or "" where unknown.

    ``key_places`` and ``chambers`` are rows of (longitude, latitude); ``past_leaks`` counts confirmed leaks by the
    link's code. ``users`` are those in the link's valve segment: they go without while it is mended.
    """
    links = network.links
    burial = burial_of(network, utility)
    plane = _plane(network)
    lines = link_lines(network, plane.metres)
    cover = np.minimum(burial.start_cover, burial.end_cover)
    return {
        PipeFact.AGE_YEARS: _ages(network, year),
        PipeFact.MATERIAL: links.material,
        PipeFact.PRESSURE_CLASS: _words(network, "pressure_class"),
        PipeFact.COVER_M: np.where(burial.depth_assumed, np.nan, cover),
        PipeFact.PAST_LEAKS: np.array([float(past_leaks.get(str(code), 0)) for code in links.code], dtype=np.float64),
        PipeFact.DIAMETER_MM: np.where(burial.diameter_assumed, np.nan, links.diameter * 1000),
        PipeFact.USERS: _users(network, utility),
        PipeFact.KEY_PLACE_M: _distances(lines, plane.metres(key_places)),
        PipeFact.CHAMBER_M: _distances(lines, plane.metres(chambers)),
    }


def _plane(network: PipeNetwork) -> LocalPlane:
    if len(network.nodes) == 0:
        return LocalPlane(0.0, 0.0)
    return LocalPlane(float(network.nodes.x.mean()), float(network.nodes.y.mean()))


def _ages(network: PipeNetwork, year: int) -> Floats:
    laid = [attributes.get("laid_year") for attributes in network.links.attributes]
    return np.array([max(0.0, float(year - one)) if isinstance(one, int) else np.nan for one in laid], dtype=np.float64)


def _words(network: PipeNetwork, name: str) -> Codes:
    return np.array([str(attributes.get(name, "")) for attributes in network.links.attributes], dtype=np.str_)


def _users(network: PipeNetwork, utility: Utility) -> Floats:
    if len(network.customers) == 0 or len(network.links) == 0:
        return np.full(len(network.links), np.nan)
    of_node, of_link = valve_graph(network, paired=utility is Utility.HEAT).segments()
    customers = network.customers
    users = np.bincount(of_node[customers.node], weights=customers.users, minlength=int(of_link.max()) + 1)
    return np.asarray(users[of_link], dtype=np.float64)


def _distances(lines: npt.NDArray[np.object_], places: Floats) -> Floats:
    """From each line to the nearest place [m]; NaN when there is no place at all."""
    if len(places) == 0 or len(lines) == 0:
        return np.full(len(lines), np.nan)
    tree = shapely.STRtree(shapely.points(places))
    (line, _), distance = tree.query_nearest(lines, return_distance=True, all_matches=False)
    found = np.full(len(lines), np.nan)
    found[line] = distance
    return found
