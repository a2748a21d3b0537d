"""The ``detect`` command: leaks in a recorded table, beside the published ones."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from chengmai.core.errors import InvalidInput
from chengmai.core.messages import choose_language, message
from chengmai.detection.balance_zones import links_inside
from chengmai.detection.leak_matching import FoundLeak, KnownLeak, Outcome, compare, in_areas
from chengmai.detection.ltown import BALANCES
from chengmai.detection.night_flow import NightFlowSettings
from chengmai.detection.record_search import RecordSpan, findings_in, leaks_in, span_of
from chengmai.detection.recorded_table import read_known_leaks, read_series
from chengmai.network.inp_reader import read_inp
from chengmai.settings import current

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("flows", type=_FILE)
@click.option("--levels", type=_FILE, help="Table of tank levels; without it the tank's balance is left out.")
@click.option("--published", type=_FILE, help="Table of known leaks: pipe,start,end,kind,peak.")
@click.option("--network", "inp", type=_FILE, help="EPANET file: tells in which balance each known leak lies.")
@click.option("--complete-until", help="Local date up to which the known leaks are complete; default: last start + 1.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def detect(
    flows: Path,
    levels: Path | None,
    published: Path | None,
    inp: Path | None,
    complete_until: str | None,
    as_json: bool,
) -> None:
    """Find leaks by night flow in a recorded table FLOWS (CSV, may be gzipped), in the balances of L-Town."""
    zone = current().zone
    series = read_series(flows, zone)
    if levels is not None:
        series |= read_series(levels, zone)
    areas = [area for area in BALANCES if levels is not None or area.tank is None]
    found: list[FoundLeak] = []
    for area in areas:
        found += leaks_in(area, findings_in(area, series, zone, NightFlowSettings()), zone)
    span = span_of(series)
    known = read_known_leaks(published, zone) if published else []
    if inp is not None:
        network, _ = read_inp(inp.read_bytes() if inp.exists() else _missing(inp), inp.name)
        known = in_areas(known, {area.code: links_inside(network, area) for area in BALANCES})
    until = _until(complete_until, known, span, zone)
    outcome = compare(known, found, span.first, until) if published else None
    if as_json:
        click.echo(json.dumps(_document(found, outcome, span, until, zone), ensure_ascii=False, indent=1))
    else:
        _show(found, outcome, until, zone)


def _missing(path: Path) -> bytes:
    raise InvalidInput("table.missing", file=str(path))


def _until(told: str | None, known: list[KnownLeak], span: RecordSpan, zone: ZoneInfo) -> datetime:
    """Up to when a find without a match counts as false: as told, else the end of the last known leak's month."""
    if told is not None:
        try:
            return datetime.fromisoformat(told).replace(tzinfo=zone)
        except ValueError as error:
            raise InvalidInput(
                "settings.invalid", name="--complete-until", value=told, expected="2019-07-01"
            ) from error
    if not known:
        return span.last
    last = max(leak.start for leak in known).astimezone(zone)
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    return min(span.last, datetime(year, month, 1, tzinfo=zone))


def _days(known: KnownLeak, found: FoundLeak) -> float:
    return round((found.found - known.start).total_seconds() / 86400, 2)


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="minutes")


def _found(leak: FoundLeak, zone: ZoneInfo) -> dict[str, object]:
    return {
        "balance": leak.area,
        "number": leak.number,
        "onset": _local(leak.onset, zone),
        "found": _local(leak.found, zone),
        "ended": _local(leak.end, zone),
        "size_m3h": leak.size_m3h,
    }


def _known(leak: KnownLeak, zone: ZoneInfo) -> dict[str, object]:
    return {
        "pipe": leak.pipe,
        "kind": leak.kind,
        "start": _local(leak.start, zone),
        "end": _local(leak.end, zone),
        "balances": sorted(leak.areas),
    }


def _document(
    found: list[FoundLeak], outcome: Outcome | None, span: RecordSpan, until: datetime, zone: ZoneInfo
) -> dict[str, object]:
    document: dict[str, object] = {
        "first": _local(span.first, zone),
        "last": _local(span.last, zone),
        "leaks": [_found(leak, zone) for leak in sorted(found, key=lambda leak: leak.found)],
    }
    if outcome is not None:
        document["published"] = {
            "complete_until": _local(until, zone),
            "counts": _counts(outcome),
            "found": [
                {**_known(known, zone), "delay_days": _days(known, leak), "as": _found(leak, zone)}
                for known, leak in outcome.hits
            ],
            "missed": [_known(leak, zone) for leak in outcome.missed],
            "false": [_found(leak, zone) for leak in outcome.false],
            "began_before_the_record": [_known(leak, zone) for leak in outcome.before],
        }
    return document


def _counts(outcome: Outcome) -> dict[str, object]:
    """Found, missed and false, for all balances and for each; those begun before the record and after apart."""
    counts: dict[str, object] = {
        "found": len(outcome.hits),
        "missed": len(outcome.missed),
        "false": len(outcome.false),
        "began_before_the_record": len(outcome.before),
        "found_after_publication_ends": len(outcome.unjudged),
    }
    delays = sorted(_days(known, leak) for known, leak in outcome.hits)
    counts["median_delay_days"] = delays[len(delays) // 2] if delays else None
    for area in BALANCES:
        counts[area.code] = {
            "found": sum(leak.area == area.code for _, leak in outcome.hits),
            "missed": sum(area.code in leak.areas for leak in outcome.missed),
            "false": sum(leak.area == area.code for leak in outcome.false),
            "began_before_the_record": sum(area.code in leak.areas for leak in outcome.before),
        }
    return counts


def _show(found: list[FoundLeak], outcome: Outcome | None, until: datetime, zone: ZoneInfo) -> None:
    language = choose_language(current().language)
    console = Console()

    def say(code: str, **params: object) -> str:
        return message(f"detect.{code}", language, params)

    table = Table(*(say(name) for name in ("balance", "onset", "found", "size", "ended")), title=say("leaks"))
    for leak in sorted(found, key=lambda leak: leak.found):
        onset, seen, ended = (_local(moment, zone) or "" for moment in (leak.onset, leak.found, leak.end))
        table.add_row(leak.area, onset[:10], seen[:16], f"{leak.size_m3h:.1f}", ended[:10])
    console.print(table)
    if outcome is None:
        return
    beside = Table(
        *(say(name) for name in ("pipe", "kind", "start", "balance", "verdict", "delay")), title=say("beside")
    )
    rows = [(known, leak.area, say("hit"), f"{_days(known, leak):.1f}") for known, leak in outcome.hits]
    rows += [(known, ", ".join(sorted(known.areas)), say("missed"), "") for known in outcome.missed]
    rows += [(known, ", ".join(sorted(known.areas)), say("before"), "") for known in outcome.before]
    for known, area, verdict, delay in sorted(rows, key=lambda row: row[0].start):
        beside.add_row(known.pipe, known.kind, (_local(known.start, zone) or "")[:16], area, verdict, delay)
    console.print(beside)
    console.print(say("summary", until=(_local(until, zone) or "")[:10], **_flat(_counts(outcome))))


def _flat(counts: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in counts.items():
        if isinstance(value, dict):
            flat |= {f"{name.replace('-', '_')}_{inner}": count for inner, count in value.items()}
        else:
            flat[name] = value
    return flat
