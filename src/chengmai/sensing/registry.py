"""Which gateways and datastreams exist, held in memory for the ingest path and refreshed from the database."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import Q
from django.db.models.functions import Coalesce

from chengmai.core.errors import Unavailable
from chengmai.sensing.mapping import PayloadMap, read_mapping
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.tokens import token_fits

_LEAST_REFRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What the ingest path and the live feed need to know of a datastream."""

    id: int
    code: str
    gateway: str
    """Whose token may tell it: the gateway's, or the own one of the device that feeds it."""
    owner: str
    low: float | None
    high: float | None
    interval_s: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a gateway's messages are read, and which of its datastreams tells which quantity."""

    reader: PayloadMap
    streams: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    by_code: dict[str, StreamFacts]
    by_id: dict[int, StreamFacts]
    gateways: dict[str, str]
    mapped: dict[str, Mapped]


def load() -> tuple[list[StreamFacts], dict[str, str]]:
    """Active datastreams of active gateways, and each gateway's token hash, from the database."""
    close_old_connections()
    streams = Datastream.objects.filter(active=True, gateway__active=True).values_list(
        "id", "code", Coalesce("sender__code", "gateway__code"), "owner__code", "low", "high", "interval_s"
    )
    return [StreamFacts(*row) for row in streams], dict(
        Gateway.objects.filter(active=True).values_list("code", "token_hash")
    )


def load_mappings() -> dict[str, Mapped]:
    """How the messages of gateways with a mapping are read, from the database.

    A quantity that several of a gateway's streams tell stands for none of them.
    """
    close_old_connections()
    gateways = list(Gateway.objects.filter(active=True, mapping__isnull=False).select_related("mapping"))
    told = Datastream.objects.filter(active=True).filter(Q(sender__in=gateways) | Q(sender=None, gateway__in=gateways))
    streams: dict[str, dict[str, list[str]]] = {gateway.code: {} for gateway in gateways}
    for sender, quantity, code in told.values_list(Coalesce("sender__code", "gateway__code"), "quantity", "code"):
        streams[sender].setdefault(quantity, []).append(code)
    found = {}
    for gateway in gateways:
        if gateway.mapping is not None:
            alone = {quantity: codes[0] for quantity, codes in streams[gateway.code].items() if len(codes) == 1}
            found[gateway.code] = Mapped(read_mapping(gateway.mapping.document), alone)
    return found


class Registry:
    """A snapshot of what exists; an unknown name refreshes it, at most once a second.

    While the database does not answer, what is known stays in force, and asking for anything else raises Unavailable:
    a name that cannot be looked up is not unknown.
    """

    def __init__(
        self,
        source: Callable[[], tuple[list[StreamFacts], dict[str, str]]] = load,
        mappings: Callable[[], dict[str, Mapped]] | None = None,
    ) -> None:
        self._source = source
        self._mappings = mappings or (load_mappings if source is load else dict)
        self._lock = threading.Lock()
        self._known = _Known({}, {}, {}, {})
        self._refreshed = float("-inf")
        self._tokens: set[tuple[str, bytes, str]] = set()

    def refresh(self) -> None:
        """Read everything anew; call it from a thread that may use the database."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        try:
            streams, gateways = self._source()
            mapped = self._mappings()
        except (DatabaseError, InterfaceError) as error:
            raise Unavailable("registry.no_answer", reason=str(error).strip()) from error
        self._known = _Known(
            {facts.code: facts for facts in streams}, {facts.id: facts for facts in streams}, gateways, mapped
        )
        self._refreshed = time.monotonic()

    def _refresh_if_old(self) -> None:
        with self._lock:
            if time.monotonic() - self._refreshed >= _LEAST_REFRESH_S:
                self._refresh()

    def stream(self, code: str) -> StreamFacts | None:
        """The datastream of a code; None when there is none."""
        facts = self._known.by_code.get(code)
        if facts is None:
            self._refresh_if_old()
            facts = self._known.by_code.get(code)
        return facts

    def by_id(self, stream: int) -> StreamFacts | None:
        """The datastream of an identity, as far as the snapshot knows it."""
        return self._known.by_id.get(stream)

    def mapped(self, gateway: str) -> Mapped | None:
        """How a gateway's messages are read; None for readings in our own shape."""
        return self._known.mapped.get(gateway)

    def gateways(self) -> dict[str, str]:
        """Every active gateway's code and token hash."""
        return dict(self._known.gateways)

    def admits(self, gateway: str, token: str) -> bool:
        """True when this is the gateway's token; a token that fitted once is known again by its digest."""
        token_hash = self._known.gateways.get(gateway)
        if token_hash is None:
            self._refresh_if_old()
            token_hash = self._known.gateways.get(gateway)
        if token_hash is None:
            return False
        digest = hashlib.sha256(token.encode()).digest()
        if (gateway, digest, token_hash) in self._tokens:
            return True
        if not token_fits(token, token_hash):
            return False
        self._tokens.add((gateway, digest, token_hash))
        return True
