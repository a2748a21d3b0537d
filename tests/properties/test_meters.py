"""A meter's month by its counter: what flowed is what is found, whatever is missing, swapped or rolled over."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from chengmai.settlement.meters import Counter, MeterNote, MeterReading, metered

START = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
flows = st.lists(st.integers(0, 50), min_size=6, max_size=48)
"""What flows in each hour [m3]."""


def read(hourly: list[int], offset: int = 0, modulus: int | None = None) -> list[MeterReading]:
    """A reading at every full hour of a counter that began at ``offset``."""
    shown = (offset + sum_ for sum_ in accumulate(hourly, initial=0))
    wrapped = [one % modulus if modulus else one for one in shown]
    return [MeterReading(START + at * HOUR, Fraction(one)) for at, one in enumerate(wrapped)]


@given(flows, st.integers(0, 10**6), st.randoms())
def test_what_flowed_is_found_in_any_order_and_nothing_is_estimated(hourly, offset, chance) -> None:
    readings = read(hourly, offset)
    chance.shuffle(readings)
    found = metered(readings, (), START, START + len(hourly) * HOUR, Counter())
    assert (found.volume, found.estimated, found.parts) == (sum(hourly), 0, ())


@given(flows, st.integers(0, 200))
def test_a_counter_that_rolls_over_loses_nothing(hourly, offset) -> None:
    modulus = 201
    found = metered(read(hourly, offset, modulus), (), START, START + len(hourly) * HOUR, Counter(Fraction(modulus)))
    assert (found.volume, found.estimated) == (sum(hourly), 0)
    assert {part.note for part in found.parts} <= {MeterNote.ROLL_OVER}


@given(flows, st.data())
def test_readings_that_are_missing_inside_cost_nothing_and_a_long_gap_is_told(hourly, data) -> None:
    inside = st.sets(st.integers(1, len(hourly) - 1))
    gone = data.draw(inside)
    readings = [one for at, one in enumerate(read(hourly)) if at not in gone]
    found = metered(readings, (), START, START + len(hourly) * HOUR, Counter(longest_gap=2 * HOUR))
    assert (found.volume, found.estimated) == (sum(hourly), 0)
    long = any(later.at - one.at > 2 * HOUR for one, later in pairwise(readings))
    assert any(part.note is MeterNote.GAP for part in found.parts) == long


@given(flows, st.data())
def test_two_spans_beside_each_other_add_up_to_the_whole(hourly, data) -> None:
    cut = START + data.draw(st.integers(1, len(hourly) - 1)) * HOUR
    end, readings = START + len(hourly) * HOUR, read(hourly)
    parts = [metered(readings, (), *span, Counter()).volume for span in ((START, cut), (cut, end))]
    assert sum(parts) == metered(readings, (), START, end, Counter()).volume


@given(flows, flows, st.integers(0, 10**6))
def test_a_swapped_meter_is_estimated_only_around_the_swap(before, after, offset) -> None:
    old, new = read(before), read(after, offset)
    shifted = [MeterReading(one.at + (len(before) + 1) * HOUR, one.counter) for one in new]
    swap = START + len(before) * HOUR + HOUR / 2
    end = START + (len(before) + 1 + len(after)) * HOUR
    found = metered([*old, *shifted], [swap], START, end, Counter())
    rate = Fraction(sum(before) + sum(after), len(before) + len(after))
    assert (found.volume, found.estimated) == (sum(before) + sum(after) + rate, rate)
    assert [(part.note, part.estimated) for part in found.parts] == [(MeterNote.SWAP, True)]


@given(flows, st.integers(1, 5), st.integers(1, 5))
def test_what_nobody_read_is_estimated_by_the_mean_rate_and_marked(hourly, early, late) -> None:
    start, end = START - early * HOUR, START + (len(hourly) + late) * HOUR
    found = metered(read(hourly), (), start, end, Counter())
    rate = Fraction(sum(hourly), len(hourly))
    assert found.estimated == rate * (early + late)
    assert found.volume == sum(hourly) + found.estimated
    assert [part.note for part in found.parts] == [MeterNote.UNREAD, MeterNote.UNREAD]


@given(flows, st.integers(10**5, 10**6))
def test_a_counter_set_back_is_no_roll_over(hourly, offset) -> None:
    readings = read(hourly, offset)
    readings += [MeterReading(one.at + (len(hourly) + 1) * HOUR, one.counter - offset) for one in readings]
    end = readings[-1].at
    found = metered(readings, (), START, end, Counter(Fraction(10**9)))
    assert [part.note for part in found.parts] == [MeterNote.BACKWARDS]
    assert 0 <= found.estimated <= found.volume
