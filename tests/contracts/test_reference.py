"""Generated pages say what the code says; so do the front end's types."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs.generate import FOLDER, PAGES, text_of
from hatch_build import install_packages, node_command
from ninja import Schema
from tests.contracts.sources import ROOT

from chengmai.portal import api as _assembled  # noqa: F401 - all doors are known then

TYPES = ROOT / "web" / "src" / "api" / "schema.d.ts"


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_not_behind_the_code(name: str) -> None:
    assert (FOLDER / name).read_text() == text_of(name), f"{name} is behind the code: run `make reference`"


def test_nothing_else_lies_among_the_generated_pages() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_types_of_the_front_end_are_not_behind_the_api(tmp_path: Path) -> None:
    tool = ROOT / "web" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    if not tool.is_file():
        install_packages(ROOT / "web")
    fresh = tmp_path / "schema.d.ts"
    command = node_command(tool, FOLDER / "openapi.json", "--output", fresh)
    subprocess.run(command, cwd=ROOT / "web", check=True, capture_output=True)
    assert TYPES.read_text() == fresh.read_text(), "web/src/api/schema.d.ts is behind: run `make reference`"


def shapes(of: type[Schema] = Schema) -> Iterator[type[Schema]]:
    """Every shape of the doors."""
    for shape in of.__subclasses__():
        yield shape
        yield from shapes(shape)


def test_no_two_shapes_share_a_name_which_would_be_one_in_the_document() -> None:
    modules: dict[str, set[str]] = {}
    for shape in shapes():
        modules.setdefault(shape.__name__, set()).add(shape.__module__)
    assert len(modules) > 300
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}
