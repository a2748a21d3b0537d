"""The browser that tests drive: the machine's own Chromium, else one from the npm registry that needs no root."""

import os
import shutil
import subprocess
from pathlib import Path

from hatch_build import install_packages, node_command

ROOT = Path(__file__).parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FETCHED = ROOT / ".tools" / "chromium"
DECOMPRESS = (
    "const fs=require('fs'),z=require('zlib'),s=require('stream');"
    "const [from,to]=process.argv.slice(1);"
    "s.pipeline(fs.createReadStream(from),z.createBrotliDecompress(),fs.createWriteStream(to),e=>{if(e)throw e})"
)
QUIET_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""What every launch needs: no sandbox inside containers, no calls home."""
LAUNCH_ARGUMENTS = (
    *QUIET_ARGUMENTS,
    "--disable-gpu-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
"""WebGL in software, for maps."""
MAPLESS_ARGUMENTS = (*QUIET_ARGUMENTS, "--disable-gpu", "--disable-3d-apis")
"""No WebGL at all, as on a desk far away: drawing maps in software takes most of a browser's time."""


# Playwright's own Node wants a library (libatomic) that a bare Debian lacks; the wheel's Node does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node_command()[0])


def chromium_path() -> Path | None:
    """A Chromium that starts, None when there is none; never fetches anything (``obtain`` does)."""
    for name in (os.environ.get("CHENGMAI_TEST_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    fetched = FETCHED / "chromium.sh"
    return fetched if fetched.is_file() else None


def obtain() -> Path:
    """The Chromium of ``chromium_path``, fetched once into ``.tools`` when the machine has none.

    Raises CalledProcessError or OSError when it can be neither found nor fetched.
    """
    present = chromium_path()
    if present:
        return present
    FETCHED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests" / "chromium" / name, FETCHED / name)
    install_packages(FETCHED)
    packed = FETCHED / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for archive in ("al2023.tar", "swiftshader.tar", "fonts.tar", "chromium"):
        command = node_command("-e", DECOMPRESS, packed / f"{archive}.br", FETCHED / archive)
        subprocess.run(command, check=True)
        if archive.endswith(".tar"):
            shutil.unpack_archive(FETCHED / archive, FETCHED / "unpacked")
            (FETCHED / archive).unlink()
    shutil.rmtree(FETCHED / "node_modules")
    return _install(FETCHED)


def _install(folder: Path) -> Path:
    """Put program, its GL libraries and a start script that finds the libraries together."""
    unpacked = folder / "unpacked"
    program = unpacked / "chromium"
    (folder / "chromium").rename(program)
    program.chmod(0o755)
    start = folder / "chromium.sh"
    libraries = sorted({path.parent for path in unpacked.rglob("*.so*")})
    start.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH='{':'.join(map(str, libraries))}'\n"
        f"exec '{program}' --headless=shell --no-zygote \"$@\"\n"
    )
    start.chmod(0o755)
    return start
