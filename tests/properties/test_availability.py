"""Availability: what overlaps counts once, what is open until now, and nothing beyond the span."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chengmai.registers.availability import Outage, availability, together

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(minutes=200)
minutes = st.integers(-50, 260)


@st.composite
def outages(draw: st.DrawFn) -> list[Outage]:
    found: list[Outage] = []
    for begin, length in draw(st.lists(st.tuples(minutes, st.none() | st.integers(0, 120)), max_size=8)):
        at = START + timedelta(minutes=begin)
        found.append((at, None if length is None else at + timedelta(minutes=length)))
    return found


@given(outages(), minutes, st.none() | minutes)
def test_minute_by_minute_it_is_the_same(told: list[Outage], now_at: int, since_at: int | None) -> None:
    now = START + timedelta(minutes=now_at)
    since = None if since_at is None else START + timedelta(minutes=since_at)
    agreed = lost = 0
    for minute in range(200):
        at = START + timedelta(minutes=minute)
        if at >= now or (since is not None and at < since):
            continue
        agreed += 1
        lost += any(begin <= at and (until is None or at < until) for begin, until in told)
    found = availability(told, START, END, now, since)
    assert (found.agreed, found.lost) == (timedelta(minutes=agreed), timedelta(minutes=lost))
    assert all(begin < until for begin, until in found.parts)
    assert all(first[1] < second[0] for first, second in zip(found.parts, found.parts[1:], strict=False))
    assert (found.percent is None) == (agreed == 0)
    assert found.percent is None or 0 <= found.percent <= 100


@given(outages(), outages())
def test_one_more_outage_never_makes_it_better_and_one_told_twice_changes_nothing(
    told: list[Outage], more: list[Outage]
) -> None:
    plain = availability(told, START, END, END)
    assert availability([*told, *told], START, END, END) == plain
    assert availability([*told, *more], START, END, END).lost >= plain.lost


def test_an_hour_of_a_hundred_is_one_percent_and_things_count_by_their_time() -> None:
    end = START + timedelta(hours=100)
    broken = availability([(START, START + timedelta(hours=1))], START, end, end)
    sound = availability([], START, end, end)
    assert str(broken.percent) == "99.00"
    assert str(sound.percent) == "100.00"
    assert str(together([broken, sound, sound])) == "99.67"
    assert together([]) is None
