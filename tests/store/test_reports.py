"""Printed reports: the same course gives the same document, which only people see who see its subject."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chengmai.access.models import AuditEntry
from chengmai.assets.models import Street
from chengmai.casework.cases.photos import add_photo
from chengmai.casework.cases.states import CaseState
from chengmai.core.errors import NotFound, Unavailable
from chengmai.core.identity import new_id
from chengmai.core.typesetting import unknown_characters
from chengmai.detection.observations import Observations
from chengmai.disposal import contents, handover
from chengmai.disposal.checks import check_again
from chengmai.disposal.models import Party, Report
from chengmai.disposal.parties import sign
from chengmai.disposal.plans import start_plan
from chengmai.disposal.reports import path_of, print_hand_over, print_warning, read_report
from chengmai.disposal.typesetting import typeset
from chengmai.sensing import runtime
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.models import Warning
from chengmai.warning.queries import visible_warning
from tests.disposal import MORNING, City, bring, build_city, issue, open_case
from tests.joint_disposal import burst_plan, react
from tests.pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryStore]:
    opened = open_store(replace(current(), data_dir=tmp_path_factory.mktemp("telemetry"), telemetry_url=""))
    yield opened
    opened.close()


@pytest.fixture
def city(store: TelemetryStore) -> Iterator[City]:
    runtime.hold(runtime.Running(store, None, None))  # type: ignore[arg-type]
    yield build_city()
    runtime.hold(None)


@pytest.fixture
def warning(city: City, store: TelemetryStore) -> Warning:
    """A warning with everything a report can tell: readings, plan, parties, photographs, a check."""
    Street.objects.create(name_zh="泽州路", name_en="Zezhou Road", path=[[112.84, 35.5], [112.86, 35.501]])
    start = int(MORNING.timestamp() * 1000)
    times = [start + minute * 60_000 for minute in range(0, 120, 10)]
    store.insert(Observations.fresh([city.stream.pk] * 12, times, [7.0 + step / 10 for step in range(12)]))
    burst_plan()
    warned = issue(city)
    case = bring(city, open_case(warned), CaseState.ON_SITE)
    add_photo(case.pk, city.people["handler"], new_id(), picture())
    react()
    start_plan(warned.pk, city.people["operator"], "water-burst")
    sign(Party.objects.get().pk, city.people["company"], 1, note="两人已出发")
    check_again(warned.pk, city.people["operator"], True, "dry")
    return visible_warning(city.people["operator"], warned.pk)


def test_the_same_course_gives_the_same_document_in_each_language(city: City, warning: Warning) -> None:
    operator = city.people["operator"]
    first = print_warning(warning.pk, operator, "zh-CN")
    assert print_warning(warning.pk, city.people["shift_leader"], "zh-CN").pk == first.pk
    path_of(first.sha256).unlink()
    assert print_warning(warning.pk, operator, "zh-CN").pk == first.pk
    assert path_of(first.sha256).read_bytes().startswith(b"%PDF-")
    english = print_warning(warning.pk, operator, "en")
    assert english.sha256 != first.sha256
    check_again(warning.pk, operator, False, "wet again")
    assert print_warning(warning.pk, operator, "zh-CN").content_hash != first.content_hash
    assert Report.objects.count() == 3


def test_a_report_tells_the_whole_course(city: City, warning: Warning) -> None:
    made = contents.of_warning(warning, city.people["operator"], "zh-CN")
    told = made.document
    assert told["title"] == "橙色预警处置报告：west"
    assert set(made.pictures) >= {"map.svg", *told["photos"]}
    assert "泽州路" in made.pictures["map.svg"].decode()
    assert [party[0] for party in told["parties"]] == ["JC-WATER-CO"]
    assert "两人已出发" in told["parties"][0][4]
    assert [step[1] for step in told["plans"][0]["steps"]] == ["关闭阀门", "通知交警疏导", "研判影响范围"]
    assert [row[2] for row in told["site"]] == ["到场", "照片"]
    assert told["checks"][0][3] == "dry"
    assert any("预案" in one for one in told["open"])
    story = " | ".join(row[1] for row in told["timeline"])
    for entry in ("已通知JC-WATER-CO", "代表JC-WATER-CO签收: 两人已出发", "启动预案：供水爆管预案", "复核通过: dry"):
        assert entry in story
    assert all(not label.startswith("report.") for label in told["labels"].values())


def test_making_and_serving_are_in_the_audit_trail(city: City, warning: Warning) -> None:
    report = print_warning(warning.pk, city.people["operator"], "en")
    found, data = read_report(report.pk, city.people["company"])
    assert (found.pk, data[:5]) == (report.pk, b"%PDF-")
    entries = AuditEntry.objects.filter(object_id=str(report.pk)).order_by("sequence")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("report.print", "operator"),
        ("report.read", "company"),
    ]


def test_who_does_not_see_the_warning_sees_no_report_of_it(city: City, warning: Warning) -> None:
    report = print_warning(warning.pk, city.people["operator"], "en")
    for attempt in (
        lambda: read_report(report.pk, city.people["outsider"]),
        lambda: print_warning(warning.pk, city.people["outsider"], "en"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_document_that_was_changed_on_disk_is_not_served(city: City, warning: Warning) -> None:
    report = print_warning(warning.pk, city.people["operator"], "en")
    path_of(report.sha256).write_bytes(b"%PDF-forged")
    with pytest.raises(Unavailable, match=r"report\.missing"):
        read_report(report.pk, city.people["operator"])
    path_of(report.sha256).unlink()
    with pytest.raises(Unavailable):
        read_report(report.pk, city.people["operator"])


def test_a_hand_over_is_printed_with_both_names(city: City, warning: Warning) -> None:
    operator, leader = city.people["operator"], city.people["shift_leader"]
    handover.take_desk(operator)
    handed = handover.sign_out(operator, "watch the tank")
    handover.take_over(handed.pk, leader, 1, handed.seal, "seen")
    report = print_hand_over(handed.pk, leader, "zh-CN")
    assert read_report(report.pk, operator)[1].startswith(b"%PDF-")
    with pytest.raises(NotFound):
        read_report(report.pk, city.people["company"])


def test_a_character_that_the_font_does_not_hold_is_told() -> None:
    assert unknown_characters("阀门 DN600 ≥0.14 MPa 喆 ℃ ³") == []
    assert unknown_characters("𠮷龘a") == ["U+9F98", "U+20BB7"]


def test_a_layout_that_lacks_something_is_an_error_and_no_half_document() -> None:
    with pytest.raises(RuntimeError):
        typeset("warning", b"{}", {})
