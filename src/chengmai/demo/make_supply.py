"""Sets valves and users of the demonstration city: where pipes can be shut off, and who lives behind them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chengmai.demo.laying import Streets, spread, write_table
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork

VALVE_COLUMNS = ("code", "line", "point", "state", "condition")
USER_COLUMNS = ("code", "point", "name", "category", "users", "phone")
FAILED = ("锈死", "失灵", "埋没")
KEY_PLACES: tuple[tuple[str, str], ...] = (
    ("市第一医院", "医院"), ("市中医院", "医院"), ("妇幼保健院", "医院"), ("实验小学", "学校"), ("第一中学", "学校"),
    ("文昌街小学", "学校"), ("第三中学", "学校"), ("职业技术学校", "学校"), ("清泉路幼儿园", "学校"),
    ("晋城师范附属小学", "学校"),
)  # fmt: skip
"""Invented hospitals and schools, each supplied by every network that comes near."""
PHONES = {name: f"0356-55502{number:02d}" for number, (name, _) in enumerate(KEY_PLACES, start=1)}
"""Their invented telephone numbers."""
STATION_PHONE = "0356-5550133"
"""Heat stations are told at the heat company's desk."""


@dataclass(frozen=True)
class KeyPlace:
    """A place that must not be cut off, by the place under the street nearest to it."""

    name: str
    category: str
    place: int


def key_places(streets: Streets) -> list[KeyPlace]:
    """Hospitals and schools spread over the city."""
    used = sorted({place for edge in streets.edges for place in edge})
    chosen = spread(streets, used, len(KEY_PLACES), used[len(used) // 3])
    return [KeyPlace(name, category, place) for (name, category), place in zip(KEY_PLACES, chosen, strict=True)]


def valve_rows(network: PipeNetwork, prefix: str, sectional: int = 0) -> Iterator[list[str]]:
    """A valve at each end but one of the pipes that meet at a point, and at sources; one in 27 cannot be turned.

    The end left without is the one of the largest pipe: through it the others are fed most often. With ``sectional``,
    one in so many points of a long pipe has a valve too.
    """
    links = network.links
    around: dict[int, list[int]] = defaultdict(list)
    other: set[int] = set()
    for i in range(len(links)):
        for end in (int(links.start[i]), int(links.end[i])):
            if links.kind[i] == LinkKind.PIPE:
                around[end].append(i)
            else:
                other.add(end)
    number = 0
    for node in sorted(around):
        pipes = sorted(around[node], key=lambda i: (-links.diameter[i], i))
        at_source = network.nodes.kind[node] != NodeKind.JUNCTION or node in other
        between = len(pipes) == 2 and sectional > 0 and node % sectional == 0
        chosen = pipes if at_source else pipes[1:] if len(pipes) > 2 or between else []
        for i in chosen:
            number += 1
            if number % 19 == 0:
                continue  # never built, or lost under the asphalt
            condition = FAILED[number % 3] if number % 27 == 0 else "完好"
            yield [f"{prefix}{number}", str(links.code[i]), str(network.nodes.code[node]), "开", condition]


def user_rows(
    prefix: str,
    named: Sequence[tuple[str, str, str, int]],
    counted: Mapping[str, Mapping[str, int]],
    street: Mapping[str, str],
) -> Iterator[list[str]]:
    """Named places (point, name, category, users) first, then households, shops and works by point."""
    number = 0
    for point, name, category, users in named:
        number += 1
        phone = STATION_PHONE if category == "热力站" else PHONES.get(name, "")
        yield [f"{prefix}{number}", point, name, category, str(users), phone]
    for category, by_point in counted.items():
        for point, users in by_point.items():
            number += 1
            what = {"居民": "住户", "商业": "商铺", "工业": "工厂"}[category]
            yield [f"{prefix}{number}", point, f"{street[point]}{what}", category, str(users), ""]


def write_valves(folder: Path, code: str, network: PipeNetwork, prefix: str, sectional: int = 0) -> None:
    """The table of valves."""
    write_table(folder, code, "Valve", VALVE_COLUMNS, valve_rows(network, prefix, sectional))


def write_users(
    folder: Path,
    code: str,
    prefix: str,
    named: Sequence[tuple[str, str, str, int]],
    counted: Mapping[str, Mapping[str, int]],
    street: Mapping[str, str],
) -> None:
    """The table of users."""
    write_table(folder, code, "User", USER_COLUMNS, user_rows(prefix, named, counted, street))
