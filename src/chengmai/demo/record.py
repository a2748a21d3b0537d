"""What of the demonstration is made already, in a file of the data folder; it also marks the folder as one of ours."""

from pathlib import Path

import msgspec

from chengmai.core.errors import Unavailable

FILE_NAME = "demo.json"
CITY, HISTORY, PASSWORDS = "city", "history", "passwords"
"""The steps of a first start; ``PASSWORDS`` is done once they were shown."""


class DemoRecord(msgspec.Struct):
    """The steps of the first start that are done."""

    steps: list[str] = []


def read_record(data_dir: Path) -> DemoRecord:
    """The record of a data folder, begun where there is none.

    Raises Unavailable when the folder holds a platform that is no demonstration.
    """
    path = data_dir / FILE_NAME
    if path.exists():
        try:
            return msgspec.json.decode(path.read_bytes(), type=DemoRecord)
        except (OSError, msgspec.DecodeError) as error:
            raise Unavailable("data_dir.unusable", path=str(path), reason=str(error)) from error
    if (data_dir / "chengmai.sqlite3").exists():
        raise Unavailable("demo.not_a_demo", path=str(data_dir))
    record = DemoRecord()
    write_record(data_dir, record)
    return record


def write_record(data_dir: Path, record: DemoRecord) -> None:
    """Keep the record, whole or not at all."""
    fresh = data_dir / f"{FILE_NAME}.new"
    fresh.write_bytes(msgspec.json.encode(record))
    fresh.replace(data_dir / FILE_NAME)
