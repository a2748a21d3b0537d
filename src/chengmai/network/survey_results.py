"""Result tables (管线点成果表): one row a point and neighbour, as field offices print them; told apart into points and
lines, each line put together from what its two ends say.
"""

from chengmai.core.findings import Severity
from chengmai.network.survey_tables import SurveyRow

_OF_POINT = ("x", "y", "high", "feature", "subsid", "note")
_OF_LINE = ("material", "size", "embedding")
_AT_END = {"depth": "depth", "top": "top"}


def split_results(rows: list[SurveyRow]) -> tuple[list[SurveyRow], list[SurveyRow]]:
    """Point rows and line rows of a result table; a row without a point number goes on with the one above it."""
    points: list[SurveyRow] = []
    lines: dict[tuple[str, str], SurveyRow] = {}
    sides: dict[tuple[str, str], set[str]] = {}
    current = ""
    for row in rows:
        told = row.cells.get("exp_no", "")
        if told and told != current:
            current = told
            cells = {"exp_no": told} | {name: row.cells[name] for name in _OF_POINT if row.cells.get(name)}
            points.append(SurveyRow(row.place, cells, row.headers))
        other = row.cells.get("other", "")
        if not current or not other:
            continue
        pair = (min(current, other), max(current, other))
        if pair not in lines:
            lines[pair] = _line(row, current, other)
        elif current in sides[pair]:
            lines[pair].note("line.duplicate", "end", first=lines[pair].place.row)
        else:
            _other_side(lines[pair], row)
        sides.setdefault(pair, set()).add(current)
    for pair, line in lines.items():
        if len(sides[pair]) == 1 and pair[0] != pair[1]:
            line.note("line.one_sided", "end", Severity.WARNING)
    return points, list(lines.values())


def _line(row: SurveyRow, start: str, end: str) -> SurveyRow:
    cells = {"start": start, "end": end} | {name: row.cells[name] for name in _OF_LINE if row.cells.get(name)}
    cells |= {f"start_{name}": row.cells[name] for name in _AT_END if row.cells.get(name)}
    headers = row.headers | {"start": row.headers["exp_no"], "end": row.headers["other"]}
    headers |= {
        f"{side}_{name}": row.headers[name] for side in ("start", "end") for name in _AT_END if name in row.headers
    }
    return SurveyRow(row.place, cells, headers)


def _other_side(line: SurveyRow, row: SurveyRow) -> None:
    """Take in what the line's other end says; a size or material told differently there is noted."""
    line.cells |= {f"end_{name}": row.cells[name] for name in _AT_END if row.cells.get(name)}
    for name in ("size", "material"):
        told = row.cells.get(name, "")
        if told and line.cells.get(name) and told != line.cells[name]:
            line.note("line.sides_differ", name, Severity.WARNING, row=row.place.row, other=told)
        elif told:
            line.cells[name] = told
