"""The load of alarms: floods by their two thresholds, chattering, stale and frequent alarms, shares of positions."""

import pytest

from chengmai.detection.alarm_load import Call, Stay, alarm_load

DAY = 86_400.0


def calls(*minutes: float, name: str = "a", severity: str = "yellow") -> list[Call]:
    return [Call(minute * 60, name, severity) for minute in minutes]


def test_a_quiet_day_is_quiet() -> None:
    load = alarm_load([], [], 0, DAY)
    assert (load.calls, load.peak, load.flood_share, load.worst, load.standing) == (0, 0, 0, [], 0)
    assert len(load.periods) == 144


def test_a_flood_begins_with_ten_and_ends_below_five() -> None:
    told = [*calls(*[5 + one / 100 for one in range(10)]), *calls(*[15 + one / 100 for one in range(5)]), *calls(25)]
    load = alarm_load(told, [], 0, 3600)
    assert load.periods == [10, 5, 1, 0, 0, 0]
    assert load.flood_periods == [True, True, False, False, False, False]
    assert load.flood_share == pytest.approx(2 / 6)
    assert alarm_load(told[10:], [], 0, 3600).flood_share == 0


def test_two_people_share_what_comes() -> None:
    load = alarm_load(calls(*[one / 100 for one in range(20)]), [], 0, DAY, positions=2)
    assert (load.peak, load.per_day, load.calls) == (10, 10, 20)


def test_three_times_within_a_minute_is_chattering() -> None:
    slow, quick = calls(0, 1, 2, name="slow"), calls(10, 10.4, 10.9, name="quick")
    assert alarm_load([*slow, *quick], [], 0, DAY).chattering == ["quick"]


def test_what_stands_for_a_day_is_stale_and_what_ended_in_time_is_not() -> None:
    stays = [Stay("long", -DAY / 2, None), Stay("short", 0, DAY / 2), Stay("before", -2 * DAY, -DAY)]
    load = alarm_load([], stays, 0, DAY)
    assert (load.stale, load.standing) == (["long"], 1)
    assert alarm_load([], stays, 0, DAY / 3).stale == []


def test_the_most_frequent_come_first_with_their_share() -> None:
    told = [*calls(*range(0, 80, 10), name="often", severity="red"), *calls(5, 55, name="rare")]
    load = alarm_load(told, [], 0, DAY)
    assert [(actor.name, actor.calls, actor.share) for actor in load.worst] == [("often", 8, 0.8), ("rare", 2, 0.2)]
    assert load.severities == {"red": 8, "yellow": 2}


def test_what_lies_outside_the_span_does_not_count() -> None:
    assert alarm_load(calls(-1, 0, 60 * 24), [], 0, DAY).calls == 1
