"""Proves that a fresh clone works alone: ``make demo`` builds, starts, answers and stops, twice; its wheel too."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.ports import free_ports

PATIENCE_S = 600.0
STOP_S = 60.0
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answer(url: str) -> tuple[int, str]:
    """Status and body of a GET; (0, reason) while nobody answers."""
    try:
        with NO_PROXY.open(url, timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def processes_of(clone: Path) -> list[str]:
    """Command lines of processes that run in the clone or from it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if (
                clone in (entry / "cwd").readlink().parents
                or (entry / "cwd").readlink() == clone
                or str(clone) in command
            ):
                found.append(f"{entry.name} {command}")
    return [line for line in found if not line.startswith(f"{os.getpid()} ")]


def start_and_stop(clone: Path, environment: dict[str, str], port: int, log: Path) -> float:
    """Run ``make demo`` until the platform answers, stop it as a person would; seconds until it answered."""
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "demo"],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while answer(f"http://127.0.0.1:{port}/api/v1/session")[0] == 0:
            if process.poll() is not None or time.monotonic() - began > PATIENCE_S:
                sys.exit(f"make demo did not come up:\n{log.read_text()[-5000:]}")
            time.sleep(0.2)
        took = time.monotonic() - began
        check_pages(port)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            sys.exit(f"make demo did not stop within {STOP_S:.0f} s:\n{log.read_text()[-5000:]}")
    until = time.monotonic() + STOP_S
    while (still := processes_of(clone)) and time.monotonic() < until:
        time.sleep(0.2)
    if still:
        sys.exit(f"processes outlived the platform: {still}")
    return took


def check_pages(port: int) -> None:
    """The page, its script and the API answer as they should to somebody who is not logged in."""
    status, page = answer(f"http://127.0.0.1:{port}/")
    scripts = re.findall(r'src="(/[^"]+\.js)"', page)
    if status != 200 or not scripts:
        sys.exit(f"the front page answered {status} without a script: {page[:500]}")
    for script in scripts:
        if answer(f"http://127.0.0.1:{port}{script}")[0] != 200:
            sys.exit(f"{script} is missing")
    status, body = answer(f"http://127.0.0.1:{port}/api/v1/alarms")
    if status != 401 or '"error"' not in body:
        sys.exit(f"alarms answered {status} to a stranger: {body[:500]}")


def check_wheel(clone: Path, environment: dict[str, str]) -> None:
    """The wheel carries the built front end and, installed beside its requirements, gives a command that explains."""
    python = clone / ".venv" / "bin" / "python"
    dist, other = clone / "dist", clone / "dist" / "venv"
    pip = [str(python), "-m", "pip", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(dist), str(clone)]
    subprocess.run(build, check=True, env=environment)
    (wheel,) = dist.glob("chengmai-*.whl")
    if "chengmai/portal/static/index.html" not in zipfile.ZipFile(wheel).namelist():
        sys.exit(f"{wheel.name} does not carry the front end")
    subprocess.run([python, "-m", "venv", other], check=True)
    pip = [str(other / "bin" / "python"), "-m", "pip", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True, env=environment)
    (requirements,) = (clone / ".venv" / "lib").glob("python3*/site-packages")
    beside = {**environment, "PYTHONPATH": str(requirements)}
    for arguments in (["--help"], ["settings"], ["demo", "--help"]):
        command = [str(other / "bin" / "chengmai"), *arguments]
        subprocess.run(command, check=True, env=beside, stdout=subprocess.DEVNULL)


def main() -> None:
    """Prove the clone named on the command line."""
    clone = Path(sys.argv[1])
    web, mqtt, nats = free_ports(3)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHENGMAI_")}
    environment |= {"CHENGMAI_PORT": str(web), "CHENGMAI_MQTT_PORT": str(mqtt), "CHENGMAI_NATS_PORT": str(nats)}
    for start in ("first", "second"):
        took = start_and_stop(clone, environment, web, clone.parent / f"{start}.log")
        print(f"{start} start of a clone: answered after {took:.1f} s, stopped cleanly", flush=True)
    check_wheel(clone, environment)
    print("the wheel carries the front end and its command explains itself")


if __name__ == "__main__":
    main()
