"""Imports into a real database: invisible until published, idempotent, and without effect when they fail half way."""

import threading

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.access.models import AuditEntry
from chengmai.assets import services
from chengmai.assets.models import Network, NetworkEdition, NetworkLink, NetworkNode
from chengmai.assets.queries import load_edition, load_network
from chengmai.assets.services import ensure_network, import_network, publish_edition, stored_findings
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotFound
from chengmai.events.models import OutboxEvent
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from tests.networks import add_network, sample
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return add_network("W", add_organisation())


def test_an_import_is_published_audited_and_told(network: Network) -> None:
    person = add_person("li")
    result = import_network(person, network, "hillside.inp", sample("hillside.inp"))
    network.refresh_from_db()
    assert result.created
    assert network.edition == result.edition
    assert result.counts == {"nodes": 9, "links": 10, "errors": 0, "warnings": 2}
    assert NetworkNode.objects.filter(edition=network.edition).count() == 9
    entry = AuditEntry.objects.get(action="network.published")
    assert (entry.actor, entry.object_id, entry.before) == ("li", "W", {"edition": None})
    assert OutboxEvent.objects.get(name="network.published").aggregate == "network:W"
    assert {finding.rule for finding in stored_findings(result.edition)} == {"coordinates.missing", "coordinates.local"}


def test_what_is_stored_is_the_network_that_was_read(network: Network) -> None:
    import_network(None, network, "hillside.inp", sample("hillside.inp"))
    stored = load_network("W")
    read, _ = read_inp(sample("hillside.inp"), "hillside.inp")
    assert stored.nodes.code.tolist() == read.nodes.code.tolist()
    np.testing.assert_array_equal(stored.links.diameter, read.links.diameter)
    assert _demands(stored) == _demands(read)
    assert stored.controls == read.controls
    assert stored.options == read.options
    assert stored.rules == read.rules
    assert stored.curves == read.curves


def _demands(network: PipeNetwork) -> list[tuple[str, float, int, str]]:
    columns = network.demands
    codes = network.nodes.code[columns.node]
    return sorted(zip(codes, columns.base, columns.pattern, columns.category, strict=True))


def test_the_same_bytes_again_change_nothing(network: Network) -> None:
    first = import_network(None, network, "hillside.inp", sample("hillside.inp"))
    again = import_network(None, network, "renamed.inp", sample("hillside.inp"))
    assert (again.created, again.edition) == (False, first.edition)
    assert NetworkEdition.objects.count() == 1
    assert AuditEntry.objects.filter(action="network.published").count() == 1


def test_the_bytes_of_an_older_edition_move_the_pointer_back(network: Network) -> None:
    first = import_network(None, network, "a.inp", sample("hillside.inp"))
    second = import_network(None, network, "b.inp", sample("hillside.inp") + b"\n; surveyed again\n")
    assert second.created
    back = import_network(None, network, "a.inp", sample("hillside.inp"))
    network.refresh_from_db()
    assert (back.created, network.edition) == (False, first.edition)
    assert NetworkEdition.objects.count() == 2


def test_a_failure_half_way_leaves_what_people_saw(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    first = import_network(None, network, "a.inp", sample("hillside.inp"))
    monkeypatch.setattr(services, "BATCH_ROWS", 4)
    passed = []

    def fail_at_the_third_batch(name: str) -> None:
        passed.append(name)
        if len(passed) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(services, "reach", fail_at_the_third_batch)
    with pytest.raises(OSError, match="No space left"):
        import_network(None, network, "b.inp", sample("hillside.inp") + b"\n")
    network.refresh_from_db()
    assert network.edition == first.edition
    assert NetworkEdition.objects.count() == 1
    assert NetworkNode.objects.count() == 9
    assert len(load_network("W").links) == 10


def test_what_a_killed_import_left_is_cleared_by_the_next(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(name: str) -> None:
        raise Killed

    monkeypatch.setattr(services, "reach", killed)
    monkeypatch.setattr(services, "_drop", lambda edition: None)
    with pytest.raises(Killed):
        import_network(None, network, "a.inp", sample("hillside.inp"))
    assert NetworkEdition.objects.filter(published_at=None).count() == 1
    network.refresh_from_db()
    assert network.edition is None
    monkeypatch.undo()
    result = import_network(None, network, "a.inp", sample("hillside.inp"))
    assert list(NetworkEdition.objects.all()) == [result.edition]


def test_with_errors_what_people_see_stays_until_a_person_publishes(network: Network) -> None:
    person = add_person("li")
    first = import_network(person, network, "a.inp", sample("hillside.inp"))
    held = import_network(person, network, "b.inp", sample("broken.inp"))
    network.refresh_from_db()
    assert (held.created, held.published, network.edition) == (True, False, first.edition)
    assert OutboxEvent.objects.filter(name="network.published").count() == 1
    assert held.edition is not None
    assert AuditEntry.objects.filter(action="network.loaded").last().after["errors"] == held.counts["errors"] > 0
    for _ in range(2):
        publish_edition(person, network, held.edition.pk)
    network.refresh_from_db()
    assert network.edition == held.edition
    entry = AuditEntry.objects.filter(action="network.published").last()
    assert (entry.actor, entry.before, entry.after["errors"]) == (
        "li", {"edition": first.edition.pk}, held.counts["errors"]
    )  # fmt: skip
    assert OutboxEvent.objects.filter(name="network.published").count() == 2


def test_a_file_with_errors_is_published_at_once_when_told_so(network: Network) -> None:
    result = import_network(None, network, "b.inp", sample("broken.inp"), publish_anyway=True)
    network.refresh_from_db()
    assert (result.published, network.edition) == (True, result.edition)


def test_the_same_bytes_with_errors_again_wait_as_the_same_edition(network: Network) -> None:
    first = import_network(None, network, "b.inp", sample("broken.inp"))
    again = import_network(None, network, "b.inp", sample("broken.inp"))
    assert (again.created, again.published, again.edition) == (False, False, first.edition)
    import_network(None, network, "b.inp", sample("broken.inp"), publish_anyway=True)
    import_network(None, network, "a.inp", sample("hillside.inp"))
    back = import_network(None, network, "b.inp", sample("broken.inp"))
    network.refresh_from_db()
    assert (back.published, network.edition == first.edition) == (False, False)


def test_an_edition_that_waits_is_not_taken_for_what_a_dead_import_left(network: Network) -> None:
    held = import_network(None, network, "b.inp", sample("broken.inp")).edition
    assert held is not None
    import_network(None, network, "a.inp", sample("hillside.inp"))
    assert NetworkEdition.objects.filter(pk=held.pk).exists()
    NetworkEdition.objects.update(loaded_at=now() - services.KEPT_WAITING * 2)
    current = import_network(None, network, "c.inp", sample("hillside.inp") + b"\n").edition
    assert not NetworkEdition.objects.filter(pk=held.pk).exists()
    assert current is not None
    assert NetworkEdition.objects.count() == 2, "what was published once is kept"
    assert [entry.before["edition"] for entry in AuditEntry.objects.filter(action="network.dropped")] == [held.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_the_second_is_told_to_wait_and_harms_nothing(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, outcomes = services._load, list[str]()

    def again() -> None:
        try:
            import_network(None, network, "a.inp", sample("hillside.inp"))
        except Conflict as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    def meanwhile(edition: NetworkEdition, read: PipeNetwork) -> None:
        second = threading.Thread(target=again)
        second.start()
        second.join(30)
        load(edition, read)

    monkeypatch.setattr(services, "_load", meanwhile)
    first = import_network(None, network, "a.inp", sample("hillside.inp"))
    assert outcomes == ["import.under_way"]
    assert (first.published, NetworkEdition.objects.count(), NetworkNode.objects.count()) == (True, 1, 9)
    monkeypatch.setattr(services, "_load", load)
    again()
    assert outcomes == ["import.under_way"], "the first has let go"


def test_what_is_half_loaded_cannot_be_published(network: Network) -> None:
    dead = NetworkEdition.objects.create(network=network, source="a", source_hash="0", loaded_at=now())
    with pytest.raises(NotFound):
        publish_edition(add_person("li"), network, dead.pk)


def test_nothing_loadable_leaves_no_edition(network: Network) -> None:
    result = import_network(None, network, "x.inp", b"[JUNCTIONS]\n a ten\n")
    assert result.edition is None
    assert not result.loadable
    assert [(f.row, f.rule) for f in result.findings] == [(2, "number.invalid")]
    assert NetworkEdition.objects.count() == 0


def test_a_network_is_made_for_an_organisation_that_exists() -> None:
    with pytest.raises(NotFound):
        ensure_network("NEW", "NOBODY")
    add_organisation("U", "utility")
    assert ensure_network("NEW", "U").owner.code == "U"
    assert ensure_network("NEW").owner.code == "U"


def test_the_database_itself_refuses_a_second_node_of_a_code(network: Network) -> None:
    edition = import_network(None, network, "a.inp", sample("hillside.inp")).edition
    facts = {"kind": "junction", "longitude": 0, "latitude": 0, "elevation_m": 0}
    with pytest.raises(IntegrityError), transaction.atomic():
        NetworkNode.objects.create(edition=edition, code="A", **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        NetworkLink.objects.create(edition=edition, code="P1", kind="pipe", start="A", end="B")


def test_an_edition_is_kept_in_memory(network: Network) -> None:
    edition = import_network(None, network, "a.inp", sample("hillside.inp")).edition
    assert load_edition(edition) is load_network(network)
