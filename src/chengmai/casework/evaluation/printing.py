"""A report on casework as PDF and as a workbook, both from its frozen figures; printing is on the record."""

import json
from importlib.resources import files
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.assets.queries import city
from chengmai.casework.evaluation.chart import MOST_ROWS, ChartBar, ranking_svg
from chengmai.casework.evaluation.models import EvaluationReport
from chengmai.core import heavy
from chengmai.core.messages import choose_language, message
from chengmai.core.typesetting import TIMEOUT_S, typeset, unknown_characters
from chengmai.settings import current

LAYOUT = "monthly"
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TILES = ("closing_rate", "on_time_closing_rate", "rework_rate", "valid_report_rate", "dispatch_on_time_rate")
MOST_PEOPLE = 40
"""Rows of a table of people in print; the workbook has all of them."""
Table = dict[str, Any]
Row = dict[str, Any]


def print_report(report: EvaluationReport, user: User, language: str) -> bytes:
    """The report as PDF, set in a process of the heavy pool."""
    region, words = report.tables[0], _Words(language)
    chart = ranking_svg(_bars(region, words), words("score"), words.indicator("on_time_closing_rate"))
    sources = {f"{LAYOUT}.typ": (files("chengmai.casework.evaluation") / "layouts" / f"{LAYOUT}.typ").read_bytes()}
    told = json.dumps(document_of(report, language), ensure_ascii=False, sort_keys=True).encode()
    data = heavy.run(typeset, LAYOUT, told, {**sources, "chart.svg": chart}).result(timeout=TIMEOUT_S)
    _record(report, user, "pdf", language)
    return data


def document_of(report: EvaluationReport, language: str) -> dict[str, Any]:
    """What the layout of the PDF sets."""
    words = _Words(language)
    region = report.tables[0]
    document: dict[str, Any] = {
        "title": words.title(report),
        "subtitle": words.subtitle(report),
        "lang": "zh" if words.zh else "en",
        "region": "cn" if words.zh else "gb",
        "tiles": [
            words.tile(figure) for code in _TILES for figure in region["total"]["figures"] if figure["code"] == code
        ],
        "summary": words.summary(region),
        "chart": {"title": words("chart"), "file": "chart.svg"},
        "tables": [words.table(table) for table in report.tables if table["rows"]],
        "notes": {"title": words("notes"), "lines": words.notes(report)},
        "foot": f"{words('seal')} {report.seal[:16]}",
        "unknown_label": message("report.label.unknown", language, {}),
    }
    document["unknown"] = unknown_characters(json.dumps(document, ensure_ascii=False))
    return document


def export_report(report: EvaluationReport, user: User, language: str) -> bytes:
    """The report as a workbook: a sheet for each table with counts as numbers, a chart beside the regions."""
    words = _Words(language)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for table in report.tables:
        page = workbook.create_sheet(words.heading(table)[:31])
        _fill(page, table, words, report)
    _chart(workbook.worksheets[0], report.tables[0], words)
    notes = workbook.create_sheet(words("notes")[:31])
    for line in [words.title(report), words.subtitle(report), *words.notes(report), f"{words('seal')} {report.seal}"]:
        notes.append([line])
    notes.column_dimensions["A"].width = 110
    written = BytesIO()
    workbook.save(written)
    _record(report, user, "xlsx", language)
    return written.getvalue()


def _record(report: EvaluationReport, user: User, form: str, language: str) -> None:
    after = {"format": form, "language": language, "seal": report.seal}
    record(user, "evaluation.print", "evaluation_report", str(report.pk), after=after)


class _Words:
    """What the report says in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.zh = choose_language(language) == "zh-CN"

    def __call__(self, name: str, **params: object) -> str:
        return message(f"evaluation.print.{name}", self.language, params)

    def indicator(self, code: str) -> str:
        return message(f"evaluation.indicator.{code}", self.language, {})

    def count(self, code: str) -> str:
        return message(f"evaluation.count.{code}", self.language, {})

    def title(self, report: EvaluationReport) -> str:
        whole = report.first.day == 1 and (report.first.year, report.first.month) == (
            report.last.year,
            report.last.month,
        )
        place = city()
        params = {
            "city": place.name_zh if self.zh else place.name_en,
            "year": report.first.year,
            "month": f"{report.first:%m}",
            "first": report.first.isoformat(),
            "last": report.last.isoformat(),
        }
        return self("title_month" if whole else "title_span", **params)

    def subtitle(self, report: EvaluationReport) -> str:
        made = report.made_at.astimezone(current().zone)
        return self("subtitle", first=report.first, last=report.last, made=f"{made:%Y-%m-%d %H:%M}")

    def heading(self, table: Table) -> str:
        if table["post"]:
            return message(f"evaluation.print.people.{table['post']}", self.language, {})
        return self(f"table.{table['by']}")

    def name(self, row: Row, by: str) -> str:
        if not row["key"]:
            return self(f"none.{by}")
        if by == "post":
            return self(f"post.{row['key']}")
        return str(row["name_zh"] if self.zh else row["name_en"]) or str(row["key"])

    def tile(self, figure: Row) -> dict[str, str]:
        return {
            "name": self.indicator(figure["code"]),
            "value": _percent(figure),
            "counts": f"{figure['counted_cases']} / {figure['of_cases']}",
        }

    def summary(self, region: Table) -> str:
        figures = {one["code"]: one for one in region["total"]["figures"]}
        scored = [row for row in region["rows"] if row["score"] is not None]
        told = self(
            "summary",
            due=figures["closing_rate"]["of_cases"],
            closed=figures["closing_rate"]["counted_cases"],
            on_time=figures["on_time_closing_rate"]["counted_cases"],
            closing=_percent(figures["closing_rate"]),
            timely=_percent(figures["on_time_closing_rate"]),
        )
        if not scored:
            return told
        first, last = scored[0], scored[-1]
        names = {"first": self.name(first, "region"), "last": self.name(last, "region")}
        return told + self("summary_rank", **names, best=first["score"], least=last["score"])

    def notes(self, report: EvaluationReport) -> list[str]:
        versions = self("note_versions", rule=report.rule_version, weights=report.weights_version)
        return [self("note_due"), self("note_rounding"), self("note_score"), versions]

    def table(self, table: Table) -> dict[str, Any]:
        """A table as the layout takes it; posts differ in their rates, so theirs stand in one cell."""
        rows = table["rows"][:MOST_PEOPLE]
        if table["by"] == "post":
            head = ["", self("row.post"), self("score"), self("grade"), self("rates")]
            cells = [
                [_cell(""), _cell(self.name(row, "post")), *self._score(row), _cell(self._rates(row))] for row in rows
            ]
            return {"title": self.heading(table), "head": head, "rows": cells, "widths": [1, 4, 3, 2, 22]}
        figures = rows[0]["figures"]
        names = [self.indicator(one["code"]) for one in figures]
        head = [self("rank"), self(f"row.{table['by']}"), self("score"), self("grade"), *names]
        listed = [[_cell(str(rank)), *self._line(row, table["by"])] for rank, row in enumerate(rows, start=1)]
        return {
            "title": self.heading(table),
            "head": head,
            "rows": listed,
            "widths": [2, 5, 3, 2, *(3 for _ in figures)],
        }

    def _line(self, row: Row, by: str) -> list[dict[str, Any]]:
        # In a table of many rates the sign would take a line of its own.
        bare = len(row["figures"]) > 6
        rates = [
            _cell(
                _percent(one).removesuffix(" %") if bare else _percent(one),
                f"{one['counted_cases']}/{one['of_cases']}",
                one["light"] or "none_",
            )
            for one in row["figures"]
        ]
        return [_cell(self.name(row, by), strong=True), *self._score(row), *rates]

    def _score(self, row: Row) -> list[dict[str, Any]]:
        return [_cell(row["score"] or "–", strong=True), _cell(row["grade"] or "–")]

    def _rates(self, row: Row) -> str:
        return "; ".join(
            f"{self.indicator(one['code'])} {_percent(one)} ({one['counted_cases']}/{one['of_cases']})"
            for one in row["figures"]
        )


def _percent(figure: Row) -> str:
    return "–" if figure["percent"] is None else f"{figure['percent']} %"


def _cell(text: str, small: str = "", light: str = "none_", *, strong: bool = False) -> dict[str, Any]:
    return {"text": text, "small": small, "light": light, "strong": strong}


def _bars(region: Table, words: _Words) -> list[ChartBar]:
    bars = []
    for row in region["rows"]:
        mark = next(one["percent"] for one in row["figures"] if one["code"] == "on_time_closing_rate")
        if row["score"] is not None:
            bars.append(ChartBar(words.name(row, "region"), float(row["score"]), None if mark is None else float(mark)))
    return bars


def _fill(page: Worksheet, table: Table, words: _Words, report: EvaluationReport) -> None:
    """A row each, counts as numbers beside every rate; a text that looks like a formula stays a text."""
    _put(page, 1, 1, words.title(report), bold=True)
    head = [words("rank"), words(f"row.{table['by']}"), words("score"), words("grade")]
    shown = table["rows"]
    for code in dict.fromkeys(one["code"] for row in shown for one in row["figures"]):
        figure = next(one for row in shown for one in row["figures"] if one["code"] == code)
        head += [words.indicator(code), words.count(figure["counted"]), words.count(figure["of"])]
    codes = list(dict.fromkeys(one["code"] for row in shown for one in row["figures"]))
    for column, name in enumerate(head, start=1):
        _put(page, 2, column, name, bold=True)
        page.cell(2, column).fill = PatternFill("solid", fgColor="FFE8EEF2")
        page.column_dimensions[get_column_letter(column)].width = 22 if column == 2 else 13
    for number, row in enumerate(shown, start=1):
        told: list[object] = [number, words.name(row, table["by"]), _number(row["score"]), row["grade"] or ""]
        figures = {one["code"]: one for one in row["figures"]}
        for code in codes:
            one = figures.get(code)
            told += [None] * 3 if one is None else [_number(one["percent"]), one["counted_cases"], one["of_cases"]]
        for column, value in enumerate(told, start=1):
            _put(page, number + 2, column, value)
    page.freeze_panes = "C3"


def _put(page: Worksheet, row: int, column: int, value: object, *, bold: bool = False) -> None:
    place = page.cell(row, column)
    place.value = value
    if isinstance(value, str):
        place.data_type = "s"
    if isinstance(value, float):
        place.number_format = "0.00"
    place.font = Font(bold=bold)
    if bold and row > 1:
        place.alignment = Alignment(wrap_text=True, vertical="center")


def _number(text: str | None) -> float | None:
    """A figure of two places as a workbook keeps numbers; it is for reading and charts, the seal is over the texts."""
    return None if text is None else float(text)


def _chart(page: Worksheet, region: Table, words: _Words) -> None:
    scored = min(MOST_ROWS, sum(row["score"] is not None for row in region["rows"]))
    if not scored:
        return
    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = words("chart")
    chart.add_data(Reference(page, min_col=3, min_row=2, max_row=scored + 2), titles_from_data=True)
    chart.set_categories(Reference(page, min_col=2, min_row=3, max_row=scored + 2))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
    page.add_chart(chart, f"B{len(region['rows']) + 5}")
