"""What explains what: each row of the table, chains, rings, and that the order of alarms does not matter."""

from random import Random

from chengmai.detection.roots import Standing, consequences

MINUTE = 60_000
BURST = Standing("burst", "pressure_drop", "1", 100 * MINUTE, network="W", zones=frozenset({"W:1"}))


def low(name: str, minute: float, zone: str = "W:1", **more: object) -> Standing:
    facts = {"quantity": "pressure_head", "network": "W", "zones": frozenset({zone}), **more}
    return Standing(name, "limit", "low", round(minute * MINUTE), **facts)  # type: ignore[arg-type]


def roots(*alarms: Standing) -> dict[str, tuple[str, str]]:
    return {alarm: (found.root, found.code) for alarm, found in consequences(alarms).items()}


def test_a_burst_explains_low_pressures_of_its_zone_within_its_time() -> None:
    early, soon, late, elsewhere = low("early", 90), low("soon", 104), low("late", 131), low("far", 104, "W:2")
    assert roots(BURST, early, soon, late, elsewhere) == {"soon": ("burst", "root.burst")}
    assert consequences([BURST, soon])["soon"].later_s == 240
    assert roots(soon) == {}


def test_a_high_pressure_is_nobody_s_consequence() -> None:
    high = Standing("high", "limit", "high", 101 * MINUTE, quantity="pressure_head", zones=frozenset({"W:1"}))
    assert roots(BURST, high) == {}


def test_a_silent_gateway_explains_its_streams_and_no_others() -> None:
    gateway = Standing("g", "silent", "gateway", 100 * MINUTE, gateway="G")
    mine = Standing("mine", "silent", "silent", 40 * MINUTE, gateway="G")
    other = Standing("other", "silent", "silent", 100 * MINUTE, gateway="H")
    assert roots(gateway, mine, other) == {"mine": ("g", "root.gateway")}


def test_a_regulator_s_failure_explains_low_pressures_downstream() -> None:
    outlet = low("outlet", 100, "G:2", feeds=frozenset({"G:2", "G:3"}))
    near, below, above = low("near", 102, "G:2"), low("below", 110, "G:3"), low("above", 102, "G:1")
    assert roots(outlet, near, below, above) == {
        "near": ("outlet", "root.regulator"),
        "below": ("outlet", "root.regulator"),
    }


def test_gas_spreads_from_the_chamber_where_it_came_first() -> None:
    def gas(name: str, minute: int, chamber: str, *joined: str) -> Standing:
        facts = {"quantity": "methane", "chamber": chamber, "joined": frozenset({chamber, *joined})}
        return Standing(name, "limit", "high", minute * MINUTE, **facts)  # type: ignore[arg-type]

    first, second, third = gas("1", 10, "a", "b"), gas("2", 40, "b", "a", "c"), gas("3", 90, "c", "b")
    assert roots(first, second, third) == {"2": ("1", "root.chamber"), "3": ("1", "root.chamber")}
    assert roots(gas("lone", 40, "z"), first) == {}


def test_a_chain_ends_at_its_first_cause_and_a_burst_comes_before_a_regulator() -> None:
    outlet = low("outlet", 101, "W:1", feeds=frozenset({"W:1", "W:2"}))
    below = low("below", 103, "W:2")
    assert roots(BURST, outlet, below) == {"outlet": ("burst", "root.burst"), "below": ("burst", "root.regulator")}


def test_alarms_that_explain_each_other_have_the_one_that_began_first_as_root() -> None:
    one = low("one", 100, "W:1", feeds=frozenset({"W:2"}))
    two = low("two", 101, "W:2", feeds=frozenset({"W:1"}))
    assert roots(two, one) == {"two": ("one", "root.regulator")}


def test_the_nearest_burst_in_time_is_the_cause() -> None:
    other = Standing("other", "pressure_drop", "2", 108 * MINUTE, network="W", zones=frozenset({"W:1"}))
    assert roots(BURST, other, low("low", 107)) == {"low": ("other", "root.burst")}


def test_the_order_of_the_alarms_does_not_matter() -> None:
    draw = Random(7)
    feeds = [frozenset[str](), frozenset({"W:2"})]
    places = [(draw.randint(90, 140), f"W:{draw.randint(1, 3)}", draw.choice(feeds)) for _ in range(30)]
    alarms = [BURST, *(low(f"low-{one}", minute, zone, feeds=fed) for one, (minute, zone, fed) in enumerate(places))]
    expected = roots(*alarms)
    assert expected
    for _ in range(20):
        draw.shuffle(alarms)
        assert roots(*alarms) == expected
        assert not {root for root, _ in expected.values()} & expected.keys()
