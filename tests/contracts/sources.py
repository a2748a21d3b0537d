"""The project's own files, read once, for tests that hold them against each other."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "chengmai"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control, or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for path in (ROOT / name for name in listed) if path.is_file())


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python module of the package but migrations, parsed."""
    found = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
    return {path: ast.parse(path.read_text(), str(path)) for path in found}


def classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    """Every class defined at the top of a module."""
    for path, module in modules().items():
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                yield path, node


def bases(node: ast.ClassDef) -> set[str]:
    """Last names of a class's bases: ``models.Model`` is ``Model``."""
    return {ast.unparse(base).split("[")[0].rpartition(".")[2] for base in node.bases}


def called(node: ast.Call) -> str:
    """Last name of what a call calls."""
    return ast.unparse(node.func).rpartition(".")[2]


def where(path: Path, node: ast.AST) -> str:
    """File and line, as a person finds it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
