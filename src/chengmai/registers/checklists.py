"""What a checklist is, as data, how a filled one is scored, and which runs its rhythm plans; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from chengmai.core.errors import InvalidInput
from chengmai.registers.definitions import (
    Domain,
    demand_once,
    demand_text,
    listed_rows,
    members,
    plain,
    refuse,
    word,
)

MOST_ITEMS = 200


class Rhythm(StrEnum):
    """How often a checklist is to be filled in."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ItemAnswer(StrEnum):
    """What a look at an item came to."""

    GOOD = "good"
    FAULT = "fault"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class ItemDef:
    """One thing to look at: its points, its group, whether a fault of it needs a photograph."""

    code: str
    name_zh: str
    name_en: str
    points: int
    group_zh: str = ""
    group_en: str = ""
    photo: bool = False


@dataclass(frozen=True, slots=True)
class OpensDef:
    """The register in which a failed item opens an entry, and which of its fields take what."""

    register: str
    what: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistDef:
    """A checklist, whole; ``subjects`` names the register whose entries in force are each looked at."""

    code: str
    name_zh: str
    name_en: str
    domain: Domain
    items: tuple[ItemDef, ...]
    every: Rhythm = Rhythm.NONE
    subjects: str = ""
    opens: OpensDef | None = None
    note_zh: str = ""
    note_en: str = ""


def read_checklist(document: object) -> ChecklistDef:
    """A checklist from its document; raises InvalidInput telling where it is wrong."""
    at = "checklist"
    told = members(document, at, [one.name for one in fields(ChecklistDef)], _NEEDED)
    for name in ("code", "name_zh", "name_en", "subjects"):
        demand_text(told.get(name, ""), f"{at}.{name}")
    items = tuple(_item(row, place) for place, row in listed_rows(told, "items", at, MOST_ITEMS))
    demand_once([one.code for one in items], f"{at}.items")
    opens = told.get("opens")
    if opens is not None:
        opens = OpensDef(**members(opens, f"{at}.opens", ("register", "what", "on"), ("register", "what")))
        for name in ("register", "what", "on"):
            demand_text(getattr(opens, name), f"{at}.opens.{name}")
    return ChecklistDef(
        code=plain(_Named, {name: told[name] for name in ("code", "name_zh", "name_en")}, at)["code"],
        name_zh=told["name_zh"],
        name_en=told["name_en"],
        domain=word(Domain, told["domain"], f"{at}.domain"),
        items=items,
        every=word(Rhythm, told.get("every", Rhythm.NONE.value), f"{at}.every"),
        subjects=told.get("subjects", ""),
        opens=opens,
        note_zh=demand_text(told.get("note_zh", ""), f"{at}.note_zh", 1000),
        note_en=demand_text(told.get("note_en", ""), f"{at}.note_en", 1000),
    )


_NEEDED = ("code", "name_zh", "name_en", "domain", "items")


@dataclass(frozen=True, slots=True)
class _Named:
    code: str
    name_zh: str
    name_en: str


def _item(row: object, at: str) -> ItemDef:
    told = plain(ItemDef, row, at, ("points",))
    for name in ("group_zh", "group_en"):
        demand_text(told.get(name, ""), f"{at}.{name}")
    if told["points"] < 1:
        raise refuse("count", f"{at}.points", told["points"])
    return ItemDef(**told)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found at one item; ``points`` kept of a fault (None: none), the photograph's identity."""

    answer: ItemAnswer
    points: int | None = None
    note: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Points kept, points of the items that applied, and how many items failed."""

    points: int
    most: int
    failed: int

    @property
    def percent(self) -> Decimal | None:
        """Points kept of the most, half up to two decimals; None where no item applied."""
        return percent_of(self.points, self.most)


def percent_of(part: int, whole: int) -> Decimal | None:
    """A share in percent, half up to two decimals; None of nothing."""
    return None if whole == 0 else (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def score(checklist: ChecklistDef, answers: Mapping[str, Answer]) -> Score:
    """The score of a filled checklist.

    Raises InvalidInput for an item not answered or not known, for points an item has not, for a fault without the
    photograph it needs.
    """
    known = {one.code for one in checklist.items}
    for code in answers:
        if code not in known:
            raise InvalidInput("checklist.item_unknown", item=code)
    points = most = failed = 0
    for item in checklist.items:
        given = answers.get(item.code)
        if given is None:
            raise InvalidInput("checklist.item_unanswered", item=item.name_zh)
        if given.answer is ItemAnswer.NOT_HERE:
            continue
        most += item.points
        if given.answer is ItemAnswer.GOOD:
            points += item.points
            continue
        kept = given.points or 0
        if not 0 <= kept < item.points:
            raise InvalidInput("checklist.points_unfit", item=item.name_zh, points=kept, most=item.points)
        if item.photo and not given.photo:
            raise InvalidInput("checklist.photo_missing", item=item.name_zh)
        points, failed = points + kept, failed + 1
    return Score(points, most, failed)


def period_of(every: Rhythm, day: date) -> date | None:
    """First day of the period a day lies in: the day, its Monday, the first of its month; None without a rhythm."""
    match every:
        case Rhythm.DAY:
            return day
        case Rhythm.WEEK:
            return day - timedelta(days=day.weekday())
        case Rhythm.MONTH:
            return day.replace(day=1)
    return None


def next_period(every: Rhythm, period: date) -> date:
    """First day of the following period."""
    match every:
        case Rhythm.DAY:
            return period + timedelta(days=1)
        case Rhythm.WEEK:
            return period + timedelta(days=7)
    return (period + timedelta(days=32)).replace(day=1)


def planned_periods(every: Rhythm, planned_from: date, start: date, end: date, today: date) -> Iterator[date]:
    """The periods that were due before ``end`` (excluded) or ``today``: those begun in the span that are over.

    A period belongs to the span in which it begins; the running one is not due yet.
    """
    period = period_of(every, max(start, planned_from))
    if period is None:
        return
    if period < start or period < planned_from:
        period = next_period(every, period)
    while period < end and next_period(every, period) <= today:
        yield period
        period = next_period(every, period)


def opening_of(checklist: ChecklistDef, item: ItemDef, note: str) -> dict[str, Any]:
    """What an entry opened by a failed item tells: the field that takes it, and the words."""
    words = f"{checklist.name_zh}：{item.name_zh}" + (f"——{note}" if note else "")
    return {} if checklist.opens is None else {checklist.opens.what: words}
