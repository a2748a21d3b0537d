"""Whose document it is, whether a unit handed in by its day, and all units rolled up; pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengmai.disclosure.checking.unit_documents import FIGURES, UnitReading
from chengmai.disclosure.folding import name_key

SEVERITIES = ("error", "warning", "note", "undecided")
_WORDS = re.compile(r"[0-9A-Za-z]+")


class DocumentState(StrEnum):
    """Where a handed-in document stands."""

    WAITING = "waiting"
    CHECKED = "checked"
    FAILED = "failed"


class MatchGround(StrEnum):
    """Why a document is taken for a unit's, or for nobody's."""

    PRINTED_AND_FILE = "printed_and_file"
    PRINTED = "printed"
    FILE = "file"
    BY_HAND = "by_hand"
    CONTRADICTORY = "contradictory"
    NOT_LISTED = "not_listed"


class HandInState(StrEnum):
    """How a unit stands to its day: an unusable hand-in is one that cannot be read or is another year's."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    UNUSABLE = "unusable"
    AWAITED = "awaited"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class UnitExpected:
    """A unit that has to hand in: by when, and when it did if the list says so."""

    code: str
    name: str
    due: date | None = None
    received: date | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A document that came; ``unit`` is the code of whose it is, empty for nobody's, ``reading`` what it says."""

    key: str
    name: str
    received: date
    unit: str
    ground: MatchGround
    state: DocumentState
    reading: UnitReading | None = None
    error: str = ""

    def usable(self, year: int) -> bool:
        """Whether it is a budget of the year: at least one table was read."""
        return self.reading is not None and self.reading.tables > 0 and self.reading.year == year


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit with what it handed in; ``counted`` is the last usable document, whose figures are rolled up."""

    unit: UnitExpected | None
    documents: tuple[HandedIn, ...]
    counted: HandedIn | None
    state: HandInState
    handed_in: date | None
    days_late: int

    @property
    def shown(self) -> HandedIn | None:
        """The document whose findings stand in the table: the counted one, else the last that came."""
        return self.counted or (self.documents[-1] if self.documents else None)


@dataclass(frozen=True, slots=True)
class RolledUp:
    """All units together: how many stand how, sums [fen] with how many units they are of, findings by severity."""

    states: Mapping[HandInState, int]
    figures: Mapping[str, tuple[int, int]]
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UnitsOverview:
    """The table: a row a unit, documents of nobody's apart, and each rule with its findings and units."""

    year: int
    rows: tuple[UnitRow, ...]
    astray: tuple[HandedIn, ...]
    rolled_up: RolledUp
    rules: Mapping[str, tuple[int, int]]
    progress: Mapping[DocumentState, int]


def whose(path: str, printed: str, units: Sequence[UnitExpected]) -> tuple[str, MatchGround]:
    """The code of the unit a document belongs to, and why: the name it prints, and code or name in its file's path.

    Where the two name different units nobody is chosen; nor where a name fits several.
    """
    by_file = _by_file(path, units)
    by_print = {unit.code for unit in units if printed and name_key(unit.name) == name_key(printed)}
    if by_file and by_print:
        both = by_file & by_print
        if len(both) == 1:
            return both.pop(), MatchGround.PRINTED_AND_FILE
        return "", MatchGround.CONTRADICTORY
    if len(by_print) == 1:
        return by_print.pop(), MatchGround.PRINTED
    if len(by_file) == 1:
        return by_file.pop(), MatchGround.FILE
    return "", MatchGround.CONTRADICTORY if by_file or by_print else MatchGround.NOT_LISTED


def _by_file(path: str, units: Sequence[UnitExpected]) -> set[str]:
    """Units whose code is a word of the path, else those with the longest name in it."""
    words = {word.lower() for word in _WORDS.findall(path)}
    coded = {unit.code for unit in units if unit.code.lower() in words}
    if coded:
        return coded
    folded = name_key(path)
    named = [unit for unit in units if name_key(unit.name) in folded]
    longest = max((len(name_key(unit.name)) for unit in named), default=0)
    return {unit.code for unit in named if len(name_key(unit.name)) == longest}


def overview(year: int, units: Sequence[UnitExpected], documents: Sequence[HandedIn], today: date) -> UnitsOverview:
    """All units and documents as one table; without a list every document is a row of its own."""
    by_unit: dict[str, list[HandedIn]] = {}
    for one in documents:
        by_unit.setdefault(one.unit, []).append(one)
    rows = [_row(year, unit, by_unit.get(unit.code, ()), today) for unit in units]
    known = {unit.code for unit in units}
    astray = tuple(one for one in documents if one.unit not in known)
    if not units:
        rows, astray = [_row(year, None, [one], today) for one in documents], ()
    return UnitsOverview(
        year, tuple(rows), astray, roll_up(rows), _rules(rows), Counter(one.state for one in documents)
    )


def _row(year: int, unit: UnitExpected | None, documents: Sequence[HandedIn], today: date) -> UnitRow:
    came = tuple(sorted(documents, key=lambda one: one.received))
    usable = [one for one in came if one.usable(year)]
    told = None if unit is None else unit.received
    handed_in = (told or usable[0].received) if usable else None
    due = None if unit is None else unit.due
    late = 0 if due is None else max(0, ((handed_in or today) - due).days)
    if handed_in is not None:
        state = HandInState.LATE if late else HandInState.ON_TIME
    elif any(one.state == DocumentState.WAITING for one in came):
        state = HandInState.CHECKING
    elif came:
        state = HandInState.UNUSABLE
    else:
        state = HandInState.MISSING if late else HandInState.AWAITED
    return UnitRow(unit, came, usable[-1] if usable else None, state, handed_in, late)


def roll_up(rows: Iterable[UnitRow]) -> RolledUp:
    """The sums over the rows; a figure that a unit does not print is in no sum, and the sum says of how many it is."""
    found = list(rows)
    readings = [row.counted.reading for row in found if row.counted is not None and row.counted.reading is not None]
    figures = {}
    for name in FIGURES:
        told = [value for one in readings if (value := getattr(one, name)) is not None]
        figures[name] = (sum(told), len(told))
    shown = [row.shown.reading for row in found if row.shown is not None and row.shown.reading is not None]
    findings = {severity: sum(one.count(severity) for one in shown) for severity in SEVERITIES}
    return RolledUp(Counter(row.state for row in found), figures, findings)


def _rules(rows: Iterable[UnitRow]) -> dict[str, tuple[int, int]]:
    findings: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for row in rows:
        if row.shown is not None and row.shown.reading is not None:
            for rule, counts in row.shown.reading.rules.items():
                findings[rule] += sum(counts.values())
                units[rule] += 1
    return {rule: (findings[rule], units[rule]) for rule in sorted(findings)}
