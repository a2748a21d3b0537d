"""Importing a network: staged as an edition nobody sees, loaded in short batches, published by moving one pointer.

What has errors waits for a person who read them: publishing it is an act of its own.
"""

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.assets.import_lock import import_lock
from chengmai.assets.models import City, Network, NetworkEdition, NetworkLink, NetworkNode
from chengmai.assets.queries import SUMMARY, loaded_edition
from chengmai.assets.sources import READER_VERSION, read_source
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.findings import Finding, Severity, count_by_rule
from chengmai.events.outbox import emit
from chengmai.network.documents import bounds, link_documents, model_document, node_documents
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility

BATCH_ROWS = 500
"""Rows written in one transaction: short enough that nobody else waits for the writer."""
KEPT_WAITING = timedelta(days=30)
"""A loaded edition that nobody published in this time is cleared away by the next import."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
JINCHENG = (112.85, 35.50)

_Row = TypeVar("_Row", bound=models.Model)


@dataclass(frozen=True)
class ImportResult:
    """What an import came to; ``edition`` is None when nothing was loadable or nothing was to be stored.

    ``published`` says that people see it; an edition with errors is loaded but waits.
    """

    edition: NetworkEdition | None
    created: bool
    counts: dict[str, int]
    findings: list[Finding]
    published: bool = False

    @property
    def loadable(self) -> bool:
        """True when something passed: a pipe, or chambers that no conduit joins."""
        return self.counts["nodes"] > 0


def city_centre() -> tuple[float, float]:
    """Longitude and latitude at which a network without a reference system is laid down."""
    city = City.objects.first()
    return (city.longitude, city.latitude) if city else JINCHENG


def read_only(file_name: str, data: bytes, utility: Utility) -> ImportResult:
    """Read and check a file for a network of a utility; store nothing."""
    read, findings = heavy.run(read_source, file_name, data, city_centre(), utility).result()
    return ImportResult(None, False, _counts(read, findings), findings)


def ensure_network(code: str, owner: str = "", utility: Utility | None = None) -> Network:
    """The network of a code; made when missing, a water network unless told, for the named organisation or the bureau.

    Raises NotFound when there is no such organisation, Conflict when the network is of another utility.
    """
    found = Network.objects.filter(code=code).first()
    if found is None:
        return add_network(None, code, utility or Utility.WATER, owner)
    if utility is not None and found.utility != utility:
        raise Conflict("import.other_utility", code=code, utility=found.utility)
    return found


def add_network(
    actor: User | None, code: str, utility: Utility, owner: str = "", name_zh: str = "", name_en: str = ""
) -> Network:
    """A new network without an edition, for the named organisation or the bureau.

    Raises InvalidInput for a code that cannot be one, Conflict when it is taken, NotFound when there is no such
    organisation within the actor's reach.
    """
    if not _CODE.fullmatch(code):
        raise InvalidInput("import.code_invalid", code=code)
    owners = Organisation.objects.filter(code=owner) if owner else Organisation.objects.filter(kind="bureau")
    organisation = owners.order_by("pk").first()
    if organisation is None or not reaches(actor, organisation):
        raise NotFound("import.no_owner", code=owner)
    with transaction.atomic():
        made, new = Network.objects.get_or_create(
            code=code,
            defaults={
                "name_zh": name_zh or code,
                "name_en": name_en or code,
                "utility": utility,
                "owner": organisation,
            },
        )
        if not new:
            raise Conflict("import.code_taken", code=code)
        audit.record(
            actor, "network.added", "network", code, after={"owner": organisation.code, "utility": utility.value}
        )
    return made


def import_network(
    actor: User | None, network: Network, file_name: str, data: bytes, publish_anyway: bool = False
) -> ImportResult:
    """Read a file, check all of it, load what passes, and publish it as the network's edition if there are no errors.

    With errors the edition is loaded and waits, unless ``publish_anyway``. The same bytes again load nothing; bytes of
    an older edition without errors only move the pointer back. Whatever stops the import half way, people keep seeing
    the edition they saw. Raises Conflict while somebody else imports into the network.
    """
    with import_lock(network):
        return _import(actor, network, file_name, data, publish_anyway)


def _import(actor: User | None, network: Network, file_name: str, data: bytes, publish_anyway: bool) -> ImportResult:
    read, findings = heavy.run(read_source, file_name, data, city_centre(), Utility(network.utility)).result()
    counts = _counts(read, findings)
    if counts["nodes"] == 0:
        return ImportResult(None, False, counts, findings)
    digest = hashlib.sha256(b"%d\n" % READER_VERSION + data).hexdigest()
    fit = publish_anyway or counts["errors"] == 0
    known = network.editions.filter(source_hash=digest, model__has_key=SUMMARY).order_by("-id").first()
    if known is not None:
        if fit and network.edition_id != known.pk:
            _publish(actor, network, known)
        return ImportResult(known, False, counts, findings, published=network.edition_id == known.pk)
    _drop_abandoned(network)
    edition = NetworkEdition.objects.create(
        network=network,
        source=file_name[:255],
        source_hash=digest,
        loaded_at=now(),
        findings=[finding.as_dict() for finding in findings],
        model=model_document(read),
    )
    try:
        _load(edition, read)
        _complete(actor, edition, read)
    except BaseException:
        _drop(edition)
        raise
    if fit:
        _publish(actor, network, edition)
    return ImportResult(edition, True, counts, findings, published=fit)


def publish_edition(actor: User, network: Network, edition_id: int) -> Network:
    """Let people see a loaded edition, whatever was found in it; done twice it is one act.

    Raises NotFound when the network has no such edition, or it was not loaded to its end.
    """
    edition = loaded_edition(network, edition_id)
    if network.edition_id != edition.pk:
        _publish(actor, network, edition)
    return network


def summary_of(network: PipeNetwork) -> dict[str, Any]:
    """What lists tell of an edition without loading it; bounds in degrees."""
    return {
        "nodes": len(network.nodes),
        "links": len(network.links),
        "pipe_length_m": round(network.pipe_length_m, 1),
        "bounds": bounds(network),
    }


def _counts(network: PipeNetwork, findings: list[Finding]) -> dict[str, int]:
    errors = _errors(findings)
    return {
        "nodes": len(network.nodes),
        "links": len(network.links),
        "errors": errors,
        "warnings": len(findings) - errors,
    }


def _errors(findings: list[Finding]) -> int:
    return sum(finding.severity == Severity.ERROR for finding in findings)


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


def _complete(actor: User | None, edition: NetworkEdition, network: PipeNetwork) -> None:
    with transaction.atomic():
        edition.model = {**edition.model, SUMMARY: summary_of(network)}
        edition.save(update_fields=["model"])
        audit.record(
            actor,
            "network.loaded",
            "network",
            edition.network.code,
            after={"edition": edition.pk, "source": edition.source, **_told_of(edition)},
        )


def _told_of(edition: NetworkEdition) -> dict[str, Any]:
    """What was found in an edition, in short: how many errors, and how often each rule was broken."""
    findings = stored_findings(edition)
    return {"errors": _errors(findings), "findings": count_by_rule(findings)}


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
            after={**told, **_told_of(edition)},
        )
        news = {"id": network.code, "action": "publish", "owner": locked.owner.code, **told}
        emit("network.published", f"network:{network.code}", news)
    network.edition = edition


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "detail": tuple(document["detail"].items())}


def stored_findings(edition: NetworkEdition) -> list[Finding]:
    """What was found when an edition was imported."""
    return [Finding(**_plain(document)) for document in edition.findings]


def _drop_abandoned(network: Network) -> None:
    """Clear away what dead imports left, for only one import lives, and what nobody published for long."""
    unpublished = network.editions.filter(published_at__isnull=True)
    for edition in unpublished.exclude(model__has_key=SUMMARY):
        _drop(edition)
    for edition in unpublished.filter(loaded_at__lt=now() - KEPT_WAITING):
        _drop(edition, "waited")


def _drop(edition: NetworkEdition, why: str = "") -> None:
    """Delete an edition in small steps; with a reason, which one that was loaded whole needs, it is audited."""
    for table in (NetworkLink, NetworkNode):
        while keys := list(table._default_manager.filter(edition=edition).values_list("pk", flat=True)[:BATCH_ROWS]):
            table._default_manager.filter(pk__in=keys).delete()
    with transaction.atomic():
        if why:
            before = {"edition": edition.pk, "source": edition.source, "source_hash": edition.source_hash, "why": why}
            audit.record(None, "network.dropped", "network", edition.network.code, before=before)
        edition.delete()


def demand_loadable(result: ImportResult, file_name: str) -> None:
    """Raise InvalidInput when nothing of a file could be loaded."""
    if not result.loadable:
        raise InvalidInput("network.nothing_loadable", file=file_name, findings=len(result.findings))
