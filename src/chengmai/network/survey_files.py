"""Survey tables out of files: a ZIP of CSV files, a workbook (XLSX or XLS), or a folder packed into a ZIP."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath

import python_calamine

from chengmai.core.findings import Finding
from chengmai.network.inp_lines import decode
from chengmai.network.records import Place
from chengmai.network.survey_tables import Sheet

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 200_000_000
"""Unpacked size over which an archive is refused: it would only fill the memory."""
_FIXED_DATE = (2000, 1, 1, 0, 0, 0)


def is_table_file(data: bytes) -> bool:
    """True for a ZIP (a workbook is one) or an old workbook."""
    return data.startswith((_ZIP, _OLE))


def pack_folder(folder: Path) -> bytes:
    """The CSV files and workbooks of a folder as a ZIP; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() == ".csv":
                archive.writestr(zipfile.ZipInfo(file.name, _FIXED_DATE), file.read_bytes())
    return packed.getvalue()


def tables_of(file_name: str, data: bytes) -> tuple[list[Sheet], list[Finding]]:
    """All sheets of a file; what cannot be opened is a finding."""
    try:
        if data.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                    return [], [Place(file_name).finding("file.too_large_unpacked", most=MOST_BYTES // 1_000_000)]
                if "[Content_Types].xml" not in archive.namelist():
                    return _from_archive(file_name, archive)
        return _from_workbook(file_name, data), []
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        return [], [Place(file_name).finding("file.unreadable", reason=str(error)[:200])]
    except (python_calamine.CalamineError, ValueError) as error:
        return [], [Place(file_name).finding("file.unreadable", reason=str(error)[:200])]


def sheets_of(file_name: str, data: bytes) -> tuple[list[Sheet], list[Finding]]:
    """All sheets of a workbook or an archive, or the one sheet of a CSV text; what cannot be opened is a finding."""
    if is_table_file(data):
        return tables_of(file_name, data)
    text, findings = decode(data, file_name)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", "")), strict=False))
    except csv.Error as error:
        return [], [*findings, Place(file_name).finding("file.unreadable", reason=str(error))]
    return [Sheet(file_name, file_name, False, rows)], findings


def _from_archive(file_name: str, archive: zipfile.ZipFile) -> tuple[list[Sheet], list[Finding]]:
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    for entry in archive.infolist():
        name = entry_name(entry)
        if entry.is_dir() or not name.lower().endswith(".csv"):
            continue
        shown = f"{file_name}/{PurePosixPath(name).name}"
        text, found = decode(archive.read(entry), shown)
        findings.extend(found)
        try:
            rows = list(csv.reader(io.StringIO(text.replace("\0", "")), strict=False))
        except csv.Error as error:
            findings.append(Place(shown).finding("file.unreadable", reason=str(error)))
            continue
        sheets.append(Sheet(shown, PurePosixPath(name).stem, False, rows))
    return sheets, findings


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; one that is not marked UTF-8 was most likely packed in GB 18030."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _from_workbook(file_name: str, data: bytes) -> list[Sheet]:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        Sheet(
            file_name,
            name,
            True,
            [
                [_text(cell) for cell in row]
                for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ],
        )
        for name in workbook.sheet_names
    ]


def _text(cell: str | float | bool | date | datetime | time | object) -> str:
    """A cell as a person sees it: whole numbers without a point, dates by ISO."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell)
