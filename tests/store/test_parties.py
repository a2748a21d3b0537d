"""The parties of a warning: found by the table, told once, and each signs for itself."""

from types import SimpleNamespace

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.access.roles import Role
from chengmai.assets.models import NetworkEdition
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.disposal import parties
from chengmai.disposal.models import Party, Timer
from chengmai.disposal.parties import sign
from chengmai.disposal.party_table import RowDraft, add_row, remove_row
from chengmai.disposal.states import PartyKind
from chengmai.network.customers import Customers
from chengmai.warning.assessment import Step, act_on_warning
from chengmai.warning.states import Severity, WarningAction
from tests.disposal import City, build_city, issue, raise_alarm
from tests.joint_disposal import react
from tests.people import add_person

pytestmark = pytest.mark.django_db
POLICE = RowDraft(PartyKind.EXTERNAL, "water", "", ["red", "orange"], name_zh="交警支队", phone="122")


@pytest.fixture
def city() -> City:
    built = build_city()
    built.company.parent = built.water
    built.company.save()
    return built


def keys() -> set[str]:
    return set(Party.objects.values_list("key", flat=True))


def test_the_table_says_who_is_concerned(city: City) -> None:
    add_row(None, POLICE)
    add_row(None, RowDraft(PartyKind.SECTION))
    add_row(None, RowDraft(PartyKind.EXTERNAL, "gas", name_zh="消防", phone="119"))
    add_row(None, RowDraft(PartyKind.EXTERNAL, "", "", ["red"], name_zh="应急局", phone="110"))
    gone = add_row(None, RowDraft(PartyKind.ORGANISATION, organisation="CG-APPEARANCE"))
    remove_row(city.people["shift_leader"], gone.pk)
    issue(city)
    react()
    assert keys() == {"org:JC-WATER-CO", "org:CG-WATER", "external:交警支队"}


def test_a_raised_level_brings_more_parties_and_shorter_times_but_nobody_signs_twice(city: City) -> None:
    add_row(None, RowDraft(PartyKind.EXTERNAL, "", "", ["red"], name_zh="应急局", phone="110"))
    warning = issue(city)
    done = react()
    before = Timer.objects.get(subject__startswith="party:")
    act_on_warning(warning.pk, city.people["operator"], Step(WarningAction.REVISE, warning.version, level=Severity.RED))
    react(done)
    assert keys() == {"org:JC-WATER-CO", "external:应急局"}
    after = Timer.objects.get(pk=before.pk)
    assert after.due_at < before.due_at
    assert Timer.objects.filter(ended_at=None, subject__startswith="party:").count() == 2


def test_a_party_signs_for_itself_and_once(city: City) -> None:
    issue(city)
    react()
    party = Party.objects.get()
    with pytest.raises(NotAllowed, match=r"party\.other_organisation"):
        sign(party.pk, city.people["operator"], 1)
    with pytest.raises(NotFound):
        sign(party.pk, city.people["outsider"], 1)
    with pytest.raises(Conflict):
        sign(party.pk, city.people["company"], 9)
    signed = sign(party.pk, city.people["company"], 1, note="crew of two is on its way")
    assert (signed.signed_by, signed.note) == (city.people["company"], "crew of two is on its way")
    assert Timer.objects.get(subject=f"party:{party.pk}").outcome == "met"
    with pytest.raises(Conflict, match=r"party\.signed_already"):
        sign(party.pk, city.people["company"], 2)


def test_who_is_outside_signs_by_a_call_that_the_bureau_notes(city: City) -> None:
    add_row(None, POLICE)
    issue(city)
    react()
    party = Party.objects.get(organisation=None)
    with pytest.raises(NotAllowed):
        sign(party.pk, city.people["company"], 1, "Wang")
    with pytest.raises(InvalidInput, match=r"party\.who_answered"):
        sign(party.pk, city.people["operator"], 1)
    assert sign(party.pk, city.people["operator"], 1, "Sergeant Wang").spoken_to == "Sergeant Wang"


def test_an_organisation_that_owns_nothing_signs_what_concerns_it(city: City) -> None:
    add_row(None, RowDraft(PartyKind.ORGANISATION, organisation="CG-APPEARANCE"))
    issue(city)
    react()
    party = Party.objects.get(organisation=city.appearance)
    cleaner = add_person("cleaner", Role.UTILITY_DISPATCHER, organisation=city.appearance)
    assert sign(party.pk, cleaner, 1).signed_by == cleaner


def test_rows_that_name_nobody_are_refused_by_the_door_and_by_the_database(city: City) -> None:
    for draft in (RowDraft(PartyKind.EXTERNAL, name_zh="x"), RowDraft(PartyKind.ORGANISATION, organisation="none")):
        with pytest.raises(InvalidInput, match=r"party\.nobody_named"):
            add_row(None, draft)
    with pytest.raises(InvalidInput, match=r"party\.scope_unknown"):
        add_row(None, RowDraft(PartyKind.OWNER, utility="steam"))
    row = add_row(None, POLICE)
    for broken in ("phone = ''", "name_zh = ''", "kind = 'organisation'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE disposal_partyrow SET {broken} WHERE id = {row.pk}")


def test_key_users_near_the_alarm_are_told_and_no_others(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.network.edition = NetworkEdition.objects.create(
        network=city.network, source="x.inp", source_hash="0" * 64, loaded_at=now()
    )
    nodes = SimpleNamespace(x=np.array([112.85, 112.85, 112.95]), y=np.array([35.5, 35.501, 35.5]))
    customers = Customers(
        code=np.array(["u1", "u2", "u3"]),
        node=np.array([1, 0, 2], dtype=np.int32),
        users=np.array([1, 200, 1], dtype=np.int32),
        category=np.array(["hospital", "residential", "school"]),
        name=np.array(["First hospital", "Court 3", "School far away"]),
        phone=np.array(["0356-5550201", "", ""]),
    )
    monkeypatch.setattr(parties, "load_network", lambda network: SimpleNamespace(nodes=nodes, customers=customers))
    alarm = raise_alarm(city)
    alarm.network = city.network
    assert [(who.name_zh, who.phone) for who in parties._key_users(alarm)] == [("First hospital", "0356-5550201")]
