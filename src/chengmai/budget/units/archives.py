"""The documents of one upload: a file as it is, or what a ZIP holds; nothing is ever written under a name it brings."""

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from chengmai.network.survey_files import entry_name

MOST_BYTES = 4_000_000
"""Size of one document; a published text or its workbook is some hundreds of kilobytes."""
MOST_UNPACKED = 200_000_000
"""Size of all documents of a ZIP together, as it declares them."""
MOST_ENTRIES = 2000
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_WORKBOOK = "[Content_Types].xml"
SUFFIXES = (".txt", ".md", ".csv", ".xlsx", ".xls")
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)
"""What reading an entry raises: damaged, encrypted, packed in a way we cannot unpack."""
_OF_SYSTEMS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A document with the path it came under; the path only helps to know whose it is."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not taken, and why (``units.refused.<reason>``)."""

    name: str
    reason: str


@dataclass(slots=True)
class UnpackedUpload:
    """What an upload holds; a file that is refused harms no other."""

    files: list[UnitFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)

    def take(self, name: str, data: bytes) -> None:
        """Keep a file, or why it is not kept."""
        reason = reason_against(name, data)
        if reason:
            self.refused.append(RefusedFile(name, reason))
        else:
            self.files.append(UnitFile(name, data))


def reason_against(name: str, data: bytes) -> str:
    """Why a file is no document; empty when it may be one."""
    if not data.strip():
        return "empty"
    if len(data) > MOST_BYTES:
        return "too_large"
    if not name.lower().endswith(SUFFIXES):
        return "kind"
    return "archive_inside" if is_archive(data) else ""


def is_archive(data: bytes) -> bool:
    """True for a ZIP that is no workbook."""
    if not data.startswith((_ZIP, _EMPTY_ZIP)):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORKBOOK not in archive.namelist()
    except _BROKEN:
        # Named as a workbook it is told by its reader that it cannot be opened.
        return False


def unpack(name: str, data: bytes) -> UnpackedUpload:
    """The documents of an upload; what is refused, a whole ZIP too, is told and not raised."""
    found = UnpackedUpload()
    if not name.lower().endswith(".zip") and not is_archive(data):
        found.take(name, data)
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES:
                found.refused.append(RefusedFile(name, "archive_many"))
            elif sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                found.refused.append(RefusedFile(name, "archive_large"))
            else:
                for entry in entries:
                    _take(found, archive, entry)
    except _BROKEN:
        found.refused.append(RefusedFile(name, "archive_broken"))
    return found


def _take(found: UnpackedUpload, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    name = entry_name(entry)
    path = PurePosixPath(name.replace("\\", "/"))
    if any(part in _OF_SYSTEMS or part.startswith("._") for part in path.parts):
        return
    if path.is_absolute() or ".." in path.parts or ":" in name:
        found.refused.append(RefusedFile(name[:200], "path"))
    elif entry.file_size > MOST_BYTES:
        found.refused.append(RefusedFile(name, "too_large"))
    else:
        try:
            # An entry never gives more than it declares, so the declared sizes above bound what is read.
            data = archive.read(entry)
        except _BROKEN:
            found.refused.append(RefusedFile(name, "unreadable"))
        else:
            found.take(str(path), data)
