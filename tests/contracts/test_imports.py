"""Who may import whom, and that only packages with contents exist."""

import subprocess
import sys

from tests.contracts.sources import PACKAGE, ROOT


def test_imports_go_one_way_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_package_is_empty() -> None:
    empty = [
        folder.name
        for folder in PACKAGE.iterdir()
        if folder.is_dir()
        and (folder / "__init__.py").is_file()
        and not any(path.name != "__init__.py" for path in folder.rglob("*.py"))
    ]
    assert empty == []
