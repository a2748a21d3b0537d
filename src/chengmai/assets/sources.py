"""From the bytes of any file people bring to a network in degrees: EPANET input, survey tables as ZIP or workbook."""

from chengmai.core.findings import Finding
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.placing import place
from chengmai.network.survey_files import is_table_file, tables_of
from chengmai.network.survey_reader import read_survey

READER_VERSION = 1
"""Part of an edition's source hash: a reader that reads the same bytes otherwise makes another edition."""


def read_source(file_name: str, data: bytes, centre: tuple[float, float]) -> tuple[PipeNetwork, list[Finding]]:
    """The network a file describes and all that is wrong with the file; the content tells its format."""
    if is_table_file(data):
        tables, findings = tables_of(file_name, data)
        network, found = read_survey(tables, file_name)
        return network, [*findings, *found]
    network, findings = read_inp(data, file_name)
    placed, found = place(network, file_name, centre)
    return placed, [*findings, *found]
