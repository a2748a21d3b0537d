"""``python -m benchmarks.sizes``: how large the wheel is, and what of the front end a browser fetches, and when."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hatch_build import BUILT, ROOT, build, is_stale

from benchmarks.tables import Line, show

KB = 1000.0


def packed(files: list[Path]) -> float:
    """Kilobytes of files as a browser fetches them: their packed copies where they have one."""
    copies = (file.with_name(file.name + ".gz") for file in files)
    return sum((copy if copy.is_file() else file).stat().st_size for file, copy in zip(files, copies, strict=True)) / KB


def first_files(folder: Path) -> list[Path]:
    """The page and everything it names itself: fetched before anything shows."""
    page = folder / "index.html"
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', page.read_text())
    return [page, *(folder / name for name in named)]


def wheel_bytes() -> int:
    """Size of the wheel as it would be released."""
    with TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*pip, "--wheel-dir", folder, "."], cwd=ROOT, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.stat().st_size


def main() -> None:
    """Measure and print."""
    if is_stale(ROOT):
        build(ROOT)
    folder = ROOT / BUILT
    everything = [file for file in folder.rglob("*") if file.is_file()]
    code = [file for file in everything if file.suffix in {".js", ".css", ".html"}]
    show(
        "Sizes",
        "kB",
        [
            Line("wheel", [wheel_bytes() / KB]),
            Line("front end, as built", [sum(file.stat().st_size for file in everything if file.suffix != ".gz") / KB]),
            Line("front end, scripts and styles, as sent", [packed(code)]),
            Line("before the log-in page shows, as sent", [packed(first_files(folder))]),
        ],
    )


if __name__ == "__main__":
    main()
