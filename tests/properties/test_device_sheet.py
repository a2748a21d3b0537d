"""What the register writes into a sheet, the reader of sheets reads back, whatever people typed into it."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.devices.checking import DIGITS, DeviceFacts
from chengmai.devices.sheet import as_csv, as_workbook, lines_of, read_device_sheet
from chengmai.devices.states import DeviceState

LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" =+-@'，")
WORDS = st.text(LETTERS, max_size=20).filter(lambda text: text == text.strip() and text.isprintable())
CODES = st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True)
DEGREES = st.none() | st.floats(-90, 90).map(lambda degrees: round(degrees, DIGITS))
DEVICES = st.builds(
    DeviceFacts,
    code=CODES,
    type=CODES,
    owner=CODES,
    serial=WORDS,
    maker=WORDS,
    model=WORDS,
    note=WORDS,
    installed_on=st.none() | st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    longitude=DEGREES,
    latitude=DEGREES,
    streams=st.lists(CODES, max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(DEVICES, st.sampled_from(DeviceState)), min_size=1, max_size=3), st.booleans())
def test_a_sheet_is_read_as_it_was_written(devices: list[tuple[DeviceFacts, DeviceState]], workbook: bool) -> None:
    data = as_workbook(lines_of(devices)) if workbook else as_csv(lines_of(devices))
    rows, findings = read_device_sheet("devices", data)
    assert findings == []
    assert [(row.told, row.state) for row in rows] == devices
    assert [finding for row in rows for finding in row.findings] == []
