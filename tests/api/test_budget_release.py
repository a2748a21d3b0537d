"""A budget's way to the public through its doors: four eyes, what stops a release, corrections, what is held back."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.models import BudgetCell, BudgetPassage, BudgetSet, BudgetStep
from chengmai.budget.preparing import services as preparing
from chengmai.budget.preparing.services import DraftOrder
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.preparing.terms import DraftKind
from chengmai.budget.published.passages import passages_of
from chengmai.budget.published.services import load_published
from chengmai.budget.published.states import BUDGET_SET_TRANSITIONS, BudgetSetAction, BudgetSetState
from chengmai.budget.release import services as release
from chengmai.budget.release.carried import recomputed
from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.disclosure.drafting.totalling import sums_of, totalled
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind
from tests.kept import kept
from tests.people import add_person, client_of
from tests.published import PUBLISHED
from tests.released import unprotected

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/budgets"
SMALL = PUBLISHED.read_text().splitlines()
SMALL_TEXT = "\n".join([*SMALL[:521], *SMALL[3115:]])
"""The document without its sheets and its catalogue: checked in a moment."""


class City:
    """Who works on a budget, and the doors they use."""

    def __init__(self) -> None:
        self.clerk = add_person("clerk", Role.FINANCE)
        self.leader = add_person("leader", Role.FINANCE_LEADER)
        self.both = add_person("both", Role.FINANCE, Role.FINANCE_LEADER)
        loaded = load_published(self.clerk, "CG", "2025.txt", SMALL_TEXT.encode()).budget
        assert loaded is not None
        self.present = loaded

    def draft(self, reason: str = "one amount was wrong") -> BudgetSet:
        """A correction of the present version, as preparing makes it."""
        order = DraftOrder(DraftKind.CORRECTION, "CG", basis=self.present.pk, reason=reason or "x")
        draft = preparing.start_draft(self.clerk, order).budget
        BudgetSet.objects.filter(pk=draft.pk).update(reason=reason)
        draft.refresh_from_db()
        return draft


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    """A bureau with its budget of 2025 loaded."""
    with kept(django_db_blocker):
        yield City()


def post(client: Client, budget: BudgetSet, step: str, reason: str = "", **more: str) -> tuple[int, Any]:
    """Status and answer of a step."""
    answer = client.post(f"{ROOT}/{budget.pk}/{step}", {"reason": reason, **more}, "application/json")
    return answer.status_code, answer.json()


def test_a_correction_goes_all_the_way_and_both_versions_stay_readable(city: City) -> None:
    clerk, leader = client_of(city.clerk), client_of(city.leader)
    draft = city.draft()
    cell = BudgetCell.objects.get(table__budget=draft, table__key="three_public", row_key="reception", column="total")
    BudgetCell.objects.filter(pk=cell.pk).update(fen=2_000_000)
    status, told = post(clerk, draft, "submission")
    assert (status, told["budget"]["state"], told["submitted_by"]) == (200, "in_review", "clerk")
    check = told["check_run"]
    assert check["error"] > 0, "one amount no longer adds up"
    status, told = post(leader, draft, "approval", "looks right")
    assert (status, told["budget"]["state"]) == (200, "approved")
    assert "override" in told["may"]
    assert "release" not in told["may"]
    check = told["check_run"]
    assert check["new"] > 0
    assert (check["carried"] > 0, check["of_version"]) == (True, 1)
    assert check["new"] + check["carried"] + check["rounded"] == check["error"]
    kinds = [one["kind"] for one in check["findings"] if one["severity"] == "error" and one["decided"]]
    assert (kinds[0], kinds.count("carried")) == ("new", check["carried"])
    assert all(
        "28278.82" in one["sentence"] or "0.01" in one["sentence"]
        for one in check["findings"]
        if one["kind"] == "rounded"
    )
    assert post(leader, draft, "publication")[1]["error"]["code"] == "budget.release.errors"
    assert post(leader, draft, "override", " ")[1]["error"]["code"] == "budget.reason_missing"
    status, told = post(leader, draft, "override", "printed like this by the finance bureau")
    assert told["check_run"]["override"]["by"] == "leader"
    assert told["check_run"]["override"]["errors"] == check["new"]
    assert "release" not in told["may"]
    assert post(leader, draft, "publication")[1]["error"]["code"] == "budget.release.not_acknowledged"
    status, told = post(leader, draft, "acknowledgement", "mended next year")
    assert told["check_run"]["acknowledgement"]["carried"] == check["carried"]
    assert post(leader, draft, "acknowledgement")[1]["error"]["code"] == "budget.acknowledge.nothing"
    assert "release" in told["may"]
    status, told = post(leader, draft, "publication")
    assert (status, told["budget"]["state"], told["corrects"]) == (200, "present", str(city.present.pk))
    city.present.refresh_from_db()
    assert city.present.state == BudgetSetState.REPLACED
    old = leader.get(f"{ROOT}/{city.present.pk}/release").json()
    assert old["replaced_by"] == str(draft.pk)
    found = leader.get(f"{ROOT}/{draft.pk}/differences").json()["differences"]
    changed = {(one["row"], one["column"]): (one["old"], one["new"]) for one in found if one["part"] == "table"}
    assert changed["公务接待费", "2025年预算数 · 合计"] == ("1.00", "2.00")
    assert not [one for one in found if one["part"] != "table"]
    done = [entry.action for entry in AuditEntry.objects.filter(object_kind="budget_set")][2:]
    assert done == [
        "budget.submit",
        "budget.approve",
        "budget.override",
        "budget.acknowledge",
        "budget.replace",
        "budget.release",
    ]
    assert [step["action"] for step in told["steps"]] == ["submit", "approve", "release"]


def test_four_eyes_a_reason_and_an_unchanged_text_are_demanded(city: City) -> None:
    both, leader = client_of(city.both), client_of(city.leader)
    draft = city.draft(reason="")
    assert post(both, draft, "submission")[0] == 200
    assert post(both, draft, "approval")[1]["error"]["code"] == "budget.four_eyes"
    assert post(leader, draft, "return", "")[1]["error"]["code"] == "budget.reason_missing"
    assert post(leader, draft, "return", "say why")[1]["budget"]["state"] == "draft"
    assert post(both, draft, "submission")[0] == 200
    BudgetPassage.objects.filter(budget=draft, kind="text").first().delete()  # type: ignore[union-attr]
    told = leader.get(f"{ROOT}/{draft.pk}/release").json()
    assert told["changed_since_submitted"]
    assert post(leader, draft, "approval")[1]["error"]["code"] == "budget.changed_since_submitted"
    post(leader, draft, "return", "changed")
    post(both, draft, "submission")
    assert post(leader, draft, "approval")[0] == 200
    assert post(both, draft, "override", "mine")[1]["error"]["code"] in {"budget.four_eyes"}
    assert post(both, draft, "acknowledgement", "mine")[1]["error"]["code"] == "budget.four_eyes"
    if leader.get(f"{ROOT}/{draft.pk}/release").json()["check_run"]["new"]:
        post(leader, draft, "override", "known")
    post(leader, draft, "acknowledgement")
    assert post(leader, draft, "publication")[1]["error"]["code"] == "budget.release.no_reason"
    city.present.refresh_from_db()
    assert city.present.state == BudgetSetState.PRESENT


STEPS = {
    BudgetSetAction.SUBMIT: release.submit,
    BudgetSetAction.SEND_BACK: release.send_back,
    BudgetSetAction.APPROVE: release.approve,
    BudgetSetAction.RELEASE: release.release,
    BudgetSetAction.DISCARD: lambda user, budget, why: preparing.discard(user, budget.pk, budget.revision, why),
}


def test_every_pair_of_state_and_step_is_as_the_table_says(city: City) -> None:
    draft = city.draft()
    release.submit(city.clerk, draft)
    submitted = BudgetStep.objects.get(budget=draft)
    check = draft.checks.get()
    check.counts, check.findings = {}, []
    check.save()
    BudgetSet.objects.filter(pk=city.present.pk).update(state=BudgetSetState.REPLACED)
    for state, action in product(BudgetSetState, STEPS):
        with unprotected():
            BudgetSet.objects.filter(pk=draft.pk).update(state=state)
        BudgetStep.objects.filter(budget=draft).exclude(pk=submitted.pk).delete()
        draft.refresh_from_db()
        arguments = ["because"] if action in (BudgetSetAction.SEND_BACK, BudgetSetAction.DISCARD) else []
        leads_to = BUDGET_SET_TRANSITIONS.get((state, action))
        if leads_to is None:
            with pytest.raises(Conflict, match=r"step_forbidden|not_a_draft"):
                STEPS[action](city.leader, draft, *arguments)
            draft.refresh_from_db()
            assert draft.state == state
        else:
            assert STEPS[action](city.leader, draft, *arguments).state == leads_to


def test_personal_data_and_secrets_are_found_before_release_and_cleared_by_name(city: City) -> None:
    clerk, leader = client_of(city.clerk), client_of(city.leader)
    draft = city.draft()
    told = clerk.get(f"{ROOT}/{draft.pk}/passages").json()
    told.append({"kind": "text", "level": 0, "number": "", "text": "联系人：王小明，手机13812345678。机密★"})
    assert clerk.put(f"{ROOT}/{draft.pk}/passages", told, "application/json").status_code == 200
    answer = post(clerk, draft, "submission")[1]
    held = {one["kind"]: one for one in answer["withheld"]}
    assert set(held) == {"person", "mobile", "secret"}
    assert "13812345678" not in str(answer)
    assert answer["check_run"]["error"] >= 1
    assert post(clerk, draft, "clearances", "x", digest=held["mobile"]["digest"])[0] == 403
    assert post(leader, draft, "clearances", "x", digest="0")[1]["error"]["code"] == "budget.withheld.not_found"
    cleared = post(leader, draft, "clearances", "the service line", digest=held["mobile"]["digest"])[1]
    assert {one["kind"]: one["cleared_by"] for one in cleared["withheld"]}["mobile"] == "leader"


def test_only_a_draft_takes_another_explanation_and_only_a_sound_one(city: City) -> None:
    clerk = client_of(city.clerk)
    body = [{"kind": "heading", "level": 1, "number": "一", "text": "概况"}, {"kind": "text", "text": "一段"}]

    def put(budget: BudgetSet, told: list[dict[str, object]]) -> str:
        answer = clerk.put(f"{ROOT}/{budget.pk}/passages", told, "application/json")
        return "" if answer.status_code == 200 else str(answer.json()["error"]["code"])

    assert put(city.present, body) == "budget.not_a_draft"
    draft = city.draft()
    before = passages_of(draft)
    assert put(draft, [{"kind": "heading", "level": 0, "text": "x"}]) == "budget.passages.level"
    assert put(draft, [{"kind": "text", "text": " "}]) == "budget.passages.text"
    assert put(draft, [{"kind": "tables"}, {"kind": "tables"}]) == "budget.passages.place_twice"
    assert passages_of(draft) == before
    assert put(draft, body) == ""
    assert passages_of(draft)[1] == ExplanationPassage(PassageKind.TEXT, text="一段")


def test_what_was_released_here_is_not_replaced_by_loading_a_document(city: City) -> None:
    BudgetStep.objects.create(budget=city.present, action=BudgetSetAction.RELEASE, actor=city.leader, at=now())
    again = load_published(city.clerk, "CG", "other.txt", (SMALL_TEXT + "\n").encode()).budget
    assert again is not None
    assert again.state == BudgetSetState.DRAFT
    city.present.refresh_from_db()
    assert city.present.state == BudgetSetState.PRESENT


def test_a_correction_that_adds_no_error_needs_one_acknowledgement_and_no_override(city: City) -> None:
    clerk, leader = client_of(city.clerk), client_of(city.leader)
    draft = city.draft()
    told = post(clerk, draft, "submission")[1]["check_run"]
    assert told["new"] == 0
    assert told["carried"] > 0
    assert told["rounded"] == 0, "what print had rounded in a sum stays in it"
    told = post(leader, draft, "approval")[1]
    assert "acknowledge" in told["may"]
    assert "override" not in told["may"]
    assert post(leader, draft, "override", "x")[1]["error"]["code"] == "budget.override.nothing"
    post(leader, draft, "acknowledgement")
    assert post(leader, draft, "publication")[1]["budget"]["state"] == "present"


def test_an_error_in_a_rewritten_paragraph_is_new(city: City) -> None:
    draft = city.draft()
    passage = next(one for one in draft.passages.filter(kind="text") if "2,032.00" in one.text)
    passage.text = passage.text.replace("特定目标类项目", "特定目标项目", 1)
    passage.save()
    told = post(client_of(city.clerk), draft, "submission")[1]["check_run"]
    new = [one["sentence"] for one in told["findings"] if one["kind"] == "new"]
    assert [one for one in new if "2032.00" in one], "its paragraph was rewritten: somebody must look at it"


def test_a_sum_is_of_rounding_only_while_nothing_it_adds_up_was_typed_anew(city: City) -> None:
    old = grids_of(city.present)
    new = {key: totalled(grid) for key, grid in old.items()}
    assert Decimal("4484.34") in recomputed(old, new), "a table that is imported has its sums worked out to the fen"
    grid = new["income"]
    sums = sums_of(grid.form, grid.rows)
    row = next(row for row in grid.rows if row.fen.get("general") and (row.key, "general") not in sums)
    typed = replace(row, fen={**row.fen, "general": row.fen["general"] + 10_000})
    changed = totalled(replace(grid, rows=tuple(typed if one is row else one for one in grid.rows)))
    assert changed != grid
    assert recomputed(old, {"income": changed}) == frozenset(), "a hundred yuan typed is no rounding"
