"""``chengmai network import``: findings as a table, a sheet to mend, and exit codes."""

import csv
import errno
from pathlib import Path

import pytest
from django.db import OperationalError

from chengmai import cli
from chengmai.access.models import Organisation
from chengmai.assets import services
from chengmai.assets.models import Network, NetworkEdition
from chengmai.demo.city import DATA as SHIPPED
from chengmai.network.survey_files import pack_folder
from tests.networks import DATA, add_network
from tests.people import add_organisation

pytestmark = pytest.mark.django_db


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """The command's exit code."""
    monkeypatch.setattr("sys.argv", ["chengmai", "network", "import", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_what_passes_is_loaded_and_waits_and_findings_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add_organisation()
    sheet = tmp_path / "findings.csv"
    assert run(monkeypatch, DATA / "broken.inp", "--network", "W", "--findings", sheet) == 0
    printed = capsys.readouterr().out
    assert "编码 A 重复，首次出现在第 3 行。" in printed
    assert "2 条管线" in printed
    assert "尚未发布" in printed
    assert Network.objects.get(code="W").edition is None
    rows = list(csv.reader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert ["broken.inp", "", "6", "code", "A", "错误", "code.duplicate", "编码 A 重复，首次出现在第 3 行。"] in rows


def test_errors_are_published_when_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_organisation()
    assert run(monkeypatch, DATA / "broken.inp", "--network", "W", "--publish-anyway") == 0
    assert "已更新" in capsys.readouterr().out
    assert Network.objects.get(code="W").edition is not None


def test_nothing_loadable_is_exit_code_2_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add_network("W", add_organisation())
    file = tmp_path / "letter.inp"
    file.write_text("Dear all,\n")
    assert run(monkeypatch, file, "--network", "W") == 2
    assert "没有可载入的管线" in capsys.readouterr().err
    assert NetworkEdition.objects.count() == 0


def test_a_dry_run_stores_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, DATA / "hillside.inp", "--network", "W", "--dry-run") == 0
    assert "未写入任何数据" in capsys.readouterr().out
    assert Network.objects.count() == 0


def test_a_folder_and_its_archive_are_one_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    add_network("W", add_organisation())
    folder = DATA / "broken_survey"
    archive = tmp_path / "survey.zip"
    archive.write_bytes(pack_folder(folder))
    assert run(monkeypatch, folder, "--network", "W") == 0
    assert run(monkeypatch, archive, "--network", "W") == 0
    assert NetworkEdition.objects.count() == 1


def test_without_an_owner_it_says_how_to_name_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, DATA / "hillside.inp", "--network", "W") == 1
    assert "--owner" in capsys.readouterr().err


def test_a_formula_in_a_finding_is_no_formula_in_the_sheet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, sheet = tmp_path / "x.inp", tmp_path / "f.csv"
    file.write_text('[JUNCTIONS]\n a =HYPERLINK("http://x")\n b -5\n[PIPES]\n p b a 1 -5 1\n')
    assert run(monkeypatch, file, "--dry-run", "--findings", sheet) == 2
    values = {row[4] for row in csv.reader(sheet.read_text(encoding="utf-8-sig").splitlines())}
    assert any(value.startswith("'=HYPERLINK") for value in values)
    assert not any(value.startswith("=") for value in values)


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [(OperationalError("database is locked"), "数据库"), (OSError(errno.ENOSPC, "No space left on device"), "磁盘")],
)
def test_a_store_that_is_locked_or_full_is_one_sentence_and_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception, sentence: str
) -> None:
    add_network("W", add_organisation())

    def fail(name: str) -> None:
        raise failure

    monkeypatch.setattr(services, "reach", fail)
    assert run(monkeypatch, DATA / "hillside.inp", "--network", "W") == 3
    assert sentence in capsys.readouterr().err
    assert NetworkEdition.objects.count() == 0


def test_a_survey_of_gas_is_imported_as_gas_and_never_as_water(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_organisation()
    folder = SHIPPED / "gas"
    assert run(monkeypatch, folder, "--dry-run", "--utility", "gas") == 0
    assert "590 条管线" in capsys.readouterr().out
    assert run(monkeypatch, folder, "--dry-run") == 2
    add_network("W", Organisation.objects.get())
    assert run(monkeypatch, folder, "--network", "W", "--utility", "gas") == 1
    assert "属于另一类管线（water）" in capsys.readouterr().err
    assert NetworkEdition.objects.count() == 0
