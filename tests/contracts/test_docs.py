"""What the docs name exists: files, pages, tests, commands."""

import re
from pathlib import Path

import click
import pytest
from tests.contracts.sources import ROOT, tracked

from chengmai.cli import group

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAME = re.compile(r"`([A-Za-z0-9_./-]+\.(?:py|ts|vue))::([A-Za-z_][A-Za-z0-9_.]*)`")
FOLDERS = r"(?:src|tests|docs|web|benchmarks|deploy|\.ci)/[A-Za-z0-9_./{},*-]+"
FILE = re.compile(rf"`({FOLDERS}|[A-Za-z0-9_-]+\.(?:md|toml|lock|py))`")
COMMAND = re.compile(r"`chengmai ([a-z]+(?: [a-z-]+)?)")
TARGET = re.compile(r"`make ([a-z-]+)")
SYSTEMS = (
    "运行监测系统",
    "一体化数据服务平台",
    "燃气企业保障系统",
    "供水企业保障系统",
    "物联网感知平台",
    "三维模型与管线数据库",
    "风险评估与模型算法",
    "城市综合管理服务平台",
    "全流程监管平台",
    "按实结算",
    "预算与绩效",
    "政府购买服务目录",
    "垃圾分类评估与执法保障",
    "等保与运维",
)
STATES = {"working", "begun", "not started"}


def exists(name: str, page: Path) -> bool:
    """Whether a named file lies in the repository, or beside the page that names it, or in the package."""
    if any(letter in name for letter in "{*"):
        return bool(list(ROOT.glob(re.sub(r"\{[^}]*\}", "*", name))))
    if "/" not in name:
        return any(path.name == name for path in tracked())
    return any((place / name).exists() for place in (ROOT, page.parent))


def is_command(words: str) -> bool:
    """Whether ``chengmai`` followed by these words does something: a group needs one of its own commands."""
    first, _, second = words.partition(" ")
    command = group.get_command(click.Context(group), first)
    return command is not None and (not isinstance(command, click.Group) or second in command.commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_command_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    links = [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [name for name in FILE.findall(text) if not exists(name, page)] == []
    told = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)  # a heading may name a group
    assert [words for words in sorted(set(COMMAND.findall(told))) if not is_command(words)] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert sorted(set(TARGET.findall(text)) - targets) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_in_a_file_that_a_page_points_at_is_defined_there(page: Path) -> None:
    dead = []
    for file, name in NAME.findall(page.read_text()):
        path = ROOT / file
        defined = rf"(?:def|class|const|function) {name}\b|^{name}\b.*="
        if not path.is_file() or not re.search(defined, path.read_text(), re.MULTILINE):
            dead.append(f"{file}::{name}")
    assert dead == []


def test_every_decision_has_its_own_number_and_is_listed() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [name[:4] for name in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    listed = LINK.findall((ROOT / "docs" / "adr" / "README.md").read_text())
    assert listed == pages


def test_every_benchmark_is_listed() -> None:
    commands = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "__main__" in path.read_text()}
    listed = re.findall(
        r"^\| `python -m benchmarks\.(\w+)`", (ROOT / "benchmarks" / "README.md").read_text(), re.MULTILINE
    )
    assert sorted(commands) == sorted(listed)


def system_rows() -> dict[str, tuple[str, str, str]]:
    """System -> (screen, test, state) of ``docs/systems.md``."""
    lines = (ROOT / "docs" / "systems.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0].split(" ")[0]: (row[1], row[2], row[3]) for row in cells[1:] if len(row) >= 4 and row[0] != "---"}


def routes() -> set[str]:
    """Paths of the front end's router."""
    text = "\n".join(path.read_text() for path in (ROOT / "web" / "src").rglob("*.ts"))
    return set(re.findall(r"""path: ["'](/[^"']*)["']""", text))


def test_every_system_of_the_bureau_has_its_row() -> None:
    assert set(system_rows()) == set(SYSTEMS)


def dead(tests: list[str]) -> list[str]:
    """Those of some names of tests, ``file`` or ``file::function``, that name nothing."""
    named = [(name, ROOT / name.partition("::")[0], name.partition("::")[2]) for name in tests]
    return [name for name, file, test in named if not file.is_file() or f"def {test}" not in file.read_text()]


def test_what_comes_of_nonsense_names_no_dead_screen_and_no_dead_test() -> None:
    section = (ROOT / "docs" / "operations.md").read_text().partition("## When something tells nonsense")[2]
    rows = [line.strip("|").split("|") for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    assert len(rows) >= 10
    for wrong, _, screens, tests in rows[2:]:
        assert set(re.findall(r"`([^`]+)`", screens)) <= routes(), wrong
        assert re.findall(r"`([^`]+)`", tests), wrong
        assert dead(re.findall(r"`([^`]+)`", tests)) == [], wrong


def test_no_screen_and_no_test_of_a_system_is_a_dead_name() -> None:
    known = routes()
    assert known
    for system, (screen, test, state) in system_rows().items():
        assert state.split(":")[0].split(";")[0].strip() in STATES, system
        screens, tests = re.findall(r"`([^`]+)`", screen), re.findall(r"`([^`]+)`", test)
        assert [path for path in screens if path not in known] == [], system
        assert dead(tests) == [], system
        if state.startswith("not started"):
            assert [*screens, *tests] == [], f"{system} is not started and yet has a screen or a test"
        else:
            assert tests, f"{system} is said to be {state} without a test"


def test_every_figure_of_a_readme_names_the_command_that_measured_it() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        section = (ROOT / name).read_text().partition("<!-- figures -->")[2].partition("<!-- /figures -->")[0]
        rows = [line for line in section.splitlines() if line.startswith("|")][2:]
        assert rows, f"{name} tells no figure"
        for row in rows:
            command = re.search(r"`(python -m benchmarks\.[a-z_.]+|chengmai [a-z]+|make [a-z-]+|\.ci/run)[^`]*`", row)
            assert command, f"{name}: no command in {row}"
            if command[1].startswith("python -m "):
                module = command[1].removeprefix("python -m ").replace(".", "/")
                assert (ROOT / f"{module}.py").is_file() or (ROOT / module / "__main__.py").is_file(), row
