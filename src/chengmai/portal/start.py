"""What every start asks first: room on the disk and a free address; needs no database and no settings of Django."""

import errno
import logging
import shutil
import socket

from chengmai.core.errors import Unavailable
from chengmai.settings import Settings


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; raises Unavailable when it is in use or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable("serve.port_in_use", host=host, port=port) from error
        raise Unavailable("serve.port_refused", host=host, port=port, reason=str(error)) from error
    listener.setblocking(False)
    return listener


def demand_space(settings: Settings) -> None:
    """Raise Unavailable when the data folder cannot be made or its disk is nearly full."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.data_dir).free
    except OSError as error:
        raise Unavailable("data_dir.unusable", path=str(settings.data_dir), reason=str(error)) from error
    if free < settings.least_free_bytes:
        raise Unavailable(
            "disk.low",
            path=str(settings.data_dir),
            free_mb=free // 1_000_000,
            least_mb=settings.least_free_bytes // 1_000_000,
        )


def log_to_stderr() -> None:
    """Our own notes from INFO on, those of libraries from WARNING on; failed requests are noted by our own handler."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("chengmai").setLevel(logging.INFO)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
