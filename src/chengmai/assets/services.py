"""Importing a network: staged as an edition nobody sees, loaded in short batches, published by moving one pointer."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, User
from chengmai.assets.models import City, Network, NetworkEdition, NetworkLink, NetworkNode, Utility
from chengmai.assets.sources import READER_VERSION, read_source
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.findings import Finding, count_by_rule
from chengmai.events.outbox import emit
from chengmai.network.documents import bounds, link_documents, model_document, node_documents
from chengmai.network.pipe_network import PipeNetwork

BATCH_ROWS = 500
"""Rows written in one transaction: short enough that nobody else waits for the writer."""
ABANDONED_AFTER = timedelta(hours=1)
"""An unpublished edition older than this belongs to an import that died."""
SUMMARY = "summary"
JINCHENG = (112.85, 35.50)

_Row = TypeVar("_Row", bound=models.Model)


@dataclass(frozen=True)
class ImportResult:
    """What an import came to; ``edition`` is None when nothing was loadable or nothing was to be stored."""

    edition: NetworkEdition | None
    created: bool
    counts: dict[str, int]
    findings: list[Finding]

    @property
    def loadable(self) -> bool:
        """True when at least one link passed."""
        return self.counts["links"] > 0


def city_centre() -> tuple[float, float]:
    """Longitude and latitude at which a network without a reference system is laid down."""
    city = City.objects.first()
    return (city.longitude, city.latitude) if city else JINCHENG


def read_only(file_name: str, data: bytes) -> ImportResult:
    """Read and check a file; store nothing."""
    read, findings = read_source(file_name, data, city_centre())
    return ImportResult(None, False, _counts(read, findings), findings)


def ensure_network(code: str, owner: str = "") -> Network:
    """The network of a code; made when missing, for the named organisation or the bureau itself.

    Raises NotFound when there is no such organisation.
    """
    found = Network.objects.filter(code=code).first()
    if found is not None:
        return found
    owners = Organisation.objects.filter(code=owner) if owner else Organisation.objects.filter(kind="bureau")
    organisation = owners.order_by("pk").first()
    if organisation is None:
        raise NotFound("import.no_owner", code=owner)
    with transaction.atomic():
        made = Network.objects.create(code=code, name_zh=code, name_en=code, utility=Utility.WATER, owner=organisation)
        audit.record(None, "network.added", "network", code, after={"owner": organisation.code})
    return made


def import_network(actor: User | None, network: Network, file_name: str, data: bytes) -> ImportResult:
    """Read a file, check all of it, and publish what passes as the network's edition.

    The same bytes again change nothing; bytes of an older edition only move the pointer back. Whatever stops the
    import half way, people keep seeing the edition they saw.
    """
    read, findings = heavy.run(read_source, file_name, data, city_centre()).result()
    counts = _counts(read, findings)
    if counts["links"] == 0:
        return ImportResult(None, False, counts, findings)
    digest = hashlib.sha256(b"%d\n" % READER_VERSION + data).hexdigest()
    known = network.editions.filter(source_hash=digest, published_at__isnull=False).order_by("-id").first()
    if known is not None:
        if network.edition_id != known.pk:
            _publish(actor, network, known)
        return ImportResult(known, False, counts, findings)
    _drop_abandoned(network, digest)
    edition = NetworkEdition.objects.create(
        network=network,
        source=file_name[:255],
        source_hash=digest,
        loaded_at=now(),
        findings=[finding.as_dict() for finding in findings],
        model={**model_document(read), SUMMARY: summary_of(read)},
    )
    try:
        _load(edition, read)
    except BaseException:
        _drop(edition)
        raise
    _publish(actor, network, edition)
    return ImportResult(edition, True, counts, findings)


def summary_of(network: PipeNetwork) -> dict[str, Any]:
    """What lists tell of an edition without loading it; bounds in degrees."""
    return {
        "nodes": len(network.nodes),
        "links": len(network.links),
        "pipe_length_m": round(network.pipe_length_m, 1),
        "bounds": bounds(network),
    }


def _counts(network: PipeNetwork, findings: list[Finding]) -> dict[str, int]:
    errors = sum(finding.severity == "error" for finding in findings)
    return {
        "nodes": len(network.nodes),
        "links": len(network.links),
        "errors": errors,
        "warnings": len(findings) - errors,
    }


def _load(edition: NetworkEdition, network: PipeNetwork) -> None:
    nodes = (
        NetworkNode(
            edition=edition,
            code=node.code,
            kind=node.kind,
            longitude=node.x,
            latitude=node.y,
            elevation_m=node.elevation_m,
            attributes={"hydraulic": node.hydraulic, "survey": node.survey},
        )
        for node in node_documents(network)
    )
    links = (
        NetworkLink(
            edition=edition,
            code=link.code,
            kind=link.kind,
            start=link.start,
            end=link.end,
            length_m=link.length_m,
            diameter_mm=link.diameter_mm,
            material=link.material,
            path=link.path,
            attributes={"hydraulic": link.hydraulic, "survey": link.survey},
        )
        for link in link_documents(network)
    )
    _insert(NetworkNode, nodes)
    _insert(NetworkLink, links)


def _insert(table: type[_Row], rows: Iterable[_Row]) -> None:
    for batch in _batches(rows):
        with transaction.atomic():
            table._default_manager.bulk_create(batch)
        reach("import.after_batch")


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    left = iter(rows)
    while batch := list(itertools.islice(left, BATCH_ROWS)):
        yield batch


def _publish(actor: User | None, network: Network, edition: NetworkEdition) -> None:
    """The one moment at which people see the edition."""
    reach("import.before_publish")
    with transaction.atomic():
        locked = Network.objects.select_for_update(of=("self",)).get(pk=network.pk)
        before = locked.edition_id
        edition.published_at = edition.published_at or now()
        edition.save(update_fields=["published_at"])
        locked.edition = edition
        locked.save(update_fields=["edition"])
        told: dict[str, Any] = {"edition": edition.pk, "source": edition.source, "source_hash": edition.source_hash}
        audit.record(
            actor,
            "network.published",
            "network",
            network.code,
            before={"edition": before},
            after={**told, "findings": count_by_rule(Finding(**_plain(f)) for f in edition.findings)},
        )
        emit("network.published", f"network:{network.code}", told)
    network.edition = edition


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "detail": tuple(document["detail"].items())}


def stored_findings(edition: NetworkEdition) -> list[Finding]:
    """What was found when an edition was imported."""
    return [Finding(**_plain(document)) for document in edition.findings]


def _drop_abandoned(network: Network, digest: str) -> None:
    """Clear away what dead imports left: unpublished editions that are old, or of the very same source."""
    unpublished = network.editions.filter(published_at__isnull=True)
    for edition in unpublished.filter(models.Q(loaded_at__lt=now() - ABANDONED_AFTER) | models.Q(source_hash=digest)):
        _drop(edition)


def _drop(edition: NetworkEdition) -> None:
    for table in (NetworkLink, NetworkNode):
        while keys := list(table._default_manager.filter(edition=edition).values_list("pk", flat=True)[:BATCH_ROWS]):
            table._default_manager.filter(pk__in=keys).delete()
    edition.delete()


def demand_loadable(result: ImportResult, file_name: str) -> None:
    """Raise InvalidInput when nothing of a file could be loaded."""
    if not result.loadable:
        raise InvalidInput("network.nothing_loadable", file=file_name, findings=len(result.findings))
