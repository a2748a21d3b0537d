"""``chengmai budget check DIR --units LIST.csv``: every unit's document checked, one table of them all."""

import csv
import io
import json
import os
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from chengmai.budget.checking.sheet import harmless
from chengmai.budget.units.archives import UnitFile, UnpackedUpload, unpack
from chengmai.budget.units.lists import read_units
from chengmai.budget.units.rules import (
    DocumentState,
    HandedIn,
    HandInState,
    UnitExpected,
    UnitsOverview,
    overview,
    whose,
)
from chengmai.budget.units.sheet import (
    UNIT_COLUMNS,
    Findings,
    column_words,
    total_cells,
    unit_cells,
    units_workbook,
)
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.core.messages import message
from chengmai.core.terminal import headed, terminal
from chengmai.disclosure.checking.unit_documents import UnitReading, check_unit_document
from chengmai.settings import current

_LONGEST_WAIT_S = 240.0
_MOST_PROCESSES = 8
_SHOWN = tuple(name for name in UNIT_COLUMNS if name not in ("note", "undecided"))
Result = tuple[UnitReading, list[dict[str, Any]]]


@dataclass
class _Folder:
    """What a folder or a ZIP holds, with the day each file is dated."""

    files: list[tuple[UnitFile, date]] = field(default_factory=list)
    upload: UnpackedUpload = field(default_factory=UnpackedUpload)


def check_many(path: Path, listed: Path | None, year: int, form: str, output: Path | None, language: str) -> int:
    """Check every document of a folder or ZIP and write the table; the exit code.

    1 where a finding weighs as an error, a file could not be read or a unit is behind. Raises InvalidInput for a list
    that is not sound.
    """
    units = [] if listed is None else _units(listed, language)
    folder = _open(path)
    seen, findings = _check(folder, units, year)
    data = _written(seen, findings, form, language)
    if data is None:
        _print(seen, folder, language, output)
    elif output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)
    behind = (HandInState.LATE, HandInState.MISSING, HandInState.UNUSABLE)
    wrong = seen.rolled_up.findings["error"] or folder.upload.refused or seen.progress.get(DocumentState.FAILED, 0)
    return 1 if wrong or any(seen.rolled_up.states.get(state) for state in behind) else 0


def _units(listed: Path, language: str) -> list[UnitExpected]:
    told = read_units(listed.name, listed.read_bytes())
    if told.findings:
        one = told.findings[0]
        params = {"row": one.row or "", "field": one.field or "", "value": one.value or "", **dict(one.detail)}
        sentence = message(f"finding.{one.rule}", language, {"file": one.file, **params})
        raise InvalidInput("units.list_broken", file=listed.name, count=len(told.findings), first=sentence)
    return told.units


def _open(path: Path) -> _Folder:
    folder = _Folder()
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                folder.upload.take(str(file.relative_to(path)), file.read_bytes())
                taken = len(folder.upload.files) > len(folder.files)
                if taken:
                    folder.files.append((folder.upload.files[-1], _dated(file)))
    else:
        folder.upload = unpack(path.name, path.read_bytes())
        folder.files = [(file, _dated(path)) for file in folder.upload.files]
    return folder


def _dated(file: Path) -> date:
    return datetime.fromtimestamp(file.stat().st_mtime, current().zone).date()


def _check(folder: _Folder, units: Sequence[UnitExpected], year: int) -> tuple[UnitsOverview, Findings]:
    documents: list[HandedIn] = []
    findings: dict[str, list[dict[str, Any]]] = {}
    for (file, day), result in zip(folder.files, _results([file for file, _ in folder.files]), strict=True):
        reading = None if isinstance(result, str) else result[0]
        code, ground = whose(file.name, "" if reading is None else reading.unit_name, units)
        state = DocumentState.FAILED if reading is None else DocumentState.CHECKED
        error = result if isinstance(result, str) else ""
        documents.append(HandedIn(file.name, file.name, day, code, ground, state, reading, error))
        findings[file.name] = [] if isinstance(result, str) else result[1]
    years = Counter(one.reading.year for one in documents if one.reading is not None and one.reading.year)
    told = year or (years.most_common(1)[0][0] if years else 0)
    return overview(told, units, documents, now().astimezone(current().zone).date()), findings


def _results(files: Sequence[UnitFile]) -> Iterator[Result | str]:
    """What each file says, in order, checked by several processes; a text says why one could not be checked."""
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES, max(1, len(files)))
    heavy.open_pool(processes)
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=len(files))
            ahead: deque[tuple[UnitFile, Future[Result]]] = deque()
            for file in files:
                ahead.append((file, heavy.run(check_unit_document, file.name, file.data)))
                if len(ahead) > 2 * processes:
                    yield _outcome(*ahead.popleft())
                    progress.advance(task)
            while ahead:
                yield _outcome(*ahead.popleft())
                progress.advance(task)
    finally:
        heavy.close_pool()


def _outcome(file: UnitFile, work: Future[Result]) -> Result | str:
    try:
        try:
            return work.result(_LONGEST_WAIT_S)
        except BrokenExecutor:
            # Perhaps a neighbour ended the process: this one alone once more.
            return heavy.run(check_unit_document, file.name, file.data).result(_LONGEST_WAIT_S)
    except Exception as error:  # noqa: BLE001 - told in the table as this file's; the others go on
        return f"{type(error).__name__}: {error}"


def _written(seen: UnitsOverview, findings: Findings, form: str, language: str) -> bytes | None:
    if form == "xlsx":
        return units_workbook(seen, findings, language)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(column_words(UNIT_COLUMNS, language))
        for line in (*(unit_cells(row, language) for row in seen.rows), total_cells(seen, language)):
            writer.writerow("" if cell is None else harmless(str(cell)) for cell in line)
        return text.getvalue().encode("utf-8-sig")
    return _json(seen, findings) if form == "json" else None


def _json(seen: UnitsOverview, findings: Findings) -> bytes:
    rows = [
        {
            "code": "" if row.unit is None else row.unit.code,
            "name": "" if row.unit is None else row.unit.name,
            "state": row.state,
            "due": None if row.unit is None or row.unit.due is None else row.unit.due.isoformat(),
            "handed_in": None if row.handed_in is None else row.handed_in.isoformat(),
            "days_late": row.days_late,
            "files": [_document(one) for one in row.documents],
            "findings": [] if row.shown is None else findings.get(row.shown.key, []),
        }
        for row in seen.rows
    ]
    told = {
        "year": seen.year,
        "units": rows,
        "astray": [_document(one) for one in seen.astray],
        "figures_fen": {name: {"sum": fen, "units": count} for name, (fen, count) in seen.rolled_up.figures.items()},
        "findings": dict(seen.rolled_up.findings),
        "rules": {rule: {"findings": count, "units": units} for rule, (count, units) in seen.rules.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _document(one: HandedIn) -> dict[str, Any]:
    reading = one.reading
    told: dict[str, Any] = {"file": one.name, "received": one.received.isoformat(), "ground": one.ground}
    if reading is None:
        return {**told, "error": one.error}
    figures = {"income_fen": reading.income, "spending_fen": reading.spending}
    return {
        **told,
        "unit": reading.unit_name,
        "year": reading.year,
        **figures,
        "three_public_fen": reading.three_public,
    }


def _print(seen: UnitsOverview, folder: _Folder, language: str, output: Path | None) -> None:
    file = None if output is None else output.open("w", encoding="utf-8")
    console = terminal(file)
    shown = headed(language, "units.column", *_SHOWN)
    kept = [UNIT_COLUMNS.index(name) for name in _SHOWN]
    for line in (*(unit_cells(row, language) for row in seen.rows), total_cells(seen, language)):
        shown.add_row(*(Text(_cell(line[at])) for at in kept))
    console.print(shown)
    rules = headed(language, "units.column", "rule", "findings", "of_units")
    for rule, (findings, units) in sorted(seen.rules.items(), key=lambda one: -one[1][0]):
        rules.add_row(Text(message(f"rule.{rule}", language, {})), str(findings), str(units))
    console.print(rules)
    for one in seen.astray:
        told = {"file": one.name, "why": message(f"units.ground.{one.ground}", language, {})}
        console.print(message("units.astray", language, told), markup=False, highlight=False)
    for row in seen.rows:
        for document in row.documents:
            if document.error:
                told = {"file": document.name, "why": document.error}
                console.print(message("units.astray", language, told), markup=False, highlight=False)
    for refused in folder.upload.refused:
        told = {"file": refused.name, "why": message(f"units.refused.{refused.reason}", language, {})}
        console.print(message("units.astray", language, told), markup=False, highlight=False)
    states = {state.value: seen.rolled_up.states.get(state, 0) for state in HandInState}
    counts = {"year": seen.year, "units": len(seen.rows), "documents": sum(seen.progress.values()), **states}
    console.print(message("units.summary", language, counts), markup=False, highlight=False)
    if file is not None:
        file.close()


def _cell(value: object) -> str:
    return "" if value is None else f"{value:,.2f}" if hasattr(value, "quantize") else str(value)
