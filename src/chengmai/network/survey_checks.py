"""What a survey must agree on as a whole: how many lines meet at a point, and where a size may change."""

from collections import defaultdict

from chengmai.core.findings import Severity
from chengmai.network.pipe_network import LinkKind
from chengmai.network.records import Records
from chengmai.network.survey_domains import FEATURE_DEGREES
from chengmai.network.survey_tables import SurveyRow

_JUMP_SHARE = 0.02
"""Diameters that differ by less are the same size told with another wall."""


def check_shape(points: list[SurveyRow], lines: list[SurveyRow], records: Records) -> None:
    """Compare each point's feature with the lines that meet there, and look for sizes that change without a reducer."""
    meeting: dict[str, int] = defaultdict(int)
    sizes: dict[str, list[float]] = defaultdict(list)
    for link in records.links:
        for code in (link.start, link.end):
            meeting[code] += 1
            if link.kind == LinkKind.PIPE:
                sizes[code].append(link.diameter)
    loaded = {node.code for node in records.nodes}
    for row in points:
        code, feature = row.text("exp_no"), row.text("feature")
        if code not in loaded or code not in meeting:
            continue
        least, most = FEATURE_DEGREES.get(feature, (0, 99))
        if not least <= meeting[code] <= most:
            row.note("point.degree", "feature", Severity.WARNING, lines=meeting[code])
        here = sizes[code]
        in_pipe = records.utility.under_pressure  # in a chamber, conduits of any sizes may meet
        if in_pipe and len(here) == 2 == meeting[code] and feature != "变径":
            small, large = sorted(here)
            if large - small > _JUMP_SHARE * large:
                row.note(
                    "diameter.jump", "feature", Severity.WARNING, small=f"{small * 1000:g}", large=f"{large * 1000:g}"
                )
