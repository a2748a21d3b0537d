"""The purchased-service catalogue as printed: codes under parents, one name for a code, codes the text cites."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chengmai.core.findings import Severity
from chengmai.disclosure.document import TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Passage

_CODE = re.compile(r"([AB])((?:\d{2})*)")
_CITED = re.compile(r"(?<![A-Za-z0-9])([AB](?:\d{2}){1,3})\s*([\u4e00-\u9fff、()（）]{4,40})")
_DEPARTMENT_LEVEL = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    name: str
    place: DocumentPlace
    department: str


def check_catalogue(blocks: Sequence[TableBlock], passages: Sequence[Passage]) -> list[DocumentFinding]:
    """What is wrong inside the catalogue, and where the text cites it wrongly."""
    entries = list(_entries(blocks))
    return [*_lost(entries), *_names(entries), *_cited(entries, passages)]


def _entries(blocks: Sequence[TableBlock]) -> Iterator[_Entry]:
    department = ""
    for block in blocks:
        for index, row in enumerate(block.rows, 1):
            keys = [key for key in row.keys if key]
            if not keys or "代码" in keys:
                continue
            if _CODE.fullmatch(keys[0]):
                yield _Entry(keys[0], keys[1] if len(keys) > 1 else "", block.place(index, 1, "catalogue"), department)
            elif len(keys) == 1:
                department = keys[0]


def _level(code: str) -> int:
    return (len(code) + 1) // 2


def _lost(entries: list[_Entry]) -> Iterator[DocumentFinding]:
    """A code whose parent is not the one above it, or has no name, or is not one of this catalogue's letters."""
    path: dict[int, _Entry] = {}
    department = ""
    for entry in entries:
        if entry.department != department:
            path, department = {}, entry.department
        level = _level(entry.code)
        if not entry.name:
            yield _finding("disclosure.catalogue.no_name", Severity.ERROR, entry, None, entry.code)
        parent = path.get(level - 1)
        if parent is not None and not entry.code.startswith(parent.code):
            known = any(other.code == entry.code[:-2] for other in path.values())
            rule = "disclosure.catalogue.other_parent"
            if not known:
                yield _finding(rule, Severity.ERROR, entry, parent, entry.code, parent.code)
        elif level > 1 and parent is None:
            yield _finding("disclosure.catalogue.no_parent", Severity.WARNING, entry, None, entry.code, entry.code[:-2])
        path[level] = entry
        for deeper in [one for one in path if one > level]:
            del path[deeper]


def _names(entries: list[_Entry]) -> Iterator[DocumentFinding]:
    """Above the departments' own level a code has one name: that which most of the catalogue prints."""
    names: dict[str, Counter[str]] = {}
    for entry in entries:
        if _level(entry.code) < _DEPARTMENT_LEVEL and entry.name:
            names.setdefault(entry.code, Counter())[entry.name] += 1
    for entry in entries:
        told = names.get(entry.code)
        if told is None or len(told) < 2 or not entry.name:
            continue
        usual, times = told.most_common(1)[0]
        if entry.name != usual and times > told[entry.name]:
            first = next(one for one in entries if one.code == entry.code and one.name == usual)
            yield _finding("disclosure.catalogue.name", Severity.WARNING, entry, first, entry.name, usual)


def _cited(entries: list[_Entry], passages: Sequence[Passage]) -> Iterator[DocumentFinding]:
    """A code in the text with the name of another entry, or that the catalogue does not have."""
    if not entries:
        return
    by_code: dict[str, set[str]] = {}
    for entry in entries:
        by_code.setdefault(entry.code, set()).add(entry.name)
    for passage in passages:
        if passage.table:
            continue
        for found in _CITED.finditer(passage.text):
            cited = name_key(found[2])
            if found[1][0] not in {code[0] for code in by_code}:
                continue
            if any(name and cited.startswith(name) for name in by_code.get(found[1], ())):
                continue
            named = next(
                (one for one in entries if one.name and cited.startswith(one.name) and len(one.name) > 6), None
            )
            yield DocumentFinding(
                "disclosure.catalogue.cited",
                Severity.ERROR,
                passage.place(*found.span(1)),
                None if named is None else named.place,
                found[1],
                "" if named is None else named.code,
                detail=(("name", cited[:40]),),
            )


def _finding(
    rule: str, severity: Severity, entry: _Entry, other: _Entry | None, value: str, other_value: str = ""
) -> DocumentFinding:
    where = None if other is None else other.place
    return DocumentFinding(
        rule,
        severity,
        entry.place,
        where,
        value,
        other_value,
        detail=(("code", entry.code), ("name", entry.name), ("department", entry.department)),
    )
