"""Reads on risk: the table that holds, and what it makes of a network's published edition."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from chengmai.assets.models import Network, NetworkEdition
from chengmai.assets.queries import load_edition, published
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.network.array_types import Codes, Floats
from chengmai.network.customers import KEY_CATEGORIES
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.risk import RiskAssessment, assess_risk
from chengmai.network.risk_facts import pipe_facts
from chengmai.network.risk_table import PipeFact, RiskLevel, read_risk_table
from chengmai.network.tiles import is_chamber
from chengmai.network.utilities import Utility
from chengmai.risk.customary_tables import CUSTOMARY
from chengmai.risk.models import RiskTableVersion
from chengmai.settings import current
from chengmai.warning.models import Warning

Stored = tuple[int, str]
"""An edition by its number and its source's hash: a number alone may be given again after an import was dropped."""
KEPT_COLOURS = 16
"""Marks whose colours are kept in memory."""
LEAKS_FOR = timedelta(days=5 * 365)
"""How long a confirmed leak counts against its pipe (default)."""


@dataclass(frozen=True, slots=True)
class PresentTable:
    """The table of a utility that holds; version 0 is the customary one, which nobody set."""

    utility: Utility
    version: int
    document: dict[str, Any]
    note: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, eq=False)
class NetworkRisk:
    """The risk of a network's published edition, with the facts it was made of."""

    network: Network
    edition: NetworkEdition
    table: PresentTable
    arrays: PipeNetwork
    facts: Mapping[PipeFact, Floats | Codes]
    assessment: RiskAssessment

    @property
    def mark(self) -> str:
        """Changes whenever a pipe's colour does."""
        return f"{self.table.version}-{crc32(self.assessment.level.tobytes()):08x}"


def present_table(utility: Utility) -> PresentTable:
    """The table that holds for a utility; raises NotFound for one whose risk is not assessed."""
    found = RiskTableVersion.objects.select_related("changed_by").filter(utility=utility.value).order_by("-version")
    newest = found.first()
    if newest is not None:
        return PresentTable(
            utility, newest.version, newest.document, newest.note, newest.changed_at, newest.changed_by.username
        )
    if utility not in CUSTOMARY:
        raise NotFound("risk.not_assessed", utility=utility.value)
    return PresentTable(utility, 0, CUSTOMARY[utility])


def _document(utility: Utility, version: int) -> dict[str, Any]:
    if version == 0:
        return CUSTOMARY[utility]
    told: dict[str, Any] = RiskTableVersion.objects.get(utility=utility.value, version=version).document
    return told


def tables() -> list[PresentTable]:
    """The table of every utility whose risk is assessed."""
    return [present_table(utility) for utility in CUSTOMARY]


def risk_of(network: Network) -> NetworkRisk:
    """The risk of a network's published edition by the table that holds; raises NotFound without either."""
    utility, edition = Utility(network.utility), published(network)
    table = present_table(utility)
    leaks = past_leaks(network)
    year = now().astimezone(current().zone).year
    facts, assessment = _assessed(
        (edition.pk, edition.source_hash), table.version, year, tuple(sorted(leaks.items())), _around()
    )
    found = NetworkRisk(network, edition, table, load_edition(edition), facts, assessment)
    _colours.keep((edition.pk, edition.source_hash, found.mark), assessment.levels)
    return found


def colours(network: Network, mark: str) -> tuple[tuple[RiskLevel, ...], bool]:
    """The colour of each link of the published edition under a mark, and whether these are the mark's own.

    A mark that was given out lately is known without a question to the database; for any other they are today's.
    """
    edition = published(network)
    known = _colours.get((edition.pk, edition.source_hash, mark))
    if known is not None:
        return known, True
    found = risk_of(network)
    return found.assessment.levels, found.mark == mark


class _Colours:
    """The colours of the marks given out last, by edition, its hash and mark; all of one mark are the same for ever."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, str], tuple[RiskLevel, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: tuple[int, str, str], levels: tuple[RiskLevel, ...]) -> None:
        with self._lock:
            self._kept[key] = levels
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_COLOURS:
                self._kept.popitem(last=False)

    def get(self, key: tuple[int, str, str]) -> tuple[RiskLevel, ...] | None:
        with self._lock:
            return self._kept.get(key)


_colours = _Colours()


def past_leaks(network: Network) -> dict[str, int]:
    """How many warnings of the last years were issued for each link: those whose alarm points at it first."""
    issued = Warning.objects.filter(alarm__network=network, issued_at__gte=now() - LEAKS_FOR)
    counts: Counter[str] = Counter()
    for elements in issued.values_list("alarm__elements", flat=True):
        first = elements[0] if elements else {}
        if first.get("kind") == "link":
            counts[str(first["code"])] += 1
    return dict(counts)


@lru_cache(maxsize=8)
def _assessed(
    stored: Stored, version: int, year: int, leaks: tuple[tuple[str, int], ...], around: tuple[Stored, ...]
) -> tuple[Mapping[PipeFact, Floats | Codes], RiskAssessment]:
    """Kept by all it depends on: the edition, the table's version, the year, the leaks, and what lies around."""
    edition = NetworkEdition.objects.select_related("network").get(pk=stored[0], source_hash=stored[1])
    utility = Utility(edition.network.utility)
    others = [load_edition(other) for other in NetworkEdition.objects.filter(pk__in=[one[0] for one in around])]
    arrays = load_edition(edition)
    facts = pipe_facts(arrays, utility, year, _key_places(others), _chambers(others), dict(leaks))
    return facts, assess_risk(read_risk_table(_document(utility, version)), facts)


def _around() -> tuple[Stored, ...]:
    """Every published edition of the city: what lies beside a pipe belongs to others, too."""
    found = Network.objects.filter(edition__isnull=False).order_by("pk")
    return tuple(found.values_list("edition_id", "edition__source_hash"))


def _key_places(networks: Iterable[PipeNetwork]) -> Floats:
    """Where hospitals, schools and the like are supplied, (n, 2) in degrees; each place once a network."""
    rows = [np.zeros((0, 2))]
    for network in networks:
        nodes = network.customers.node[np.isin(network.customers.category, list(KEY_CATEGORIES))]
        rows.append(np.column_stack([network.nodes.x[nodes], network.nodes.y[nodes]]))
    return np.vstack(rows)


def _chambers(networks: Iterable[PipeNetwork]) -> Floats:
    rows = [np.zeros((0, 2))]
    for network in networks:
        nodes = [i for i, attributes in enumerate(network.nodes.attributes) if is_chamber(attributes)]
        rows.append(np.column_stack([network.nodes.x[nodes], network.nodes.y[nodes]]))
    return np.vstack(rows)
