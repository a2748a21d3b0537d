"""From the bytes of any file people bring to a network in degrees: EPANET input, survey tables as ZIP or workbook."""

from chengmai.core.findings import Finding
from chengmai.network.assembly import assemble
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.placing import place
from chengmai.network.records import Place, Records
from chengmai.network.survey_files import is_table_file, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.utilities import Utility

READER_VERSION = 2
"""Part of an edition's source hash: a reader that reads the same bytes otherwise makes another edition."""


def read_source(
    file_name: str, data: bytes, centre: tuple[float, float], utility: Utility
) -> tuple[PipeNetwork, list[Finding]]:
    """The network of a utility that a file describes and all that is wrong with the file; its content tells its format.

    EPANET input is about water only: for any other utility nothing of it is taken.
    """
    if is_table_file(data):
        tables, findings = tables_of(file_name, data)
        network, found = read_survey(tables, file_name, utility)
        return network, [*findings, *found]
    if utility != Utility.WATER:
        here = Place(file_name)
        return assemble(Records(here))[0], [here.finding("inp.other_utility", value=utility.value)]
    network, findings = read_inp(data, file_name)
    placed, found = place(network, file_name, centre)
    return placed, [*findings, *found]
