"""Identity: whatever is told, however it is grouped and redelivered, each change of value is stored once."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.detection.observations import Observations
from chengmai.sensing.revisions import REPEATED, Identity, Newest, Revision, judge

Told = tuple[int, int, float]
told_rows = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6), st.sampled_from([1.0, 2.0, 3.0])), max_size=40)


class Store:
    """The simplest store there could be: every revision of every identity in a dictionary."""

    def __init__(self) -> None:
        self.revisions: dict[Identity, list[Revision]] = {}
        self.newest = Newest.empty()

    def put(self, told: list[Told], messages: list[int]) -> list[int]:
        rows = Observations.fresh(
            [stream for stream, _, _ in told],
            np.array([time for _, time, _ in told], dtype="datetime64[ms]"),
            [value for _, _, value in told],
        )
        numbers = np.array(messages, dtype=np.uint64)
        verdicts = judge(rows, numbers, self.newest, self._lookup)
        fresh = verdicts != REPEATED
        for (stream, time, value), number, verdict in zip(told, messages, verdicts.tolist(), strict=True):
            if verdict != REPEATED:
                kept = self.revisions.setdefault((stream, time), [])
                assert verdict == len(kept)
                kept.append(Revision(value, number))
        kept_rows = rows.take(fresh)
        stored = Observations(
            kept_rows.stream, kept_rows.time, kept_rows.value, verdicts[fresh].astype(np.uint32), kept_rows.batch
        )
        self.newest.advance(stored, numbers[fresh], np.zeros(len(stored), dtype=np.int64))
        return [int(verdict) for verdict in verdicts]

    def _lookup(self, identities: list[Identity]) -> dict[Identity, list[Revision]]:
        assert len(set(identities)) == len(identities)
        return {key: list(self.revisions[key]) for key in identities if key in self.revisions}

    def values(self) -> dict[Identity, list[float]]:
        return {key: [revision.value for revision in kept] for key, kept in self.revisions.items()}


def expected(told: list[Told]) -> dict[Identity, list[float]]:
    values: dict[Identity, list[float]] = {}
    for stream, time, value in told:
        kept = values.setdefault((stream, time), [])
        if not kept or kept[-1] != value:
            kept.append(value)
    return values


@settings(max_examples=400, deadline=None)
@given(told_rows, st.integers(1, 40))
def test_every_change_of_value_is_one_revision_however_it_is_grouped(told: list[Told], size: int) -> None:
    store = Store()
    for first in range(0, len(told), size):
        part = told[first : first + size]
        store.put(part, [0] * len(part))
    assert store.values() == expected(told)


@settings(max_examples=400, deadline=None)
@given(told_rows, st.integers(1, 10), st.integers(0, 40), st.integers(0, 40))
def test_a_redelivery_of_what_came_by_message_changes_nothing(
    told: list[Told], size: int, first: int, count: int
) -> None:
    store = Store()
    numbers = list(range(1, len(told) + 1))
    for start in range(0, len(told), size):
        store.put(told[start : start + size], numbers[start : start + size])
    before = store.values()
    assert before == expected(told)
    again = slice(first, first + count)
    assert set(store.put(told[again], numbers[again])) <= {REPEATED}
    assert store.values() == before


@settings(max_examples=200, deadline=None)
@given(told_rows)
def test_the_memory_of_the_newest_is_the_newest(told: list[Told]) -> None:
    store = Store()
    store.put(told, [0] * len(told))
    for stream in {stream for stream, _, _ in told}:
        newest = max(time for known, time in store.revisions if known == stream)
        kept = store.revisions[stream, newest]
        assert int(store.newest.time[stream]) == newest
        assert float(store.newest.value[stream]) == kept[-1].value
        assert int(store.newest.revision[stream]) == len(kept) - 1
