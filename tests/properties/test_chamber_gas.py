"""Gas in chambers: none is lost or made, none is negative, and it only spreads from where there is more."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.physics.chamber_gas import ChamberGas, Chambers


@st.composite
def chambers(draw: st.DrawFn) -> Chambers:
    n = draw(st.integers(1, 12))
    volume = np.array(draw(st.lists(st.floats(0.5, 80), min_size=n, max_size=n)))
    airing = np.array(draw(st.lists(st.floats(0, 0.02), min_size=n, max_size=n)))
    m = draw(st.integers(0, 2 * n)) if n > 1 else 0
    ends = st.lists(st.integers(0, n - 1), min_size=m, max_size=m)
    exchange = np.array(draw(st.lists(st.floats(0, 0.05), min_size=m, max_size=m)))
    return Chambers(volume, airing, np.array(draw(ends), int), np.array(draw(ends), int), exchange)


@settings(max_examples=60, deadline=None)
@given(chambers(), st.data())
def test_what_flowed_in_is_held_or_aired(some: Chambers, data: st.DataObject) -> None:
    gas, flowed = ChamberGas(some), 0.0
    for _ in range(data.draw(st.integers(1, 6))):
        inflow = np.array(data.draw(st.lists(st.floats(0, 0.01), min_size=len(some), max_size=len(some))))
        seconds = data.draw(st.floats(0.1, 4000))
        gas.advance(seconds, inflow)
        flowed += seconds * float(inflow.sum())
        assert gas.share.min() >= -1e-12
        assert gas.share.max() <= 1 + 1e-9
    assert abs(gas.held_m3 + gas.aired_m3 - flowed) <= 1e-9 * max(flowed, 1e-3)


@settings(max_examples=40, deadline=None)
@given(chambers())
def test_left_alone_the_highest_share_never_rises(some: Chambers) -> None:
    gas = ChamberGas(some)
    gas.advance(300, np.where(np.arange(len(some)) == 0, 0.01, 0.0))
    highest = gas.share.max()
    for _ in range(5):
        gas.advance(600, np.zeros(len(some)))
        assert gas.share.max() <= highest + 1e-12
        highest = gas.share.max()
