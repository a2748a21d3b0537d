"""The upper part of a target sheet: single fields, money by source for the term and the year, the two goals."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chengmai.disclosure.amounts import Fidelity, parse_amount
from chengmai.disclosure.document import TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.quantities import measure
from chengmai.disclosure.reading.sheet_cells import SheetRow, Token
from chengmai.disclosure.reading.sheet_findings import sheet_finding
from chengmai.disclosure.reading.sheet_labels import sheet_labels
from chengmai.disclosure.reading.sheets import TEXT_FIELDS, FundSource, SheetField, TargetSpan

_FILLED = re.compile(r"20\d{6}(?:\d{6})?")
_YEARS = re.compile(r"(\d{1,2})\s*年?")
_MONEY_UNIT = re.compile(r"\((亿|万|千|百)?元\)")
_SPANS = (TargetSpan.TERM, TargetSpan.YEAR)


@dataclass
class FieldReading:
    """What is known while the fields of one sheet are read."""

    block: TableBlock
    fields: dict[str, SheetField] = field(default_factory=dict)
    funds: dict[tuple[TargetSpan, FundSource], SheetField] = field(default_factory=dict)
    findings: list[DocumentFinding] = field(default_factory=list)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    """Fields whose label stood in the row above without anything behind it, with the label's column."""
    source: FundSource | None = None
    """Source of the row above, when no money stood in it."""
    year_column: int = 4
    unit_yuan: Decimal = Decimal(1)
    """Yuan in the unit that the label of the sheet's money names."""
    labels: dict[str, DocumentPlace] = field(default_factory=dict)
    """Where each field's label is printed; funds by source and span."""

    def find(self, rule: str, place: DocumentPlace, value: str = "", **told: str) -> None:
        """Keep a finding about the sheet."""
        self.findings.append(sheet_finding(rule, place, value, **told))


def read_fields(rows: Sequence[SheetRow], reading: FieldReading) -> None:
    """Read all rows above the indicators; what could not be found is a finding when the sheet is finished."""
    for row in rows:
        for token in row.tokens:
            if token.is_a("mark", "funds") and (unit := _MONEY_UNIT.search(name_key(token.text))):
                reading.unit_yuan = measure("元", unit[1] or "")[1]
        if row.has("fund"):
            _funds(row, reading)
        if row.has("mark", "goal"):
            _goals(row, reading)
        elif row.has("mark", "year_goal", "term_goal"):
            columns = [token.column for token in row.tokens if token.is_a("mark", "year_goal")]
            reading.year_column = columns[0] if columns else reading.year_column
        elif row.has("field"):
            _fields(row, reading)
        elif not row.has("fund") and row.tokens:
            _below(row, reading)


def _fields(row: SheetRow, reading: FieldReading) -> None:
    waiting: list[tuple[str, int]] = []
    for label, values in _by_label(row):
        if label.label is None or label.label[0] != "field":
            continue
        reading.labels.setdefault(label.label[1], row.place(label.column))
        if not values:
            waiting.append((label.label[1], label.column))
        else:
            _keep(row, reading, label.label[1], values[0], label_form=label)
            for extra in values[1:]:
                reading.find("disclosure.sheet.extra", row.place(extra.column), value=extra.text)
    reading.waiting = waiting


def _by_label(row: SheetRow) -> Iterator[tuple[Token, list[Token]]]:
    """Each label of a row with what stands behind it, up to the next label."""
    current: Token | None = None
    values: list[Token] = []
    for token in row.tokens:
        if token.label is not None:
            if current is not None:
                yield current, values
            current, values = token, []
        elif current is not None:
            values.append(token)
    if current is not None:
        yield current, values


def _below(row: SheetRow, reading: FieldReading) -> None:
    """A row without labels holds what belongs to the labels of the row above."""
    money = [token for token in row.tokens if parse_amount(token.text) is not None]
    if reading.source is not None and len(money) == len(row.tokens):
        _keep_money(row, reading, reading.source, money, Fidelity.NORMALISED)
    elif reading.waiting and len(row.tokens) <= len(reading.waiting):
        nearest = sorted(reading.waiting, key=lambda one: abs(one[1] - row.tokens[0].column))
        _keep(row, reading, nearest[0][0], row.tokens[0], moved=True)
    else:
        for token in row.tokens:
            reading.find("disclosure.sheet.extra", row.place(token.column), value=token.text)
    reading.waiting, reading.source = [], None


def _keep(
    row: SheetRow, reading: FieldReading, key: str, token: Token, moved: bool = False, label_form: Token | None = None
) -> None:
    value = _value(key, token.text)
    official = label_form is None or name_key(label_form.text).rstrip(":") in sheet_labels().official
    exact = not moved and not token.mended and official and token.printed == token.text
    fidelity = Fidelity.EXACT if exact else Fidelity.NORMALISED
    if value is None:
        value, fidelity = "", Fidelity.FINDING
        reading.find("disclosure.sheet.field_unclear", row.place(token.column), field=key, value=token.text)
    if key in reading.fields and reading.fields[key].value:
        reading.find("disclosure.sheet.field_twice", row.place(token.column), field=key, value=token.text)
        return
    reading.fields[key] = SheetField(key, value, token.printed, row.place(token.column), fidelity)


def _value(key: str, text: str) -> str | None:
    """The normalised value of a single field; None when the text cannot be one."""
    if key == "attribute":
        return sheet_labels().attributes.get(name_key(text))
    if key == "term":
        found = _YEARS.fullmatch(text)
        return found[1] if found else None
    return text.strip()


def _funds(row: SheetRow, reading: FieldReading) -> None:
    labels = [token for token in row.tokens if token.is_a("fund")]
    known = {_source(token) for token in labels}
    if len(known) > 1 and known != {FundSource.TOTAL}:
        reading.find("disclosure.sheet.funds_mixed", row.place(labels[0].column), value=labels[-1].text)
    source = _source(labels[0])
    money: dict[TargetSpan, Token] = {}
    sides = _sides(labels, reading)
    for label, span in sides.items():
        reading.labels[f"{source}_{span}"] = row.place(label.column)
    for token in row.tokens:
        if token.label is not None or parse_amount(token.text) is None:
            continue
        before = [label for label in labels if label.column < token.column]
        span = sides[before[-1]] if before else _other(sides[labels[0]])
        money.setdefault(span, token)
    for span, token in money.items():
        _keep_fund(row, reading, span, source, token, Fidelity.EXACT if span in sides.values() else Fidelity.NORMALISED)
    reading.source = None if money else source
    reading.waiting = []


def _source(token: Token) -> FundSource:
    key = token.label[1] if token.label else ""
    return FundSource.TOTAL if key.startswith("total_") else FundSource(key)


def _sides(labels: list[Token], reading: FieldReading) -> dict[Token, TargetSpan]:
    """For which span each label of a row stands: by its words, else first for the term and last for the year."""
    sides: dict[Token, TargetSpan] = {}
    for position, label in enumerate(labels):
        key = label.label[1] if label.label else ""
        if key == "total_year":
            reading.year_column = label.column
        by_words = {"total_term": TargetSpan.TERM, "total_year": TargetSpan.YEAR}.get(key)
        alone = TargetSpan.YEAR if label.column >= reading.year_column else TargetSpan.TERM
        in_order = alone if len(labels) == 1 else TargetSpan.TERM if position == 0 else TargetSpan.YEAR
        sides[label] = by_words or in_order
    return sides


def _other(span: TargetSpan) -> TargetSpan:
    return TargetSpan.TERM if span == TargetSpan.YEAR else TargetSpan.YEAR


def _keep_money(
    row: SheetRow, reading: FieldReading, source: FundSource, money: list[Token], fidelity: Fidelity
) -> None:
    """Money in a row of its own: two amounts are for the term and the year, one is for the side it stands on."""
    if len(money) == 2:
        for span, token in zip(_SPANS, money, strict=True):
            _keep_fund(row, reading, span, source, token, fidelity)
    elif len(money) == 1:
        span = TargetSpan.YEAR if money[0].column >= reading.year_column else TargetSpan.TERM
        _keep_fund(row, reading, span, source, money[0], fidelity)
    else:
        reading.find("disclosure.sheet.extra", row.place(money[0].column), value=money[-1].text)


def _keep_fund(
    row: SheetRow, reading: FieldReading, span: TargetSpan, source: FundSource, token: Token, fidelity: Fidelity
) -> None:
    amount = parse_amount(token.text)
    if amount is None or (span, source) in reading.funds:
        reading.find("disclosure.sheet.fund_twice", row.place(token.column), source=source, span=span, value=token.text)
        return
    as_printed = token.printed in (f"{amount.value:,}", f"{amount.value}") and not token.mended
    as_printed = as_printed and reading.unit_yuan == 1
    yuan = amount.value * reading.unit_yuan
    kept = fidelity if as_printed else Fidelity.NORMALISED
    place = row.place(token.column)
    reading.funds[span, source] = SheetField(f"{source}_{span}", f"{yuan:f}", token.printed, place, kept, yuan)


def _goals(row: SheetRow, reading: FieldReading) -> None:
    texts = [token for token in row.tokens if token.label is None]
    for key in ("goal_term", "goal_year"):
        reading.labels.setdefault(key, row.place())
    if len(texts) > 2:
        reading.find("disclosure.sheet.extra", row.place(texts[2].column), value=texts[2].text)
    if len(texts) == 1:
        key = "goal_year" if texts[0].column >= reading.year_column else "goal_term"
        _keep(row, reading, key, texts[0])
    for key, token in zip(("goal_term", "goal_year"), texts if len(texts) > 1 else (), strict=False):
        _keep(row, reading, key, token)
    reading.waiting = []


def read_filled(rows: Sequence[SheetRow], reading: FieldReading) -> None:
    """When the sheet was filled in: the stamp at its foot, 8 or 14 digits."""
    for row in rows:
        for token in row.tokens:
            found = _FILLED.search(token.text)
            if found is not None and "filled" not in reading.fields:
                digits = found[0]
                value = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
                exact = token.printed == digits and not token.mended
                fidelity = Fidelity.EXACT if exact else Fidelity.NORMALISED
                reading.fields["filled"] = SheetField("filled", value, token.printed, row.place(token.column), fidelity)


def finish(reading: FieldReading, first: SheetRow) -> None:
    """What was not found is a finding; a blank source is zero only where its total and all it needs are printed."""
    for key in TEXT_FIELDS:
        if key not in reading.fields:
            place = reading.labels.get(key, first.place())
            reading.fields[key] = SheetField(key, "", "", place, Fidelity.FINDING)
            reading.find("disclosure.sheet.field_missing", place, field=key)
    for span in _SPANS:
        total = reading.funds.get((span, FundSource.TOTAL))
        told = [reading.funds.get((span, source)) for source in FundSource if source != FundSource.TOTAL]
        parts = sum((one.amount or Decimal(0) for one in told if one is not None), Decimal(0))
        adds_up = total is not None and total.amount == parts
        for source in FundSource:
            if (span, source) not in reading.funds:
                _blank(reading, first, span, source, adds_up)


def _blank(reading: FieldReading, first: SheetRow, span: TargetSpan, source: FundSource, adds_up: bool) -> None:
    key = f"{source}_{span}"
    place = reading.labels.get(key, first.place())
    if adds_up:
        reading.funds[span, source] = SheetField(key, "0", "", place, Fidelity.EXACT, Decimal(0))
        return
    reading.funds[span, source] = SheetField(key, "", "", place, Fidelity.FINDING)
    if source == FundSource.TOTAL:
        reading.find("disclosure.sheet.funds_missing", place, span=span)
    elif reading.funds[span, FundSource.TOTAL].printed:
        reading.find("disclosure.sheet.fund_missing", place, source=source, span=span)
