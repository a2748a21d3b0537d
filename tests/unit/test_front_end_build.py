"""The front end is built when it is missing or its sources changed, and only then."""

from pathlib import Path

import pytest
from hatch_build import BUILT, SOURCES, STAMP, is_stale, source_hash


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with sources and a front end built from them."""
    (tmp_path / SOURCES / "src").mkdir(parents=True)
    (tmp_path / SOURCES / "package.json").write_text("{}")
    (tmp_path / SOURCES / "src" / "main.ts").write_text("one")
    (tmp_path / BUILT).mkdir(parents=True)
    (tmp_path / BUILT / STAMP).write_text(source_hash(tmp_path) + "\n")
    return tmp_path


def test_what_was_built_from_these_sources_is_kept(checkout: Path) -> None:
    assert not is_stale(checkout)


def test_a_missing_front_end_is_built(checkout: Path) -> None:
    (checkout / BUILT / STAMP).unlink()
    assert is_stale(checkout)


def test_a_changed_a_new_and_a_renamed_source_are_noticed(checkout: Path) -> None:
    main = checkout / SOURCES / "src" / "main.ts"
    main.write_text("two")
    assert is_stale(checkout)
    main.write_text("one")
    assert not is_stale(checkout)
    added = checkout / SOURCES / "src" / "added.ts"
    added.write_text("")
    assert is_stale(checkout)
    added.unlink()
    main.rename(main.with_name("other.ts"))
    assert is_stale(checkout)


def test_installed_packages_are_no_sources(checkout: Path) -> None:
    (checkout / SOURCES / "node_modules").mkdir()
    (checkout / SOURCES / "node_modules" / "left.js").write_text("three")
    assert not is_stale(checkout)


def test_without_sources_nothing_is_built(tmp_path: Path) -> None:
    assert not is_stale(tmp_path)
