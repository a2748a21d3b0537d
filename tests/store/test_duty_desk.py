"""The duty log only grows and is found again by shift; a shift goes from one person to the next with what is open."""

import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.disposal import duty, handover
from chengmai.disposal.models import DutyEntry, HandOver, Shift
from chengmai.disposal.states import HandOverState
from tests.disposal import City, build_city, issue, open_case
from tests.joint_disposal import react

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def lines(city: City, who: str, shift: Shift | None = None, words: str = "") -> list[str]:
    found = duty.entries_of(city.people[who], shift.pk if shift else None, words)
    return [entry.text or entry.code for entry in found]


def test_the_platform_notes_once_what_happened(city: City) -> None:
    issue(city)
    react()
    react()
    assert sorted(DutyEntry.objects.values_list("code", flat=True)) == ["duty.alarm_raised", "duty.warning_issued"]


def test_a_line_is_put_right_by_another_and_a_repeated_send_is_one(city: City) -> None:
    operator, entry_id = city.people["operator"], new_id()
    first = duty.write_entry(operator, entry_id, "call from Zeizhou street")
    assert duty.write_entry(operator, entry_id, "call from Zeizhou street") == first
    with pytest.raises(Conflict):
        duty.write_entry(operator, entry_id, "other")
    second = duty.write_entry(operator, new_id(), "it was Zezhou street", first.pk)
    assert (second.corrects, DutyEntry.objects.count()) == (first, 2)
    with pytest.raises(InvalidInput):
        duty.write_entry(operator, new_id(), "  ")
    with pytest.raises(NotAllowed):
        duty.write_entry(city.people["auditor"], new_id(), "x")
    with pytest.raises(NotFound):
        duty.write_entry(city.people["company"], new_id(), "not mine", first.pk)


def test_lines_are_found_by_shift_and_words_within_reach(city: City) -> None:
    operator, leader = city.people["operator"], city.people["shift_leader"]
    duty.write_entry(operator, new_id(), "before any shift")
    first = handover.take_desk(operator)
    duty.write_entry(operator, new_id(), "in the first")
    handed = handover.sign_out(operator, "")
    handover.take_over(handed.pk, leader, 1, handed.seal, "")
    duty.write_entry(leader, new_id(), "in the second")
    first.refresh_from_db()
    assert lines(city, "operator", first) == ["in the first"]
    assert lines(city, "operator", words="SECOND") == ["in the second"]
    assert lines(city, "company") == []
    with pytest.raises(NotFound):
        duty.entries_of(city.people["company"], first.pk, "")


def test_a_shift_is_signed_by_two_people_over_the_same_text(city: City) -> None:
    warning = issue(city)
    open_case(warning)
    react()
    operator, leader = city.people["operator"], city.people["shift_leader"]
    with pytest.raises(Conflict, match=r"shift\.not_yours"):
        handover.sign_out(operator, "")
    shift = handover.take_desk(operator)
    with pytest.raises(Conflict, match=r"shift\.running"):
        handover.take_desk(leader)
    with pytest.raises(Conflict, match=r"shift\.not_yours"):
        handover.sign_out(leader, "")
    handed = handover.sign_out(operator, "watch the tank")
    assert {item["kind"] for item in handed.items} == {"warning", "alarm", "case", "party"}
    with pytest.raises(Conflict, match=r"shift\.signed_out_already"):
        handover.sign_out(operator, "")
    with pytest.raises(NotAllowed, match=r"shift\.two_people"):
        handover.take_over(handed.pk, operator, 1, handed.seal, "")
    with pytest.raises(NotFound):
        handover.take_over(handed.pk, city.people["company"], 1, handed.seal, "")
    with pytest.raises(Conflict, match=r"shift\.other_text"):
        handover.take_over(handed.pk, leader, 1, "0" * 64, "")
    taken = handover.take_over(handed.pk, leader, 1, handed.seal, "seen")
    assert (taken.state, taken.taken_by, handover.intact(taken)) == (HandOverState.TAKEN, leader, True)
    shift.refresh_from_db()
    following = Shift.objects.get(ended_at=None)
    assert (shift.ended_at, following.person) == (following.began_at, leader)


def test_a_signature_can_be_withdrawn_until_somebody_takes_over(city: City) -> None:
    operator, leader = city.people["operator"], city.people["shift_leader"]
    handover.take_desk(operator)
    handed = handover.sign_out(operator, "")
    with pytest.raises(NotAllowed):
        handover.withdraw(handed.pk, leader, 1)
    assert handover.withdraw(handed.pk, operator, 1).state == HandOverState.WITHDRAWN
    with pytest.raises(Conflict):
        handover.take_over(handed.pk, leader, 2, handed.seal, "")
    again = handover.sign_out(operator, "")
    assert handover.take_over(again.pk, leader, 1, again.seal, "").state == HandOverState.TAKEN


def test_a_changed_text_is_seen_and_the_database_wants_two_people(city: City) -> None:
    operator, leader = city.people["operator"], city.people["shift_leader"]
    handover.take_desk(operator)
    handed = handover.sign_out(operator, "watch the tank")
    HandOver.objects.filter(pk=handed.pk).update(note="nothing to watch")
    handed.refresh_from_db()
    assert not handover.intact(handed)
    with pytest.raises(Conflict, match=r"shift\.other_text"):
        handover.take_over(handed.pk, leader, 1, handed.seal, "")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE disposal_handover SET state = 'taken', taken_by_id = signed_out_by_id")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE disposal_handover SET state = 'taken'")
