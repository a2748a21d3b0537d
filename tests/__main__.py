"""``make test``: every test, the store's and the doors' on both databases; at the end, what could not run and why."""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from hatch_build import run_script

from tests import browser, postgres

ROOT = Path(__file__).parent.parent
ALONE = "browser or kills"
"""Tests that start whole servers."""
KILLS = "tests/store/test_kills.py"
"""Installations beside each other that are killed again and again."""
NOTHING_COLLECTED = 5


@dataclass
class Tally:
    """What all runs together came to."""

    passed: int = 0
    failed: int = 0
    not_run: list[str] = field(default_factory=list)

    def add(self, report: Path, run: str) -> None:
        """Count one run's JUnit report; a run that left none (it could not even start) counts as one failure."""
        if not report.is_file():
            self.failed += 1
            return
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif skipped is not None:
                self.not_run.append(f"{run}: {case.get('classname')}.{case.get('name')}: {skipped.get('message')}")
            else:
                self.passed += 1


def _aside(reports: Path, run: str, arguments: list[str]) -> int:
    """One run, its output kept until it is told; its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={_report(reports, run)}", *arguments]
    with (reports / f"{run}.log").open("wb") as log:
        return subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT).returncode


def _report(reports: Path, run: str) -> Path:
    return reports / f"{run}.xml"


def _pytest(tally: Tally, reports: Path, run: str, arguments: list[str], environment: Mapping[str, str]) -> None:
    print(f"\n=== {run}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={_report(reports, run)}", *arguments]
    _count(tally, reports, run, subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode)


def _count(tally: Tally, reports: Path, run: str, code: int) -> None:
    before = tally.failed
    tally.add(_report(reports, run), run)
    if code == NOTHING_COLLECTED:
        tally.not_run.append(f"{run}: no test was found")
    elif code != 0 and tally.failed == before:
        tally.failed += 1


def _front_end(tally: Tally) -> None:
    print("\n=== front end", flush=True)
    try:
        run_script(ROOT, "test")
    except subprocess.CalledProcessError:
        tally.failed += 1
    else:
        tally.passed += 1


def main() -> int:
    """Run everything; the exit code is 0 only without failures and, where CI is set, without anything left out."""
    tally = Tally()
    workers = ["--numprocesses", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
    try:
        chromium = {"CHENGMAI_TEST_CHROMIUM": str(browser.obtain())}
    except (subprocess.CalledProcessError, OSError) as error:
        chromium = {}
        tally.not_run.append(f"browser: no Chromium here, and none could be fetched: {error}")
    with ExitStack() as stack:
        reports = Path(stack.enter_context(TemporaryDirectory()))
        _pytest(tally, reports, "sqlite", ["-m", f"not ({ALONE})", *workers], {})
        try:
            address = stack.enter_context(postgres.server())
        except RuntimeError as error:
            tally.not_run.append(f"postgresql: {error}")
        else:
            arguments = ["-m", f"not ({ALONE})", *workers, "tests/store", "tests/api"]
            _pytest(tally, reports, "postgresql", arguments, {"CHENGMAI_DATABASE_URL": address})
        # A browser waits as much as it computes: what is started and killed runs beside it, one after the other.
        aside = stack.enter_context(ThreadPoolExecutor(1))
        beside = {
            run: aside.submit(_aside, reports, run, arguments)
            for run, arguments in (
                ("servers", ["tests/store", "-m", "kills", f"--ignore={KILLS}", "--durations=10"]),
                ("kills", [KILLS, "--durations=1"]),
            )
        }
        _pytest(tally, reports, "browser", ["tests/e2e", "--durations=10"], chromium)
        for run, code in beside.items():
            _count(tally, reports, run, code.result())
            print(f"\n=== {run}\n{(reports / f'{run}.log').read_text()}", flush=True)
    _front_end(tally)
    if tally.not_run:
        print("\nCould not run here:")
        print("\n".join(f"  {line}" for line in tally.not_run))
    print(f"\n{tally.passed} passed, {tally.failed} failed, {len(tally.not_run)} skipped")
    return 1 if tally.failed or (tally.not_run and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main())
