"""The explanation is drafted from tables and registers: the same numbers as the bureau printed, and no error in it."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from chengmai.budget.explaining.command import draft
from chengmai.demo.budget import REGISTERS, published_registers
from chengmai.disclosure.checking.checks import check_document
from chengmai.disclosure.document import read_document
from chengmai.disclosure.drafting.draft_tables import GridTable, fen_of_wan, from_published
from chengmai.disclosure.drafting.explaining import DraftedSection, ExplanationBasis, draft_explanation
from chengmai.disclosure.drafting.explanation_merging import (
    KeptPassage,
    SectionStanding,
    merged,
    section_place,
    standing,
    told_figures,
)
from chengmai.disclosure.drafting.explanation_words import amount, change, explanation_form, percent
from chengmai.disclosure.drafting.register_ties import register_ties
from chengmai.disclosure.drafting.registers import (
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    ProcurementLine,
    ProjectClass,
    Registers,
)
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind
from chengmai.disclosure.folding import fold
from chengmai.disclosure.printing.explanation import read_explanation
from chengmai.disclosure.printing.text import PrintedBudget
from chengmai.disclosure.quantities import numbers
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from tests.printed_budgets import printed_from
from tests.published import PUBLISHED

LINES = PUBLISHED.read_text().splitlines()
TEXT = "\n".join([*LINES[:521], *LINES[1856:1880], *LINES[3115:]])
"""The document without its sheets and its catalogue: the tables, and every sentence that speaks of them."""
SHEETS = 37


def fen(wan: str) -> int:
    """Fen of an amount in ten thousand yuan."""
    found = fen_of_wan(wan)
    assert found is not None
    return found


class City:
    """The published document, and the draft made from its own tables and what its text tells besides."""

    def __init__(self) -> None:
        self.read: Disclosure = read_disclosure(read_document("2025.txt", TEXT))
        unit = self.read.tables.layout.unit
        self.grids: dict[str, GridTable] = {
            key: from_published(table, unit) for key, table in self.read.tables.tables.items()
        }
        self.projects = [row.name for row in self.grids["projects"].rows if row.level == 1]
        self.registers = published_registers()
        self.sections = self.drafted(self.registers)
        self.printed = printed_from(self.read)
        self.kept = [KeptPassage(one) for one in read_explanation(self.read.document, self.read.tables.blocks)]

    def drafted(self, registers: Registers, sheets: int | None = SHEETS) -> tuple[DraftedSection, ...]:
        """The draft with other registers."""
        return draft_explanation(ExplanationBasis(self.read.tables.unit_name, 2025, self.grids, registers, sheets))

    def section(self, key: str, sections: tuple[DraftedSection, ...] | None = None) -> str:
        """A section as drafted, as one text."""
        found = next(one for one in sections or self.sections if one.form.key == key)
        return "\n".join(one.text for one in found.passages)

    def print(self, kept: tuple[KeptPassage, ...]) -> PrintedBudget:
        """The tables with another explanation."""
        passages = tuple(one.passage for one in kept)
        return PrintedBudget(self.printed.unit_name, 2025, self.printed.tables, passages)


@pytest.fixture(scope="module")
def city() -> City:
    """Read once."""
    return City()


def figures(text: str) -> Counter[Decimal]:
    """Every number of a text and how often it is printed."""
    return Counter(one.number for one in numbers(fold(text)).quantities)


def test_the_draft_has_the_numbers_that_the_bureau_printed(city: City) -> None:
    different = {}
    compared = 0
    for section in city.sections:
        place = section_place(city.kept, section.form)
        assert place is not None, section.form.key
        theirs = figures("\n".join(one.passage.text for one in city.kept[place.start : place.end]))
        ours = figures("\n".join(one.text for one in section.passages))
        compared += theirs.total()
        if theirs != ours:
            different[section.form.key] = (dict(theirs - ours), dict(ours - theirs))
    assert compared == 95
    assert different == {
        # How many sections the bureau has is for a person to write.
        "organisation": ({Decimal(6): 1}, {}),
        # The text prints a sum of 2,032.20 once more as 2,032.00, and a share of all projects, those carried over
        # among them, that only holds without them.
        "performance": (
            {Decimal("2032.00"): 1, Decimal("100"): 1},
            {Decimal("2032.20"): 1, Decimal("99.67"): 1},
        ),
    }


def test_no_check_finds_an_error_in_what_was_drafted(city: City) -> None:
    whole = merged(city.kept, city.sections, 2025, {section.form.key for section in city.sections})
    whole = tuple(one for one in whole if not explanation_form().count_marks(one.passage.text))
    found = check_document(city.print(whole).document())
    text = {one.passage.text for one in whole if not one.own}
    drafted = {line.number for line in found.document.lines if line.printed.strip() in text}
    assert len(drafted) > 20
    assert [one for one in found.findings if one.place.line in drafted and one.rule != "disclosure.text.vehicles"] == []
    assert [one.value for one in found.findings if one.place.line in drafted] == ["60辆"], "none is allowed, 60 present"


def test_marks_stand_where_nothing_is_known_and_stop_a_release(city: City) -> None:
    sections = city.drafted(Registers(), None)
    marks = sum(section.marks for section in sections)
    assert marks > 40
    assert "比上年【请填写数据】，主要原因是【请说明原因】" in city.section("operating", sections)
    found = check_document(city.print(merged([], sections, 2025)).document())
    placeholders = [one for one in found.findings if one.rule == "disclosure.text.placeholder"]
    assert len(placeholders) == marks
    assert {one.severity for one in placeholders} == {"error"}
    assert [one.rule for one in found.findings if one.severity == "error" and one not in placeholders] == []


@pytest.mark.parametrize(
    ("now", "before", "reason", "said"),
    [
        ("529.14", "544.10", "厉行节约。", "比上年减少14.96万元，下降2.75%，主要原因是厉行节约"),
        ("28278.81", "18224.98", "", "比上年增加10,053.83万元，增长55.17%，主要原因是【请说明原因】"),
        ("1", "1", "", "与上年预算数相同"),
        ("0", "0", "", "与上年预算数相同"),
        ("5", "0", "新购", "比上年增加5.00万元，上年无此项预算，主要原因是新购"),
        ("0", "5", "取消", "比上年减少5.00万元，下降100.00%，主要原因是取消"),
    ],
)
def test_a_change_is_told_with_its_rate_and_its_reason(now: str, before: str, reason: str, said: str) -> None:
    assert change(fen(now), ComparedFigure(ComparedSubject.OPERATING, fen(before), reason=reason)) == said


def test_amounts_and_shares_are_printed_as_such_texts_do() -> None:
    assert [amount(fen(one)) for one in ("0", "13965.66", "1", "0.123456")] == ["0", "13,965.66", "1.00", "0.123456"]
    assert [percent(1, 3), percent(0, 3), percent(3, 0), percent(1, 200), percent(2005, 100000)] == [
        "33.33",
        "0",
        "0",
        "0.50",
        "2.01",
    ], "half up, not half even"


def test_a_draft_never_replaces_a_persons_words_unless_told(city: City) -> None:
    kept = tuple(city.kept)
    stand = {section.form.key: standing(kept, section) for section in city.sections}
    same = {key for key, one in stand.items() if one == SectionStanding.SAME}
    assert same == {"income", "procurement"}, "printed as they would be drafted, to the letter"
    assert {one for key, one in stand.items() if key not in same} == {SectionStanding.OWN}
    assert merged(kept, city.sections, 2025) == kept
    done = merged(kept, city.sections, 2025, {"operating", "duties"})
    place = section_place(done, next(one.form for one in city.sections if one.form.key == "operating"))
    assert place is not None
    assert [one.passage.text for one in done[place.start : place.end]] == [city.section("operating")]
    assert done[: place.start] == kept[: place.start], "duties are nobody's but the unit's: they stay, though named"
    again = merged(done, city.drafted(Registers()), 2025)
    assert "【请填写数据】" in again[place.start].passage.text, "what was drafted and left alone is drafted anew"
    typed = (
        *done[: place.start],
        KeptPassage(ExplanationPassage(PassageKind.TEXT, text="我的话"), "x"),
        *done[place.end :],
    )
    assert merged(typed, city.drafted(Registers()), 2025) == typed


def test_a_whole_explanation_is_made_where_there_is_none(city: City) -> None:
    done = merged([], city.sections, 2025)
    heads = [one.passage.text for one in done if one.passage.kind == PassageKind.HEADING and one.passage.level == 1]
    assert heads == ["概况", "2025年单位预算报表", "2025年度单位预算情况说明", "名词解释"]
    assert sum(one.passage.kind == PassageKind.TABLES for one in done) == 1
    assert {standing(done, section) for section in city.sections} == {SectionStanding.SAME}
    assert merged(done, city.sections, 2025) == done
    later = [one.passage.text for one in merged(done, (), 2026) if one.passage.level == 1]
    assert later == ["概况", "2026年单位预算报表", "2026年度单位预算情况说明", "名词解释"]
    part = [one.passage.text for one in done if one.passage.level == 2]
    assert part.index("政府采购情况") < part.index("绩效管理情况") < part.index("国有资产占有使用情况")


def test_a_section_that_is_missing_is_put_behind_the_one_before_it(city: City) -> None:
    done = merged([], city.sections, 2025)
    place = section_place(done, next(one.form for one in city.sections if one.form.key == "procurement"))
    assert place is not None
    assert merged((*done[: place.heading], *done[place.end :]), city.sections, 2025) == done


def test_figures_that_a_text_does_not_print_are_told(city: City) -> None:
    section = next(one for one in city.sections if one.form.key == "expenditure")
    services = next(one for one in city.sections if one.form.key == "services")
    assert told_figures(services.figures, "信息采集员服务279万元") == [True]
    assert told_figures(section.figures, "支出预算28278.81万元，基本支出4,484.35万元，项目支出1万元") == [
        True,
        True,
        False,
    ]


def test_registers_are_held_against_tables_and_last_year(city: City) -> None:
    sound = {one.rule for one in register_ties(city.registers, city.grids, city.grids)}
    assert sound == {"disclosure.register.before", "disclosure.register.vehicles"}, "last year was another one"
    lines = [
        ProcurementLine(ProcurementKind.WORKS, "修缮", {"general": fen("60")}, project="办公用房修缮"),
        ProcurementLine(ProcurementKind.WORKS, "再修缮", {"general": fen("40"), "fund": 1}, project="办公用房 修缮"),
        ProcurementLine(ProcurementKind.GOODS, "服装", {"general": 1}, code="A110115", project="没有的项目"),
    ]
    wrong = Registers(
        procurement=lines,
        assets={AssetKind.VEHICLES_ALLOWED: Decimal(2), AssetKind.LEADERS: Decimal(3)},
        compared={
            ComparedSubject.RECEPTION: ComparedFigure(ComparedSubject.RECEPTION, None, fen("2")),
            ComparedSubject.OPERATING: ComparedFigure(ComparedSubject.OPERATING, 1, fen("529.14")),
        },
        classes={"办公用房修缮": ProjectClass.RUNNING, "没有": ProjectClass.RUNNING},
    )
    found = [
        (one.rule.rpartition(".")[2], one.value, one.other_value, one.difference)
        for one in register_ties(wrong, city.grids)
    ]
    assert ("now", "2.00", "1.00", "1.00") in found
    assert ("over_project", "100.00", "90.00", "10.00") in found
    assert ("over_project", "0.000001", "0", "0.000001") in found
    assert ("no_project", "没有的项目", "", "") in found
    assert ("code_of_goods", "A110115", "服装", "") in found
    assert ("vehicles", "3", "2", "1") in found
    assert ("class_without_project", "没有", "", "") in found
    assert Counter(rule for rule, *_ in found)["no_class"] == len(set(city.projects)) - 1


def test_the_command_writes_the_text_and_says_what_is_left(tmp_path: Path) -> None:
    text, out = tmp_path / "2025.txt", tmp_path / "explanation.txt"
    text.write_text(TEXT)
    registers = [part for name in REGISTERS for part in ("--registers", str(PUBLISHED.parent / name))]
    done = CliRunner().invoke(draft, [str(text), *registers, "--out", str(out)])
    written = out.read_text()
    marks = explanation_form().count_marks(written)
    assert (done.exit_code, f"{marks} 处待人填写" in done.output) == (1, True), done.output
    assert "比上年增加2,316.57万元，增长19.89%，主要原因是【请说明原因】" in written
    assert "实有60辆" in written
    bare = CliRunner().invoke(draft, [str(text)])
    assert explanation_form().count_marks(bare.output) > marks
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("资产,数量\n飞机,1\n")
    refused = CliRunner().invoke(draft, [str(text), "--registers", str(wrong)])
    assert (refused.exit_code, "wrong.csv:2" in refused.output) == (2, True), refused.output
    wrong.write_text("一段话")
    assert CliRunner().invoke(draft, [str(wrong)]).exit_code == 2
