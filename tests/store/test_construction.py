"""The register of construction projects: rows keep what hangs on them, ceilings hold, counts are the register's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.budget.construction import acceptance as construction_acceptance
from chengmai.budget.construction import costs as construction_costs
from chengmai.budget.construction import services as construction
from chengmai.budget.construction.acceptance import AcceptanceAct, act_on_acceptance, apply_for
from chengmai.budget.construction.costs import book, reverse
from chengmai.budget.construction.queries import sums_of
from chengmai.budget.construction.services import Delivered, LotDraft, QuantityDraft, Reached, write_project
from chengmai.budget.construction.states import (
    ACCEPTANCE_TRANSITIONS,
    AcceptanceAction,
    AcceptanceState,
    CostKind,
    QuantityKind,
)
from chengmai.budget.models import Acceptance, AcceptanceStep, ConstructionProject, CostEntry, Delivery
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from tests.construction import LIFELINE, booking
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db
CONTRACT, PAYMENT = CostKind.CONTRACT, CostKind.PAYMENT
A, S = AcceptanceAction, AcceptanceState


@pytest.fixture
def engineer() -> User:
    return add_person("engineer", Role.NETWORK_ENGINEER)


@pytest.fixture
def project(engineer: User) -> ConstructionProject:
    return write_project(engineer, LIFELINE)


def test_a_project_is_revised_by_its_codes_and_a_stale_one_refused(
    engineer: User, project: ConstructionProject
) -> None:
    gas = project.lots.get(code="GAS").pk
    lots = (replace(LIFELINE.lots[0], name_en="Gas devices", contractor="A"), LIFELINE.lots[1])
    revised = write_project(engineer, replace(LIFELINE, version=1, lots=lots))
    assert (revised.version, project.lots.get(pk=gas).name_en) == (2, "Gas devices")
    with pytest.raises(Conflict, match=r"version\.stale"):
        write_project(engineer, replace(LIFELINE, version=1))
    told = AuditEntry.objects.filter(action="project.write").latest("sequence")
    assert [facts["version"] for facts in (told.before, told.after) if facts] == [1, 2]


def test_a_row_something_hangs_on_does_not_vanish(engineer: User, project: ConstructionProject) -> None:
    book(engineer, project, booking(CONTRACT, 10))
    construction.reach_milestone(engineer, project, "START", Reached(1, date(2025, 1, 10), "minutes"))
    sent = Delivered(new_id(), "SOFT", QuantityKind.SOFTWARE, 1, date(2025, 2, 1), "note 1")
    construction.note_delivery(engineer, project, sent)
    for broken in (
        replace(LIFELINE, version=1, headings=LIFELINE.headings[1:], lots=LIFELINE.lots[1:]),
        replace(LIFELINE, version=1, milestones=LIFELINE.milestones[1:]),
        replace(LIFELINE, version=1, lots=LIFELINE.lots[:1]),
        replace(LIFELINE, version=1, lots=(LIFELINE.lots[0], LotDraft("SOFT", "软件", "Programs", ()))),
    ):
        with pytest.raises(Conflict, match=r"project\.row_in_use"):
            write_project(engineer, broken)
    # What nothing hangs on may go.
    assert write_project(engineer, replace(LIFELINE, version=1, lots=LIFELINE.lots[1:])).lots.count() == 1


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (replace(LIFELINE, name_en=" "), "project.name_missing"),
        (replace(LIFELINE, lots=(LIFELINE.lots[0], LIFELINE.lots[0])), "project.rows_unfit"),
        (replace(LIFELINE, headings=()), "project.heading_unknown"),
        (replace(LIFELINE, budget_fen=-1), "project.amount_negative"),
        (replace(LIFELINE, owner="none"), "project.owner_unknown"),
        (
            replace(LIFELINE, lots=(LotDraft("L", "x", "x", (QuantityDraft(QuantityKind.DEVICE, 0, "项"),)),)),
            "project.quantities_unfit",
        ),
    ],
)
def test_a_broken_draft_changes_nothing(engineer: User, broken: construction.ProjectDraft, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_project(engineer, broken)
    assert refused.value.code == code
    assert not ConstructionProject.objects.exists()


def test_an_owner_out_of_reach_is_refused(project: ConstructionProject) -> None:
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = add_person("gas", Role.NETWORK_ENGINEER, organisation=gas)
    with pytest.raises(NotAllowed):
        write_project(stranger, replace(LIFELINE, code="MINE"))
    with pytest.raises(Conflict, match=r"project\.code_taken"):
        write_project(stranger, replace(LIFELINE, owner="JC-GAS-CO", version=1))


def test_a_cost_over_a_hard_ceiling_is_refused_to_the_fen_and_over_a_soft_one_marked(
    engineer: User, project: ConstructionProject
) -> None:
    contract = book(engineer, project, booking(CONTRACT, 900, lot="GAS"))
    book(engineer, project, booking(PAYMENT, 100))
    with pytest.raises(Conflict) as refused:
        book(engineer, project, booking(PAYMENT, 1, amount_fen=1))
    assert refused.value.params == {"heading": "HARD", "ceiling": "1000.00", "over": "0.01"}
    # What a contract announced is committed already: paying it needs no room under the ceiling.
    paid = book(engineer, project, booking(PAYMENT, 900, contract=contract.pk))
    assert paid.over_ceiling_fen == 0
    marked = book(engineer, project, booking(CONTRACT, 501, heading="STUDY"))
    assert marked.over_ceiling_fen == 100
    found = sums_of(project.headings.get(code="HARD"))
    assert (found.contracted, found.paid, found.committed) == (900_00, 1000_00, 1000_00)


def test_a_contract_is_paid_no_more_than_it_says_and_its_reversal_waits_for_its_payments(
    engineer: User, project: ConstructionProject
) -> None:
    contract = book(engineer, project, booking(CONTRACT, 100))
    paid = book(engineer, project, booking(PAYMENT, 60, contract=contract.pk))
    with pytest.raises(Conflict, match=r"project\.over_contract"):
        book(engineer, project, booking(PAYMENT, 41, contract=contract.pk))
    with pytest.raises(Conflict, match=r"project\.contract_paid_on"):
        reverse(engineer, project, contract.pk, new_id(), "wrong")
    reverse(engineer, project, paid.pk, new_id(), "sent twice by the bank")
    reverse(engineer, project, contract.pk, new_id(), "void")
    assert sums_of(project.headings.get(code="HARD")).committed == 0
    for again in (contract, CostEntry.objects.get(reverses=contract)):
        with pytest.raises(Conflict, match=r"project\.entry_reversed"):
            reverse(engineer, project, again.pk, new_id(), "once more")
    with pytest.raises(Conflict, match=r"project\.entry_reversed"):
        book(engineer, project, booking(PAYMENT, 1, contract=contract.pk))


def test_the_same_booking_sent_again_is_one_entry(engineer: User, project: ConstructionProject) -> None:
    sent = booking(CONTRACT, 600)
    assert book(engineer, project, sent).pk == book(engineer, project, sent).pk
    assert CostEntry.objects.count() == 1
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        book(engineer, project, replace(sent, amount_fen=1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_fen": 0}, "project.amount_not_positive"),
        ({"document": " "}, "project.document_missing"),
        ({"on": date(2999, 1, 1)}, "project.day_to_come"),
        ({"heading": "NONE"}, "project.heading_unknown"),
        ({"lot": "NONE"}, "project.lot_unknown"),
        ({"heading": "STUDY", "lot": "GAS"}, "project.lot_of_other_heading"),
        ({"contract": new_id()}, "project.contract_of_contract"),
        ({"kind": PAYMENT, "contract": new_id()}, "project.contract_not_found"),
        ({"paper": new_id()}, "project.paper_not_found"),
    ],
)
def test_an_unfit_booking_is_refused(
    engineer: User, project: ConstructionProject, changes: dict[str, object], code: str
) -> None:
    with pytest.raises((InvalidInput, NotFound)) as refused:
        book(engineer, project, replace(booking(CONTRACT, 5), **changes))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not CostEntry.objects.exists()


@pytest.mark.parametrize("table", ["costentry", "delivery", "acceptancestep"])
def test_the_database_itself_keeps_what_was_written(engineer: User, project: ConstructionProject, table: str) -> None:
    book(engineer, project, booking(CONTRACT, 10))
    sent = Delivered(new_id(), "SOFT", QuantityKind.SOFTWARE, 1, date(2025, 2, 1), "note 1")
    construction.note_delivery(engineer, project, sent)
    apply_for(engineer, project, "GAS", "")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM budget_{table}")


def test_the_database_itself_refuses_a_negative_contract(engineer: User, project: ConstructionProject) -> None:
    heading = project.headings.get(code="HARD")
    with pytest.raises(IntegrityError), transaction.atomic():
        CostEntry.objects.create(
            heading=heading,
            kind=CONTRACT,
            amount_fen=-1,
            on=date(2025, 1, 1),
            document="x",
            booked_at=project.added_at,
            fingerprint="",
        )


def test_a_milestone_is_reached_once_with_evidence_and_reopened_with_a_reason(
    engineer: User, project: ConstructionProject
) -> None:
    with pytest.raises(InvalidInput, match=r"project\.evidence_missing"):
        construction.reach_milestone(engineer, project, "START", Reached(1, date(2025, 1, 10), " "))
    tomorrow = construction.today() + timedelta(days=1)
    with pytest.raises(InvalidInput, match=r"project\.day_to_come"):
        construction.reach_milestone(engineer, project, "START", Reached(1, tomorrow, "minutes"))
    reached = construction.reach_milestone(engineer, project, "START", Reached(1, date(2025, 1, 10), "minutes"))
    assert (reached.actual_on, reached.version) == (date(2025, 1, 10), 2)
    with pytest.raises(Conflict, match=r"project\.milestone_reached"):
        construction.reach_milestone(engineer, project, "START", Reached(2, date(2025, 1, 10), "minutes"))
    reopened = construction.reopen_milestone(engineer, project, "START", 2, "only half")
    assert (reopened.actual_on, reopened.evidence) == (None, "")
    told = AuditEntry.objects.get(action="project.milestone_reopened")
    assert told.before
    assert told.before["evidence"] == "minutes"


def test_what_no_register_counts_is_delivered_by_a_document(engineer: User, project: ConstructionProject) -> None:
    sent = Delivered(new_id(), "SOFT", QuantityKind.SOFTWARE, 2, date(2025, 2, 1), "note 1")
    for _ in range(2):
        construction.note_delivery(engineer, project, sent)
    construction.note_delivery(engineer, project, replace(sent, id=new_id(), number=-1, document="returned"))
    quantity = project.lots.get(code="SOFT").quantities.get()
    assert (construction.delivered(quantity), Delivery.objects.count()) == (1, 2)
    with pytest.raises(InvalidInput, match=r"project\.delivery_number"):
        construction.note_delivery(engineer, project, replace(sent, id=new_id(), number=-2))
    gas = replace(sent, id=new_id(), lot="GAS", kind=QuantityKind.DEVICE)
    with pytest.raises(InvalidInput, match=r"project\.devices_are_counted"):
        construction.note_delivery(engineer, project, gas)


def act(action: AcceptanceAction, version: int, **more: object) -> AcceptanceAct:
    """A step with all that any step needs."""
    told = {"note": "as told", "held_on": date(2025, 11, 1), "members": "Li, Wang", "defects": ["lid loose"], **more}
    return AcceptanceAct(new_id(), action, version, **told)  # type: ignore[arg-type]


WAYS: dict[AcceptanceState, tuple[AcceptanceAction, ...]] = {
    S.APPLIED: (),
    S.DEFECTS: (A.FIND_DEFECTS,),
    S.PASSED: (A.PASS,),
    S.FAILED: (A.FAIL,),
    S.WITHDRAWN: (A.WITHDRAW,),
}


@pytest.mark.parametrize("state", AcceptanceState)
@pytest.mark.parametrize("action", AcceptanceAction)
def test_exactly_the_steps_of_the_table_can_be_taken(
    engineer: User, project: ConstructionProject, state: AcceptanceState, action: AcceptanceAction
) -> None:
    acceptance = apply_for(engineer, project, "GAS", "")
    for step in WAYS[state]:
        acceptance = act_on_acceptance(engineer, acceptance.pk, act(step, acceptance.version))
    following = ACCEPTANCE_TRANSITIONS.get((state, action))
    if following is None:
        with pytest.raises(Conflict, match=r"acceptance\.action_forbidden"):
            act_on_acceptance(engineer, acceptance.pk, act(action, acceptance.version))
        assert Acceptance.objects.get().state == state
        return
    act_on_acceptance(engineer, acceptance.pk, act(action, acceptance.version))
    stored = Acceptance.objects.get()
    assert (stored.state, stored.version) == (following, acceptance.version + 1)
    last = stored.history.latest("at")
    assert (last.from_state, last.action, last.to_state) == (state, action, following)


def test_one_acceptance_stands_at_a_time_and_a_failed_one_lets_another_follow(
    engineer: User, project: ConstructionProject
) -> None:
    first = apply_for(engineer, project, "GAS", "")
    with pytest.raises(Conflict, match=r"acceptance\.standing"):
        apply_for(engineer, project, "GAS", "")
    act_on_acceptance(engineer, first.pk, act(A.FAIL, 1))
    second = apply_for(engineer, project, "GAS", "")
    act_on_acceptance(engineer, second.pk, act(A.PASS, 1))
    with pytest.raises(Conflict, match=r"acceptance\.standing"):
        apply_for(engineer, project, "GAS", "")


def test_defects_are_mended_and_the_counts_of_the_day_kept(
    engineer: User, project: ConstructionProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"GAS": {"in_service": 27, "in_stock": 2}}
    monkeypatch.setattr(construction_acceptance, "devices_by_lot", lambda code: counts)
    acceptance = apply_for(engineer, project, "GAS", "")
    with pytest.raises(InvalidInput) as refused:
        act_on_acceptance(engineer, acceptance.pk, act(A.PASS, 1, note=""))
    assert (refused.value.code, refused.value.params["missing"]) == ("acceptance.lot_incomplete", "device 2")
    with pytest.raises(InvalidInput, match=r"acceptance\.defects_missing"):
        act_on_acceptance(engineer, acceptance.pk, act(A.FIND_DEFECTS, 1, defects=[" "]))
    with pytest.raises(InvalidInput, match=r"acceptance\.day_and_members"):
        act_on_acceptance(engineer, acceptance.pk, act(A.PASS, 1, members=""))
    act_on_acceptance(engineer, acceptance.pk, act(A.FIND_DEFECTS, 1, defects=["lid loose", "no label"]))
    act_on_acceptance(engineer, acceptance.pk, act(A.MEND, 2, note="fixed"))
    assert acceptance.defects.filter(mended_at=None).count() == 0
    counts["GAS"] = {"in_service": 29}
    act_on_acceptance(engineer, acceptance.pk, act(A.PASS, 3, note=""))
    assert AcceptanceStep.objects.get(action="pass").facts["counted"] == {"device": [29, 29]}


def test_a_step_sent_again_is_one_step(engineer: User, project: ConstructionProject) -> None:
    acceptance = apply_for(engineer, project, "GAS", "")
    sent = act(A.PASS, 1)
    for _ in range(2):
        act_on_acceptance(engineer, acceptance.pk, sent)
    assert AcceptanceStep.objects.filter(action="pass").count() == 1
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        act_on_acceptance(engineer, acceptance.pk, replace(sent, note="other"))


def test_another_company_sees_nothing_of_an_acceptance(engineer: User, project: ConstructionProject) -> None:
    acceptance = apply_for(engineer, project, "GAS", "")
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = add_person("gas", Role.NETWORK_ENGINEER, organisation=gas)
    with pytest.raises(NotFound):
        act_on_acceptance(stranger, acceptance.pk, act(A.PASS, 1))
    assert construction_costs.paid_on(book(engineer, project, booking(CONTRACT, 1))) == 0
