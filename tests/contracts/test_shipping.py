"""What is pinned, under which licences, and what must never be written into the repository."""

import json
import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from tests.contracts.sources import ROOT, tracked

LOCKS = ("requirements.lock", "requirements-run.lock")
NODE_LOCKS = ("web/package-lock.json", "tests/chromium/package-lock.json")
PINNED = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]*))?", re.MULTILINE)

# Spelled in pieces, so that this file may be read by its own test.
HOSTS = ("pypi" + ".org", "python" + "hosted", "registry" + ".npmjs", "npm" + "mirror", "deb.debian" + ".org")
OUTSIDE = ("/wor" + "k/", "../sha" + "red", "sha" + "red/data", "sha" + "red/tools", "sha" + "red/domain")
FORBIDDEN = re.compile("|".join(map(re.escape, (*HOSTS, *OUTSIDE))))

FREE = re.compile(
    r"apache|mit\b|bsd|isc\b|psf|python-2|python software foundation|mozilla public license|mpl-2\.0|zlib|unlicense|"
    r"0bsd|cc0|blueoak|hpnd|cnri|artistic|public domain",
    re.IGNORECASE,
)
STRONG = re.compile(r"\b(?:a?gpl|gnu (?:affero )?general public|eupl)", re.IGNORECASE)
LIBRARY_LICENSED = {"psycopg", "psycopg-binary"}
"""LGPL: used as they come, never changed."""


def pins(name: str) -> dict[str, set[str]]:
    """Package -> pinned versions of one lock (one for each marker)."""
    found: dict[str, set[str]] = {}
    for package, version, _ in PINNED.findall((ROOT / name).read_text()):
        found.setdefault(package, set()).add(version)
    return found


def licence(package: Distribution) -> str:
    """What a package says of its licence: in its metadata, else in the first words of its licence file."""
    told = package.metadata
    classifiers = [line for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    said = " ".join([told.get("License-Expression") or "", (told.get("License") or "")[:200], *classifiers]).strip()
    files = [file for file in package.files or [] if "licen" in file.name.lower()]
    return said or " ".join(file.read_text()[:200] for file in files)


def installed() -> list[Distribution]:
    """The packages that ship, as far as this machine's markers admit them."""
    here = []
    for name, _, marker in PINNED.findall((ROOT / "requirements-run.lock").read_text()):
        if not marker or "sys_platform == 'win32'" not in marker:
            here.append(distribution(name))
    return here


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_versions_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[a-z])", text.strip())
    assert len(blocks) > 20
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_short_lock_is_cut_from_the_long_one() -> None:
    long, short = pins("requirements.lock"), pins("requirements-run.lock")
    assert len(short) < len(long)
    assert {name: versions for name, versions in short.items() if long.get(name) != versions} == {}


def test_both_locks_hold_every_dependency_that_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[<>=\[ ;]", line)[0].lower() for line in declared}
    assert {lock: names - set(pins(lock)) for lock in LOCKS} == {lock: set() for lock in LOCKS}


@pytest.mark.parametrize("name", NODE_LOCKS)
def test_node_locks_pin_by_hash_and_name_no_host(name: str) -> None:
    packages = json.loads((ROOT / name).read_text())["packages"]
    others = {path: entry for path, entry in packages.items() if path}
    assert others
    assert [path for path, entry in others.items() if "resolved" in entry or "integrity" not in entry] == []


def test_what_ships_is_under_a_free_licence() -> None:
    unclear = []
    for package in installed():
        name = package.metadata["Name"].lower()
        said = licence(package)
        if name in LIBRARY_LICENSED:
            continue
        if not FREE.search(said) or STRONG.search(said.replace("LGPL", "")):
            unclear.append(f"{name}: {said.strip()[:120]}")
    assert unclear == []


def test_what_the_front_end_ships_is_under_a_free_licence() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    shipped = {path: entry for path, entry in packages.items() if path and not entry.get("dev")}
    assert [f"{path}: {entry.get('license')}" for path, entry in shipped.items() if not free(entry)] == []


def free(entry: dict[str, object]) -> bool:
    """Whether a lock's entry names a licence we may ship."""
    said = str(entry.get("license", ""))
    return bool(FREE.search(said)) and not STRONG.search(said)


def test_nothing_names_a_registry_or_a_folder_outside() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_the_words_that_must_not_be_written_would_be_found() -> None:
    for word in ("https://pypi" + ".org/simple", "/wor" + "k/main", "../sha" + "red/data"):
        assert FORBIDDEN.search(word)


def test_every_licence_of_data_is_told() -> None:
    notice = (ROOT / "NOTICE").read_text()
    for file in tracked():
        if file.parent == Path(ROOT / "src" / "chengmai" / "demo" / "data"):
            assert file.parent.relative_to(ROOT).as_posix() in notice, f"NOTICE does not speak of {file}"
