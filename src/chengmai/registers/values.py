"""Values of fields: read from what people write, kept as plain whole numbers and texts, told again as text; pure.

A number is kept as an integer in its field's decimals, money in fen, a day and a moment as ISO 8601 (a moment in UTC),
a reference, a person and a file as their identity. Never a float.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from chengmai.core.errors import InvalidInput
from chengmai.core.money import fen_of
from chengmai.core.money import told as yuan_told
from chengmai.registers.definitions import FILES, FieldDef, FieldType

Value = str | int
LONGEST_TEXT = 1000
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?", re.ASCII)
_MOMENT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


def unfit(field: FieldDef, value: str, rule: str) -> InvalidInput:
    """That a value does not fit its field; the rule says why."""
    return InvalidInput(f"finding.entry.{rule}", field=field.called, value=value[:80])


def read_value(field: FieldDef, text: str, zone: ZoneInfo) -> Value | None:
    """A value as it is kept; None for an empty one. Raises InvalidInput with the rule it breaks.

    References, persons and files are only checked for their form; whether they are there is the store's to say.
    """
    text = text.strip()
    if not text:
        return None
    match field.type:
        case FieldType.NUMBER:
            return _number(field, text)
        case FieldType.MONEY:
            try:
                return fen_of(text)
            except InvalidInput as error:
                raise unfit(field, text, "money_form") from error
        case FieldType.DAY:
            return _day(field, text)
        case FieldType.MOMENT:
            return _moment(field, text, zone)
        case FieldType.CHOICE:
            return _choice(field, text)
    if field.type in FILES:
        try:
            return str(UUID(text))
        except ValueError as error:
            raise unfit(field, text, "file_unknown") from error
    if len(text) > LONGEST_TEXT:
        raise unfit(field, text, "text_long")
    return text


def _number(field: FieldDef, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise unfit(field, text, "number_form")
    scaled = Decimal(text).scaleb(field.decimals)
    if scaled != scaled.to_integral_value():
        raise unfit(field, text, "number_fine")
    return int(scaled)


def _day(field: FieldDef, text: str) -> str:
    """A day as people and spreadsheets write it: 2025-03-03, 2025/3/3, 2025.3.3, also with a time behind it."""
    parts = text.replace("/", "-").replace(".", "-").partition("T")[0].partition(" ")[0].split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise unfit(field, text, "day_form") from error


def _moment(field: FieldDef, text: str, zone: ZoneInfo) -> str:
    """A moment with an offset, or in the city's time without one."""
    local = _MOMENT.fullmatch(text.replace("/", "-"))
    try:
        if local:
            told = datetime(*(int(part or 0) for part in local.groups()), tzinfo=zone)  # type: ignore[arg-type, misc]
        else:
            told = datetime.fromisoformat(text)
        if told.tzinfo is None:
            raise ValueError
        return told.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError) as error:
        raise unfit(field, text, "moment_form") from error


def _choice(field: FieldDef, text: str) -> str:
    for one in field.choices:
        if text in (one.code, one.name_zh, one.name_en):
            return one.code
    raise unfit(field, text, "choice_unknown")


def told_value(field: FieldDef, value: Value) -> str:
    """A kept value as doors and sheets tell it."""
    if field.type is FieldType.MONEY and isinstance(value, int):
        return yuan_told(value)
    if field.type is FieldType.NUMBER and isinstance(value, int):
        return f"{Decimal(value).scaleb(-field.decimals):f}"
    return str(value)


def day_of(field: FieldDef, value: Value, zone: ZoneInfo) -> date:
    """The city's day of a day or a moment."""
    if field.type is FieldType.MOMENT:
        return datetime.fromisoformat(str(value)).astimezone(zone).date()
    return date.fromisoformat(str(value))
