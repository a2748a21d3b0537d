"""Which days are worked, and when: the published holidays with their make-up days, and what is given by hand.

Days of a year that nobody published are not guessed at: such a year is unknown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays as _holidays
from chinese_calendar.constants import workdays as _make_up

_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class YearDays:
    """What differs from Monday to Friday in one year: days off, and weekend days that are worked instead."""

    off: frozenset[date]
    worked: frozenset[date]


def published_years() -> dict[int, YearDays]:
    """The years whose holidays were published when the library was released (``chinesecalendar``, MIT)."""
    first, last = min(_holidays).year, max(_holidays).year
    return {
        year: YearDays(
            frozenset(day for day in _holidays if day.year == year and day.weekday() <= _FRIDAY),
            frozenset(day for day in _make_up if day.year == year),
        )
        for year in range(first, last + 1)
    }


@dataclass(frozen=True)
class WorkCalendar:
    """Working time of known years. ``hours`` are local (start, end) of a day, in order; ``zone`` is the city's."""

    years: Mapping[int, YearDays]
    hours: tuple[tuple[time, time], ...]
    zone: ZoneInfo
    _spans: dict[date, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def day_length(self) -> timedelta:
        """Working time of one working day."""
        none = date(2000, 1, 1)
        lengths = (datetime.combine(none, end) - datetime.combine(none, start) for start, end in self.hours)
        return sum(lengths, timedelta())

    def knows(self, day: date) -> bool:
        """Whether the holidays of a day's year are known."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Whether a day of a known year is worked; raises KeyError for another."""
        year = self.years[day.year]
        return day in year.worked or (day.weekday() <= _FRIDAY and day not in year.off)

    def spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working time of a local day of a known year, in UTC, in order."""
        found = self._spans.get(day)
        if found is None:
            worked = self.hours if self.is_working_day(day) else ()
            found = tuple((self._utc(day, start), self._utc(day, end)) for start, end in worked)
            self._spans[day] = found
        return found

    def working_time(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of working time from a moment on, in UTC and in order, to the last day of the known years."""
        day = after.astimezone(self.zone).date()
        while self.knows(day):
            for start, end in self.spans(day):
                if end > after:
                    yield max(start, after), end
            day += timedelta(days=1)

    def known_until(self, after: datetime) -> datetime:
        """The end of the unbroken run of known years that a moment lies in; the moment itself when its year is not."""
        year = after.astimezone(self.zone).year
        if year not in self.years:
            return after
        while year in self.years:
            year += 1
        return datetime(year, 1, 1, tzinfo=self.zone).astimezone(UTC)

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def with_years(published: Mapping[int, YearDays], given: Iterable[tuple[int, YearDays]]) -> dict[int, YearDays]:
    """Published years with those that were given by hand: what is given counts."""
    return {**published, **dict(given)}
