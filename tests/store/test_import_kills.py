"""An import killed at any of its points leaves what people saw, and the next import works."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.networks import DATA, sample

pytestmark = pytest.mark.kills
KILLED = -9


def run(folder: Path, file: Path, crash_at: str = "") -> int:
    """``chengmai network import`` in a process of its own, on a data folder of its own; its exit code."""
    environment = {**os.environ, "CHENGMAI_DATA_DIR": str(folder), "CHENGMAI_CRASH_AT": crash_at}
    environment.pop("CHENGMAI_DATABASE_URL", None)
    command = [sys.executable, "-m", "chengmai", "network", "import", str(file), "--network", "W", "--owner", "CG"]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode


def state(folder: Path) -> tuple[str | None, int, int, int]:
    """The source people see, the number of its links, of all editions, and of links without an edition that is seen."""
    with sqlite3.connect(folder / "chengmai.sqlite3") as database:
        seen = database.execute(
            "select e.source, e.id from assets_network n join assets_networkedition e on e.id = n.edition_id"
        ).fetchone()
        edition = seen[1] if seen else -1
        links = database.execute("select count(*) from assets_networklink where edition_id = ?", (edition,)).fetchone()[
            0
        ]
        other = database.execute(
            "select count(*) from assets_networklink l join assets_networkedition e on e.id = l.edition_id "
            "where e.published_at is null"
        ).fetchone()[0]
        editions = database.execute("select count(*) from assets_networkedition").fetchone()[0]
    return (seen[0] if seen else None), links, editions, other


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a bureau and one published edition."""
    folder = tmp_path_factory.mktemp("installation")
    assert run(folder, DATA / "hillside.inp") != 0, "nobody owns the network yet"
    with sqlite3.connect(folder / "chengmai.sqlite3") as database:
        database.execute(
            "insert into access_organisation (code, name_zh, name_en, kind, contact)"
            " values ('CG', 'CG', 'CG', 'bureau', '')"
        )
    assert run(folder, DATA / "hillside.inp") == 0
    assert state(folder) == ("hillside.inp", 10, 1, 0)
    return folder


@pytest.mark.parametrize("point", ["import.after_batch:1", "import.after_batch:2", "import.before_publish:1"])
def test_a_killed_import_leaves_what_people_saw_and_the_next_one_works(
    installation: Path, tmp_path: Path, point: str
) -> None:
    source = tmp_path / f"{point.replace(':', '-')}.inp"
    source.write_bytes(sample("hillside.inp") + f"\n; {point}\n".encode())
    before = state(installation)
    assert run(installation, source, point) == KILLED
    after = state(installation)
    assert after[:2] == before[:2]
    assert after[2] == before[2] + 1, "the killed import left its edition, which nobody sees"
    assert run(installation, source) == 0
    assert state(installation) == (source.name, 10, before[2] + 1, 0)
