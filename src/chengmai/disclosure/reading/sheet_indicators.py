"""The indicators of a target sheet: each row's halves, for the term and for the year, told apart by label and kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.reading.sheet_cells import SheetRow, Token
from chengmai.disclosure.reading.sheet_findings import sheet_finding
from chengmai.disclosure.reading.sheet_labels import sheet_labels
from chengmai.disclosure.reading.sheets import IndicatorLevel, SheetField, TargetIndicator, TargetSpan
from chengmai.disclosure.reading.targets import TargetKind, TargetValue, looks_like_target, parse_target

_SPANS = (TargetSpan.TERM, TargetSpan.YEAR)


@dataclass
class _Half:
    """One half of a row: the level's label if one is printed, and what stands behind it."""

    label: Token | None = None
    tokens: list[Token] = field(default_factory=list)
    shared: bool = False
    """Whether the label is that of the row's other half."""


@dataclass
class IndicatorReading:
    """What is known while the indicators are read."""

    columns: dict[TargetSpan, tuple[int, int, int]]
    """Columns (from 0) of level 2, name and target for each span, by the header."""
    indicators: list[TargetIndicator] = field(default_factory=list)
    findings: list[DocumentFinding] = field(default_factory=list)
    carried: dict[TargetSpan, str] = field(default_factory=dict)
    """Level 2 that holds for a span until another one is printed."""

    def find(self, rule: str, row: SheetRow, token: Token | None, **told: str) -> None:
        """Keep a finding about a row."""
        place = row.place(None if token is None else token.column)
        self.findings.append(sheet_finding(rule, place, "" if token is None else token.text, **told))


def header_columns(row: SheetRow | None) -> dict[TargetSpan, tuple[int, int, int]]:
    """In which columns a header puts level 2, name and target, first for the term and then for the year."""
    usual = {TargetSpan.TERM: (2, 3, 4), TargetSpan.YEAR: (5, 6, 7)}
    if row is None:
        return usual
    found = {
        key: [token.column for token in row.tokens if token.is_a("mark", key)] for key in ("level2", "level3", "target")
    }
    if any(len(columns) != 2 for columns in found.values()):
        return usual
    return {
        span: (found["level2"][index], found["level3"][index], found["target"][index])
        for index, span in enumerate(_SPANS)
    }


def read_indicators(rows: Sequence[SheetRow], reading: IndicatorReading) -> None:
    """Read every row of indicators; a half that lost its name or target is kept, and is a finding."""
    for row in rows:
        if any(token.is_a("mark") and not token.is_a("mark", "indicators") for token in row.tokens):
            continue
        _reset_levels(row, reading)
        halves = _halves(row, reading)
        if halves is None:
            reading.find("disclosure.sheet.row_unclear", row, row.tokens[0])
            continue
        for span, half in zip(_SPANS, halves, strict=True):
            _read_half(row, reading, span, half)


def _reset_levels(row: SheetRow, reading: IndicatorReading) -> None:
    """A level 1 without a level 2 ends what was carried down; satisfaction has only one level 2."""
    level1 = next((token for token in row.tokens if token.is_a("level1")), None)
    if level1 is None or row.has("level2"):
        return
    for span in _SPANS:
        kept = reading.carried.get(span, "")
        if level1.is_a("level1", "satisfaction"):
            reading.carried[span] = "satisfaction"
        elif level1.label and sheet_labels().over.get(kept) != level1.label[1]:
            reading.carried[span] = ""


def _halves(row: SheetRow, reading: IndicatorReading) -> tuple[_Half, _Half] | None:
    """The two halves of a row; None when they cannot be told apart."""
    tokens = [token for token in row.tokens if not token.is_a("level1") and not token.is_a("mark")]
    groups: list[_Half] = [_Half()]
    for token in tokens:
        if token.is_a("level2"):
            groups.append(_Half(token))
        else:
            groups[-1].tokens.append(token)
    before, labelled = groups[0].tokens, groups[1:]
    middle = reading.columns[TargetSpan.YEAR][0]
    labelled = _without_repeats(labelled)
    if not labelled:
        return _split(before, middle, None)
    if len(labelled) == 1:
        only = labelled[0]
        if before:
            return _Half(only.label, before, shared=True), only
        if only.label is not None and only.label.column >= middle and len(only.tokens) <= 2:
            return _Half(only.label, [], shared=True), only
        return _split(only.tokens, middle, only.label)
    if before:
        return None
    left, right = labelled[0], labelled[-1]
    between = [half for half in labelled[1:-1] if half.tokens]
    return None if between else (left, right)


def _without_repeats(labelled: list[_Half]) -> list[_Half]:
    """A label printed twice side by side is one."""
    kept: list[_Half] = []
    for half in labelled:
        last = kept[-1] if kept else None
        same = (
            last is not None
            and last.label is not None
            and half.label is not None
            and last.label.label == half.label.label
        )
        if (
            same
            and last is not None
            and not last.tokens
            and half.label
            and last.label
            and half.label.column == last.label.column + 1
        ):
            kept[-1] = half
        else:
            kept.append(half)
    return kept


def _split(tokens: list[Token], middle: int, label: Token | None) -> tuple[_Half, _Half] | None:
    """Two halves out of what stands in a row without labels between them, by kind and, where that fails, by column."""
    if len(tokens) > 4:
        return None
    cut = len(tokens) // 2 if len(tokens) == 4 else _cut(tokens, middle)
    right_shares = label is not None
    return _Half(label, tokens[:cut]), _Half(label, tokens[cut:], shared=right_shares)


def _cut(tokens: list[Token], middle: int) -> int:
    """How many of up to three tokens belong to the left half."""
    kinds = [
        looks_like_target(token.text, before)
        for token, before in zip(tokens, ["", *(t.text for t in tokens)], strict=False)
    ]
    if len(tokens) == 3:
        return 2 if kinds[1] or not kinds[2] else 1
    if len(tokens) == 2:
        if kinds == [False, True]:
            return 0 if tokens[0].column >= middle else 2
        return 1
    return 1 if tokens and tokens[0].column < middle else 0


def _read_half(row: SheetRow, reading: IndicatorReading, span: TargetSpan, half: _Half) -> None:
    tokens = half.tokens
    printed_key = half.label.label[1] if half.label is not None and half.label.label is not None else ""
    before = reading.carried.get(span, "")
    if printed_key:
        reading.carried[span] = printed_key
    if not tokens:
        return
    name, target = _name_and_target(tokens)
    if name is None and target is not None and printed_key and printed_key == before and half.label is not None:
        # The level is printed once more in place of the name, as with satisfaction of those served.
        name = half.label
    if name is None and target is not None and not printed_key and _complete_last(row, reading, span, target):
        return
    for extra in tokens[2:]:
        reading.find("disclosure.sheet.extra", row, extra)
    _keep(row, reading, span, half, name, target)


def _name_and_target(tokens: list[Token]) -> tuple[Token | None, Token | None]:
    if len(tokens) > 1:
        return tokens[0], tokens[1]
    only = tokens[0]
    return (None, only) if looks_like_target(only.text) else (only, None)


def _complete_last(row: SheetRow, reading: IndicatorReading, span: TargetSpan, target: Token) -> bool:
    """A target alone in its half belongs to the indicator in the row right above, if that one has none."""
    for position in range(len(reading.indicators) - 1, -1, -1):
        last = reading.indicators[position]
        if last.span == span:
            above = last.name.place.row == row.index - 1 and last.value is None and not last.target.printed
            if above:
                held = SheetField("target", target.text, target.printed, row.place(target.column), Fidelity.NORMALISED)
                value = parse_target(target.text)
                reading.indicators[position] = replace(last, target=held, value=value)
                reading.findings = [
                    found
                    for found in reading.findings
                    if (found.rule, found.place) != ("disclosure.sheet.no_target", last.name.place)
                ]
            return above
    return False


def _keep(
    row: SheetRow, reading: IndicatorReading, span: TargetSpan, half: _Half, name: Token | None, target: Token | None
) -> None:
    _, name_column, target_column = reading.columns[span]
    value = None if target is None else parse_target(target.text)
    key = reading.carried.get(span, "")
    level = _level(row, reading, span, half, key, value)
    reading.indicators.append(
        TargetIndicator(
            span,
            sheet_labels().over.get(key, ""),
            IndicatorLevel(key) if level.fidelity != Fidelity.FINDING else None,
            level,
            _field(row, "name", name, name_column),
            _target_field(row, target, value, target_column),
            value,
        )
    )
    if name is None:
        reading.find("disclosure.sheet.no_name", row, target, span=span)
    if target is None:
        reading.find("disclosure.sheet.no_target", row, name, span=span)
    elif value is None:
        reading.find("disclosure.sheet.target_unclear", row, target, span=span)


def _field(row: SheetRow, key: str, token: Token | None, column: int) -> SheetField:
    if token is None:
        return SheetField(key, "", "", row.place(), Fidelity.FINDING)
    exact = token.column == column and not token.mended and token.printed == token.text
    fidelity = Fidelity.EXACT if exact else Fidelity.NORMALISED
    return SheetField(key, token.text, token.printed, row.place(token.column), fidelity)


def _target_field(row: SheetRow, token: Token | None, value: TargetValue | None, column: int) -> SheetField:
    held = _field(row, "target", token, column)
    if value is None:
        return SheetField("target", "", held.printed, held.place, Fidelity.FINDING)
    fidelity = held.fidelity if value.text == held.printed else Fidelity.NORMALISED
    return SheetField("target", value.text, held.printed, held.place, fidelity)


def _level(
    row: SheetRow, reading: IndicatorReading, span: TargetSpan, half: _Half, key: str, value: TargetValue | None
) -> SheetField:
    """The level of an indicator: printed, or carried down as in a merged cell unless its target speaks against it."""
    if not key:
        reading.find("disclosure.sheet.level_missing", row, None, span=span)
        return SheetField("level", "", "", row.place(), Fidelity.FINDING)
    label = half.label
    if label is None:
        if not _fits(key, value):
            reading.find("disclosure.sheet.level_doubtful", row, None, span=span, level=key)
            return SheetField("level", "", "", row.place(), Fidelity.FINDING)
        return SheetField("level", key, "", row.place(), Fidelity.EXACT)
    official = name_key(label.text) in sheet_labels().official
    in_column = label.column == reading.columns[span][0]
    exact = official and in_column and not label.mended and not half.shared
    fidelity = Fidelity.EXACT if exact else Fidelity.NORMALISED
    return SheetField("level", key, label.printed, row.place(label.column), fidelity)


def _fits(key: str, value: TargetValue | None) -> bool:
    """Whether a target may stand under a level that is not printed beside it: dates are timeliness, yuan are cost."""
    if value is None:
        return True
    if value.kind in (TargetKind.DATE, TargetKind.PERIOD):
        return key == "timeliness"
    is_money = value.kind == TargetKind.FIGURE and "元" in value.unit
    return key == "cost" if is_money else True
