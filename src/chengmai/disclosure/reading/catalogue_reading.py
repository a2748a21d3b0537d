"""Reading the catalogue of purchased services out of a document: its table, and what the notices before it add."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.document import BlockRow, Document, TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import fold, name_key
from chengmai.disclosure.reading.service_catalogue import LEVEL_OF, ServiceCatalogue, ServiceEntry, usual_names

_CODE = re.compile(r"[AB](?:\d{2}){0,3}")
_ALMOST_A_CODE = re.compile(r"[A-Za-z][\dOolI.\s-]*")
_QUOTED = re.compile(r"“([AB])\s?(\d{2,6})\s+([^”]+)”")
_LIMITED = re.compile(r"仅限(?P<whom>[^，。；]{2,40}?)使用")
_ISSUE = re.compile(r"[\u4e00-\u9fff]{2,8}[〔\[(](20\d\d)[〕\])]\d{1,4}号")
_COLUMNS = 5
_ERRORS = frozenset(
    {"disclosure.entry.no_name", "disclosure.entry.twice", "disclosure.entry.astray", "disclosure.entry.no_parent"}
)


@dataclass
class _Reading:
    """What is known while the table is read."""

    block: TableBlock
    department: str = ""
    entries: list[ServiceEntry] = field(default_factory=list)
    findings: list[DocumentFinding] = field(default_factory=list)
    codes: set[tuple[str, str]] = field(default_factory=set)
    last: ServiceEntry | None = None

    def find(self, rule: str, place: DocumentPlace, value: str, other: ServiceEntry | None = None, **told: str) -> None:
        """Keep a finding; a code that cannot be right, or means nothing, weighs as an error."""
        self.findings.append(
            DocumentFinding(
                rule=rule,
                severity=Severity.ERROR if rule in _ERRORS else Severity.WARNING,
                place=place,
                other=None if other is None else other.place,
                value=value[:80],
                other_value="" if other is None else other.name[:80],
                detail=(("department", self.department), *told.items()),
            )
        )


def read_catalogue(document: Document, blocks: Sequence[TableBlock]) -> ServiceCatalogue | None:
    """The catalogue a document prints; None when it prints none. No content raises."""
    if not blocks:
        return None
    readings = [_read_block(block) for block in blocks]
    entries = [entry for reading in readings for entry in reading.entries]
    findings = [finding for reading in readings for finding in reading.findings]
    findings += _other_names(entries)
    entries += _added_by_notice(document, blocks[0].first_line)
    title = next((line.printed.strip() for line in reversed(blocks[0].caption)), "")
    issue, year = _issue(document, blocks[0].first_line)
    return ServiceCatalogue(title, issue, year, tuple(entries), tuple(findings))


def _read_block(block: TableBlock) -> _Reading:
    reading = _Reading(block)
    for index, row in enumerate(block.rows, 1):
        first = name_key(row.cells[0])
        others = [cell for cell in row.cells[1:] if cell.strip()]
        if first == "代码" or not any(cell.strip() for cell in row.cells):
            continue
        if _CODE.fullmatch(first):
            _entry(reading, index, row, first)
        elif first and not others and not _ALMOST_A_CODE.fullmatch(first):
            reading.department, reading.last = first, None
        else:
            reading.find("disclosure.entry.row_unclear", block.place(index, 1, "catalogue"), first or others[0])
    return reading


def _entry(reading: _Reading, index: int, row: BlockRow, code: str) -> None:
    level = LEVEL_OF[len(code)]
    told = [(column, cell) for column, cell in enumerate(row.cells[1:_COLUMNS], 1) if cell.strip()]
    column, cell = told[0] if told else (level, "")
    place = reading.block.place(index, 1, "catalogue")
    name = _despaced(cell)
    exact = name == cell and column == level and len(told) == 1
    fidelity = Fidelity.FINDING if not name else Fidelity.EXACT if exact else Fidelity.NORMALISED
    entry = ServiceEntry(code, level, name, reading.department, place, fidelity)
    if not name:
        reading.find("disclosure.entry.no_name", place, code)
    if not reading.department:
        reading.find("disclosure.entry.no_department", place, code)
    _check_place_in_tree(reading, entry)
    reading.codes.add((entry.department, code))
    reading.entries.append(entry)
    reading.last = entry


def _check_place_in_tree(reading: _Reading, entry: ServiceEntry) -> None:
    """A code must be new in its department, stand below its parent, and follow the number before it."""
    known = reading.codes
    if (entry.department, entry.code) in known:
        first = next(one for one in reading.entries if (one.department, one.code) == (entry.department, entry.code))
        reading.find("disclosure.entry.twice", entry.place, entry.code, first)
    elif entry.parent_code and (entry.department, entry.parent_code) not in known:
        last = reading.last
        name, above = entry.name, entry.parent_code
        if last is not None and last.code[0] != entry.code[0]:
            reading.find("disclosure.entry.astray", entry.place, entry.code, last, name=name, parent=above)
        else:
            reading.find("disclosure.entry.no_parent", entry.place, entry.code, name=name, parent=above)
    elif entry.level == 4:
        number = int(entry.code[-2:])
        before = (entry.department, f"{entry.parent_code}{number - 1:02}")
        if number > 1 and before not in known:
            reading.find("disclosure.entry.gap", entry.place, entry.code, missing=before[1])


def _other_names(entries: Sequence[ServiceEntry]) -> list[DocumentFinding]:
    """Shared codes that one department names otherwise than most do."""
    usual = usual_names(entries)
    first = {(entry.code, entry.name): entry for entry in reversed(entries)}
    return [
        DocumentFinding(
            rule="disclosure.entry.other_name",
            severity=Severity.WARNING,
            place=entry.place,
            other=first[entry.code, usual[entry.code]].place,
            value=entry.name,
            other_value=usual[entry.code],
            detail=(("department", entry.department), ("code", entry.code)),
        )
        for entry in entries
        if entry.level < 4 and entry.name and name_key(entry.name) != name_key(usual[entry.code])
    ]


def _added_by_notice(document: Document, before: int) -> list[ServiceEntry]:
    """Entries of B that the notice in front of the table names: added, renamed (the later name holds) or limited."""
    found: dict[str, ServiceEntry] = {}
    for paragraph in document.paragraphs:
        if paragraph.lines[0] >= before:
            break
        text = fold(paragraph.text)
        limit = _LIMITED.search(text)
        for quoted in _QUOTED.finditer(paragraph.text):
            code = quoted[1] + quoted[2]
            if len(code) not in LEVEL_OF:
                continue
            name = _despaced(quoted[3])
            fidelity = Fidelity.EXACT if name == quoted[3] else Fidelity.NORMALISED
            place = paragraph.place(quoted.start(), quoted.end())
            whom = limit["whom"] if limit is not None else ""
            found[code] = ServiceEntry(code, LEVEL_OF[len(code)], name, "", place, fidelity, whom)
    return list(found.values())


def _issue(document: Document, before: int) -> tuple[str, int]:
    """Number and year under which the catalogue was issued: the last number that stands alone on a line above it."""
    for line in reversed(document.lines[: before - 1]):
        found = _ISSUE.fullmatch(line.printed.strip())
        if found is not None:
            return found[0], int(found[1])
    return "", 0


def _despaced(text: str) -> str:
    """A name without the spaces that a scan put between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text.strip())
