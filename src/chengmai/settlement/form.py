"""A statement as a workbook in the form bureaus know (结算单): steps, capitals, payments, signatures."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.assets.findings_sheet import harmless
from chengmai.core.messages import message
from chengmai.core.money import fen_of
from chengmai.settings import current
from chengmai.settlement import schemas
from chengmai.settlement.capitals import capitals
from chengmai.settlement.models import Statement
from chengmai.settlement.statement_views import statement_out

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (24, 46, 46, 20)
_EDGE = Side(style="thin", color="999999")
_LINE_NAMES = {
    "computed": "settlement.form.computed",
    "adjustment": "settlement.form.adjustment",
    "deduction": "settlement.form.deduction",
    "supplement": "settlement.form.supplement",
    "advance": "settlement.form.advance",
}
_FUND_NAMES = {"general": "settlement.form.general", "fund": "settlement.form.fund"}


def export_statement(user: User, statement: Statement, language: str) -> bytes:
    """The statement as XLSX; that it was taken out is on the record."""
    data = workbook_of(statement_out(user, statement, language), language)
    record(user, "settlement.export", "statement", str(statement.pk), after={"code": statement.code})
    return data


def workbook_of(told: schemas.StatementOut, language: str) -> bytes:
    """The form of what a statement says."""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    form = _Form(sheet, language)
    form.title(told)
    form.head(told)
    for line in told.lines:
        form.line(line)
    form.total(told)
    form.payments(told)
    form.signatures(told)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


class _Form:
    """Writes rows of four columns, one below the other."""

    def __init__(self, sheet: Worksheet, language: str) -> None:
        self._sheet, self._language, self._row = sheet, language, 0
        zh = language.startswith("zh")
        self._zh = zh
        for column, width in zip("ABCD", _WIDTHS, strict=True):
            sheet.column_dimensions[column].width = width
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def _say(self, key: str, **params: Any) -> str:
        return message(key, self._language, params)

    def _put(self, *cells: str, bold: bool = False) -> None:
        self._row += 1
        for column, text in enumerate(cells, start=1):
            cell = self._sheet.cell(self._row, column, harmless(text))
            cell.border = Border(_EDGE, _EDGE, _EDGE, _EDGE)
            cell.font = Font(bold=bold)
            right = column == len(_WIDTHS)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="right" if right else "left")

    def title(self, told: schemas.StatementOut) -> None:
        self._row += 1
        self._sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_WIDTHS))
        cell = self._sheet.cell(1, 1, harmless(f"{told.title} {self._say('settlement.form.title')}"))
        cell.font, cell.alignment = Font(bold=True, size=16), Alignment(horizontal="center")

    def head(self, told: schemas.StatementOut) -> None:
        def named(one: schemas.ContractPartyOut) -> str:
            return one.name_zh if self._zh else one.name_en

        self._put(self._say("settlement.form.code"), told.code, f"{told.first} – {told.last}", "")
        contractor = self._say("settlement.form.contractor")
        self._put(self._say("settlement.form.owner"), named(told.owner), contractor, named(told.contractor))
        self._put(self._say("settlement.form.basis"), told.basis, f"{told.contract_code} {told.text_hash[:16]}", "")
        self._put(
            *(self._say(f"settlement.form.{name}") for name in ("item", "formula", "figures", "amount")), bold=True
        )

    def line(self, line: schemas.StatementLineOut) -> None:
        name = self._say(_LINE_NAMES[line.kind])
        for one in line.quantities:
            self._put(f"{one.month} {one.input}", one.document, " ".join(one.remarks), f"{one.number} {one.unit}")
        for step in line.steps:
            cut = self._say("settlement.form.rounded", step=step.rounding) if step.rounding else ""
            uncut = f" = {step.uncut}" if step.uncut else ""
            self._put(step.name, f"{step.formula} {cut}".strip(), f"{step.with_figures}{uncut}", step.value)
        self._put(name, line.reason or line.about_code, line.document, line.amount, bold=True)

    def total(self, told: schemas.StatementOut) -> None:
        self._put(self._say("settlement.form.total"), capitals(fen_of(told.total)), "", told.total, bold=True)

    def payments(self, told: schemas.StatementOut) -> None:
        for one in told.payments:
            parts = "；".join(f"{self._say(_FUND_NAMES[part.fund])} {part.amount}" for part in one.parts)
            self._put(f"{self._say('settlement.form.payment')} {one.on}", one.voucher, parts, one.amount)
        if told.payments:
            self._put(
                self._say("settlement.form.paid"), told.paid, self._say("settlement.form.rest"), told.rest, bold=True
            )

    def signatures(self, told: schemas.StatementOut) -> None:
        zone = current().zone
        for name, hand in (("drafted", told.drafted), ("checked", told.checked), ("approved", told.approved)):
            at = "" if hand.at is None else f"{hand.at.astimezone(zone):%Y-%m-%d %H:%M}"
            self._put(self._say(f"settlement.form.{name}"), hand.by, at, "")
        self._put(self._say("settlement.form.seal"), told.seal, "", "")
