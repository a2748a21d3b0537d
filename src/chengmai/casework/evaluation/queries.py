"""Tables of the evaluation: counts by region, department, post and person, and the cases behind each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Substr

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import GridCell
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.evaluation import facts
from chengmai.casework.evaluation.facts import FactTable, Seen
from chengmai.casework.evaluation.rules import (
    CASE_INDICATORS,
    INDICATORS_OF,
    VOLUMES,
    CaseCount,
    Subject,
    Weighting,
)
from chengmai.casework.models import Case
from chengmai.core.errors import InvalidInput


class GroupedBy(StrEnum):
    """What the rows of a table are."""

    REGION = "region"
    DEPARTMENT = "department"
    POST = "post"
    PERSON = "person"


class RegionLevel(StrEnum):
    """How far a grid code is read: district 6, street 9, community 12, cell 15 digits."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    CELL = "cell"


DIGITS: Mapping[RegionLevel, int] = {
    RegionLevel.DISTRICT: 6,
    RegionLevel.STREET: 9,
    RegionLevel.COMMUNITY: 12,
    RegionLevel.CELL: 15,
}
ROLE_OF: Mapping[Subject, Role] = {
    Subject.COLLECTOR: Role.COLLECTOR,
    Subject.INTAKE_CLERK: Role.INTAKE_CLERK,
    Subject.SHIFT_LEADER: Role.SHIFT_LEADER,
    Subject.DISPATCHER: Role.DISPATCHER,
    Subject.DEPARTMENT: Role.DEPARTMENT_HANDLER,
}
"""The post behind a subject; a department's people are scored as departments are."""
POSTS = tuple(ROLE_OF)
_DONE_BY: Mapping[Subject, Mapping[str, str]] = {
    Subject.COLLECTOR: {"": "filed_by", "case__": "ended_by"},
    # A clerk answers for how the reports that he or she took in were verified and checked.
    Subject.INTAKE_CLERK: {"": "filed_by", "case__": "case__filed_by"},
    Subject.SHIFT_LEADER: {"": "filed_by", "case__": "ended_by"},
    Subject.DISPATCHER: {"": "filed_by", "case__": "ended_by"},
    Subject.DEPARTMENT: {"": "handler", "case__": "ended_by"},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which table: its rows, for regions their level, for people their post, within a region's digits or ("") all."""

    by: GroupedBy
    level: RegionLevel = RegionLevel.STREET
    post: Subject = Subject.COLLECTOR
    within: str = ""


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row: what it is of (empty: what belongs to none), whom the score is given to, and its counts."""

    key: str
    subject: Subject
    counts: Mapping[CaseCount, int]
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class CountedTable:
    """Rows with what they come to together, and the largest volume of each subject among them."""

    total: CountedRow
    rows: Sequence[CountedRow]
    largest: Mapping[Subject, int] = field(default_factory=dict)


def counted(user: User | None, seen: Seen, wanted: Wanted, weighting: Weighting) -> CountedTable:
    """A table of counts, three grouped reads whatever its length."""
    tables = facts.fact_tables(user, seen, weighting, wanted.within)
    subject = _subject(wanted)
    if wanted.by is GroupedBy.POST:
        every = _summed(tables, None).get("", {})
        rows = [CountedRow(post.value, post, every) for post in POSTS]
        return CountedTable(
            CountedRow("", Subject.REGION, every), rows, {one: every.get(VOLUMES[one], 0) for one in POSTS}
        )
    telling = _telling(subject)
    by_key = {
        key: counts for key, counts in _grouped(tables, wanted).items() if any(counts.get(one) for one in telling)
    }
    if wanted.by is GroupedBy.PERSON:
        # What nobody did stays as a row of its own: it counts against the post.
        holding = {str(one) for one in facts.holders(ROLE_OF[wanted.post])} | {""}
        by_key = {
            key: {count: amount for count, amount in counts.items() if count is not CaseCount.CITIZEN}
            for key, counts in by_key.items()
            if key in holding
        }
    total = {count: sum(counts.get(count, 0) for counts in by_key.values()) for count in CaseCount}
    names = _names(wanted, by_key)
    rows = [
        CountedRow(key, subject, counts, *names.get(key, (key, key)))
        for key, counts in sorted(by_key.items(), key=lambda row: (not row[0], row[0]))
    ]
    largest = max((row.counts.get(VOLUMES[subject], 0) for row in rows if row.key), default=0)
    return CountedTable(CountedRow("", subject, total), rows, {subject: largest})


def cases_of(
    user: User, seen: Seen, wanted: Wanted, weighting: Weighting, count: CaseCount, key: str | None
) -> QuerySet[Case]:
    """The cases that one count of one row (None: of all rows) holds.

    A case stands in it once, however many of its stages were counted.
    """
    table = next(one for one in facts.fact_tables(user, seen, weighting, wanted.within) if count in one.counts)
    rows = table.rows.filter(table.counts[count])
    if key is not None and wanted.by is not GroupedBy.POST:
        rows = rows.filter(_is_of(table, wanted, key))
    return visible_cases(user).filter(pk__in=rows.values("case_id" if table.case else "pk"))


def _telling(subject: Subject) -> frozenset[CaseCount]:
    """The counts that tell anything of a subject."""
    told = [CASE_INDICATORS[code] for code in INDICATORS_OF[subject]]
    return frozenset({VOLUMES[subject], *(one.of for one in told), *(one.counted for one in told)})


def _subject(wanted: Wanted) -> Subject:
    if wanted.by is GroupedBy.DEPARTMENT:
        return Subject.DEPARTMENT
    return wanted.post if wanted.by is GroupedBy.PERSON else Subject.REGION


def _field(table: FactTable, wanted: Wanted) -> str:
    """The field that rows are grouped by."""
    if wanted.by is GroupedBy.REGION:
        return f"{table.case}cell__code"
    if wanted.by is GroupedBy.DEPARTMENT:
        return f"{table.case}department__code"
    return _DONE_BY[wanted.post][table.case]


def _is_of(table: FactTable, wanted: Wanted, key: str) -> Q:
    name = _field(table, wanted)
    if not key:
        return Q(**{f"{name}__isnull": True})
    if wanted.by is GroupedBy.PERSON and not key.isdecimal():
        raise InvalidInput("evaluation.key_unknown", key=key)
    return Q(**{f"{name}__startswith" if wanted.by is GroupedBy.REGION else name: key})


def _grouped(tables: Sequence[FactTable], wanted: Wanted) -> dict[str, dict[CaseCount, int]]:
    summed: dict[str, dict[CaseCount, int]] = {}
    for table in tables:
        told: Combinable = F(_field(table, wanted))
        if wanted.by is GroupedBy.REGION:
            told = Substr(_field(table, wanted), 1, DIGITS[wanted.level])
        for key, counts in _summed([table], told).items():
            summed[key] = summed.get(key, {}) | counts
    return summed


def _summed(tables: Iterable[FactTable], key: Combinable | None) -> dict[str, dict[CaseCount, int]]:
    summed: dict[str, dict[CaseCount, int]] = {}
    for table in tables:
        counts = {count.value: Count("pk", filter=condition) for count, condition in table.counts.items()}
        if key is None:
            found = [(None, table.rows.aggregate(**counts))]
        else:
            grouped = table.rows.order_by().annotate(grouped_by=key).values("grouped_by").annotate(**counts)
            found = [(row.pop("grouped_by"), row) for row in grouped]
        for told, row in found:
            merged = summed.setdefault("" if told is None else str(told), {})
            merged |= {CaseCount(name): amount for name, amount in row.items()}
    return summed


def _names(wanted: Wanted, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    wanted_keys = [key for key in keys if key]
    if wanted.by is GroupedBy.DEPARTMENT:
        found = Organisation.objects.filter(code__in=wanted_keys)
        return {one.code: (one.name_zh, one.name_en) for one in found}
    if wanted.by is GroupedBy.PERSON:
        people = User.objects.filter(pk__in=[int(key) for key in wanted_keys])
        return {str(one.pk): (one.name, one.name) for one in people}
    if wanted.by is GroupedBy.REGION:
        return {key: (name, name) for key, name in _region_names(wanted_keys, DIGITS[wanted.level]).items()}
    return {}


def _common(names: Sequence[str]) -> str:
    """What texts begin with in common."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(letter for letter, _ in alike)


def _region_names(keys: Sequence[str], digits: int) -> dict[str, str]:
    """What the names of a region's cells begin with in common, such as street and community; codes name nothing."""
    names: dict[str, list[str]] = {key: [] for key in keys}
    for code, name in GridCell.objects.values_list("code", "name"):
        if (key := code[:digits]) in names and name != code:
            names[key].append(name)
    whole = {key: found[0] for key, found in names.items() if digits == DIGITS[RegionLevel.CELL] and found}
    common = {key: _common(found).rstrip("0123456789第- ") for key, found in names.items() if found}
    return {key: name for key, name in (common | whole).items() if name}
