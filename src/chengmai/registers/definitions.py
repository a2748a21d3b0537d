"""What a kind of register is, as data: its fields, states and moves, read strictly from a document; pure.

A document is what ``data/kinds/*.json`` hold and what an administrator writes. Every fault is told with the place in
the document where it stands.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from chengmai.core.errors import InvalidInput

_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_PREFIX = re.compile(r"[A-Z]{1,6}")
MOST_FIELDS, MOST_STATES, MOST_CHOICES = 60, 20, 100
MOST_DECIMALS = 6
ENTER = "enter"
"""The step by which an entry begins."""
Row = TypeVar("Row")


class FieldType(StrEnum):
    """What a field of a register holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    REFERENCE = "reference"
    PERSON = "person"
    PHOTO = "photo"
    DOCUMENT = "document"


FILES = frozenset({FieldType.PHOTO, FieldType.DOCUMENT})
"""Types whose value is a stored file."""
DATED = frozenset({FieldType.DAY, FieldType.MOMENT})


class Domain(StrEnum):
    """What work a register or a checklist belongs to."""

    UPKEEP = "upkeep"
    ENFORCEMENT = "enforcement"
    SORTING = "sorting"
    OTHER = "other"


class EntryLight(StrEnum):
    """How a state looks in a list."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class ChoiceDef:
    """One of the words a choice is made among."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FieldDef:
    """A field: its type, whether it is needed, its unit and decimals, where a reference leads, whether it runs out."""

    code: str
    name_zh: str
    name_en: str
    type: FieldType
    needed: bool = False
    unit: str = ""
    decimals: int = 0
    choices: tuple[ChoiceDef, ...] = ()
    refers_to: str = ""
    expires: bool = False
    remind_days: int = 30
    retired: bool = False

    @property
    def called(self) -> str:
        """Its name in both languages, as errors tell it."""
        return f"{self.name_zh} {self.name_en}"


@dataclass(frozen=True, slots=True)
class StateDef:
    """A state: its light, whether an entry may begin in it, whether it is in force, whether it counts for nothing."""

    code: str
    name_zh: str
    name_en: str
    light: EntryLight = EntryLight.GREEN
    first: bool = False
    active: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True)
class MoveDef:
    """A move from states to a state: what must be told, who may, and whose step the mover must not have taken."""

    code: str
    name_zh: str
    name_en: str
    to: str
    come_from: tuple[str, ...] = ()
    note_needed: bool = False
    approval: bool = False
    other_than: str = ""
    sets: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpansDef:
    """That entries are spans of time in which what they refer to was out of order."""

    of: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class KindDef:
    """A kind of register, whole."""

    code: str
    name_zh: str
    name_en: str
    domain: Domain
    fields: tuple[FieldDef, ...]
    states: tuple[StateDef, ...]
    moves: tuple[MoveDef, ...] = ()
    key: str = ""
    prefix: str = ""
    title: str = ""
    dated_by: str = ""
    amount: str = ""
    listed: tuple[str, ...] = ()
    spans: SpansDef | None = None
    note_zh: str = ""
    note_en: str = ""

    def field(self, code: str) -> FieldDef | None:
        """The field of a code."""
        return next((one for one in self.fields if one.code == code), None)

    def state(self, code: str) -> StateDef | None:
        """The state of a code."""
        return next((one for one in self.states if one.code == code), None)

    @property
    def first_state(self) -> str:
        """Where an entry begins unless another first state is told."""
        return next(one.code for one in self.states if one.first)

    @property
    def active_states(self) -> frozenset[str]:
        """States in which an entry is in force: it is counted, and what expires is reminded of."""
        return frozenset(one.code for one in self.states if one.active)

    @property
    def void_states(self) -> frozenset[str]:
        """States in which an entry counts for nothing."""
        return frozenset(one.code for one in self.states if one.void)


def refuse(rule: str, at: str, value: object = "") -> InvalidInput:
    """What is wrong with a definition, and where in its document."""
    return InvalidInput("register.definition", rule=rule, at=at, value=str(value)[:80])


def members(document: object, at: str, known: Sequence[str], needed: Sequence[str]) -> Mapping[str, Any]:
    """An object's members; raises InvalidInput for what is no object, knows a member too many or lacks one."""
    if not isinstance(document, dict):
        raise refuse("object", at)
    for name in document:
        if name not in known:
            raise refuse("unknown", f"{at}.{name}")
    for name in needed:
        if document.get(name) in (None, "", []):
            raise refuse("missing", f"{at}.{name}")
    return document


def listed_rows(document: Mapping[str, Any], name: str, at: str, most: int) -> Iterator[tuple[str, Any]]:
    """The rows of a list with their places."""
    rows = document.get(name, [])
    if not isinstance(rows, list) or len(rows) > most:
        raise refuse("list", f"{at}.{name}")
    yield from ((f"{at}.{name}[{number}]", row) for number, row in enumerate(rows))


def plain(kind: type[Row], document: object, at: str, needed: Sequence[str] = ()) -> dict[str, Any]:
    """The plain members of a row, each of the type its default has."""
    told = members(document, at, [_told_as(one.name) for one in fields(kind)], ("code", "name_zh", "name_en", *needed))  # type: ignore[arg-type]
    for name, value in told.items():
        if name in ("code", "name_zh", "name_en", "to", "unit", "refers_to", "sets", "other_than"):
            demand_text(value, f"{at}.{name}")
        elif name in _FLAGS and not isinstance(value, bool):
            raise refuse("flag", f"{at}.{name}", value)
        elif name in _COUNTS and not (type(value) is int and 0 <= value <= _COUNTS[name]):
            raise refuse("count", f"{at}.{name}", value)
    if not _CODE.fullmatch(told["code"]):
        raise refuse("code", f"{at}.code", told["code"])
    return dict(told)


def _told_as(name: str) -> str:
    return "from" if name == "come_from" else name


_FLAGS = frozenset({"needed", "expires", "retired", "first", "active", "void", "note_needed", "approval", "photo"})
_COUNTS = {"decimals": MOST_DECIMALS, "remind_days": 3650, "points": 1000}


def demand_text(value: object, at: str, most: int = 200) -> str:
    """A text that is not longer than it may be; raises InvalidInput."""
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise refuse("text", at, value)
    return value


def word(kind: type[StrEnum], value: object, at: str) -> Any:
    """A member of an enumeration by its word."""
    found = next((one for one in kind if one.value == value), None)
    if found is None:
        raise refuse("word", at, value)
    return found


def demand_once(codes: Sequence[str], at: str) -> None:
    """Raise InvalidInput when a code stands twice."""
    for number, code in enumerate(codes):
        if code in codes[:number]:
            raise refuse("twice", at, code)


def read_kind(document: object) -> KindDef:
    """A kind of register from its document; raises InvalidInput telling where it is wrong."""
    names = [one.name for one in fields(KindDef)]
    told = members(document, "kind", names, ("code", "name_zh", "name_en", "domain", "fields", "states"))
    for name in ("code", "name_zh", "name_en", "key", "prefix", "title", "dated_by", "amount"):
        demand_text(told.get(name, ""), f"kind.{name}")
    if not _CODE.fullmatch(told["code"]):
        raise refuse("code", "kind.code", told["code"])
    if told.get("prefix") and not _PREFIX.fullmatch(told["prefix"]):
        raise refuse("prefix", "kind.prefix", told["prefix"])
    spans = told.get("spans")
    made = KindDef(
        code=told["code"],
        name_zh=told["name_zh"],
        name_en=told["name_en"],
        domain=word(Domain, told["domain"], "kind.domain"),
        fields=tuple(_field(row, at) for at, row in listed_rows(told, "fields", "kind", MOST_FIELDS)),
        states=tuple(_state(row, at) for at, row in listed_rows(told, "states", "kind", MOST_STATES)),
        moves=tuple(_move(row, at) for at, row in listed_rows(told, "moves", "kind", MOST_STATES * 2)),
        key=told.get("key", ""),
        prefix=told.get("prefix", ""),
        title=told.get("title", ""),
        dated_by=told.get("dated_by", ""),
        amount=told.get("amount", ""),
        listed=_texts(told, "listed", "kind"),
        spans=None if spans is None else SpansDef(**members(spans, "kind.spans", _SPANS, _SPANS)),
        note_zh=demand_text(told.get("note_zh", ""), "kind.note_zh", 1000),
        note_en=demand_text(told.get("note_en", ""), "kind.note_en", 1000),
    )
    _demand_whole(made)
    return made


_SPANS = ("of", "start", "end")


def _texts(told: Mapping[str, Any], name: str, at: str) -> tuple[str, ...]:
    return tuple(demand_text(value, place) for place, value in listed_rows(told, name, at, MOST_FIELDS))


def _field(row: object, at: str) -> FieldDef:
    told = plain(FieldDef, row, at, ("type",))
    told["type"] = word(FieldType, told["type"], f"{at}.type")
    told["choices"] = tuple(
        ChoiceDef(**plain(ChoiceDef, one, place)) for place, one in listed_rows(told, "choices", at, MOST_CHOICES)
    )
    made = FieldDef(**told)
    demand_once([one.code for one in made.choices], f"{at}.choices")
    if (made.type is FieldType.CHOICE) != bool(made.choices):
        raise refuse("choices", f"{at}.choices")
    if (made.type is FieldType.REFERENCE) != bool(made.refers_to):
        raise refuse("reference", f"{at}.refers_to")
    if made.expires and made.type is not FieldType.DAY:
        raise refuse("expires", f"{at}.expires")
    if made.decimals and made.type is not FieldType.NUMBER:
        raise refuse("decimals", f"{at}.decimals")
    return made


def _state(row: object, at: str) -> StateDef:
    told = plain(StateDef, row, at)
    told["light"] = word(EntryLight, told.get("light", EntryLight.GREEN.value), f"{at}.light")
    return StateDef(**told)


def _move(row: object, at: str) -> MoveDef:
    told = plain(MoveDef, row, at, ("to", "from"))
    told["come_from"] = _texts(told, "from", at)
    told["needs"] = _texts(told, "needs", at)
    del told["from"]
    return MoveDef(**told)


def _demand_whole(kind: KindDef) -> None:
    """Raise InvalidInput unless every name in a kind stands for something of the right sort."""
    demand_once([one.code for one in kind.fields], "kind.fields")
    demand_once([one.code for one in kind.states], "kind.states")
    demand_once([one.code for one in kind.moves], "kind.moves")
    if not any(one.first for one in kind.states):
        raise refuse("first", "kind.states")
    if bool(kind.key) == bool(kind.prefix):
        raise refuse("key", "kind.key")
    _demand_field(kind, kind.key, "key", FieldType.TEXT)
    _demand_field(kind, kind.title, "title", *FieldType)
    _demand_field(kind, kind.dated_by, "dated_by", *DATED)
    _demand_field(kind, kind.amount, "amount", FieldType.MONEY)
    key = kind.field(kind.key)
    if key is not None and not key.needed:
        raise refuse("key", f"kind.fields.{key.code}")
    for name in kind.listed:
        _demand_field(kind, name, "listed", *FieldType)
    if kind.spans is not None:
        _demand_field(kind, kind.spans.of, "spans.of", FieldType.REFERENCE)
        _demand_field(kind, kind.spans.start, "spans.start", FieldType.MOMENT)
        _demand_field(kind, kind.spans.end, "spans.end", FieldType.MOMENT)
    _demand_moves(kind)


def _demand_moves(kind: KindDef) -> None:
    for number, move in enumerate(kind.moves):
        at = f"moves[{number}]"
        for state in (*move.come_from, move.to):
            if kind.state(state) is None:
                raise refuse("state", f"kind.{at}", state)
        if move.other_than and move.other_than not in (ENTER, *(one.code for one in kind.moves)):
            raise refuse("move", f"kind.{at}.other_than", move.other_than)
        _demand_field(kind, move.sets, f"{at}.sets", *DATED)
        for name in move.needs:
            _demand_field(kind, name, f"{at}.needs", *FieldType)


def _demand_field(kind: KindDef, name: str, at: str, *types: FieldType) -> None:
    if not name:
        return
    found = kind.field(name)
    if found is None or found.type not in types:
        raise refuse("field", f"kind.{at}", name)
