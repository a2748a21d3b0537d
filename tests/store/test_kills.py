"""Killed at named points, the way in loses nothing it acknowledged, stores and evaluates everything once."""

import pytest

from tests.store.kills.harness import POINTS, kill_many

KILLS = 52


@pytest.mark.kills
def test_nothing_acknowledged_is_lost_and_nothing_counts_twice() -> None:
    lanes = kill_many(KILLS, seed=1)
    assert [promise for lane in lanes for promise in lane.check()] == []
    killed = sum((lane.killed for lane in lanes), lanes[0].killed.__class__())
    assert killed.total() == KILLS
    assert [point for point in POINTS if not killed[point]] == []
    assert sum(len(lane.outcome["rows"]) for lane in lanes) > 5 * KILLS
    assert sum(len(lane.outcome["alarms"]) for lane in lanes) > 0
