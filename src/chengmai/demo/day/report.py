"""What came of a day, counted and timed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from statistics import quantiles
from typing import Any

from chengmai.demo.day.actors import Journal
from chengmai.demo.day.leaks import LeakStory


def times_of(journal: Journal) -> list[dict[str, Any]]:
    """Of every kind of request: how many, median, 95th percentile and longest [s]; the most frequent first."""
    found = []
    for kind, took in sorted(journal.took.items(), key=lambda one: -len(one[1])):
        cuts = quantiles(took, n=20, method="inclusive") if len(took) > 1 else [took[0]] * 19
        found.append({"kind": kind, "count": len(took), "median_s": cuts[9], "p95_s": cuts[18], "longest_s": max(took)})
    return found


def states_of(cases: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many cases stand in each state."""
    return dict(Counter(str(case["state"]) for case in cases))


def leak_facts(story: LeakStory) -> dict[str, Any]:
    """A leak's story as plain values."""
    facts = asdict(story)
    del facts["leak"]
    return {"network": story.leak.network, "kind": story.leak.kind, "element": story.leak.element, **facts}
