"""The way out of the machine, closed and counted: every request a browser sends anywhere else ends here."""

import socket
import threading
from types import TracebackType


class Outside:
    """A proxy for all hosts but this machine; it refuses each request and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._refuse_all, name="outside", daemon=True)

    @property
    def address(self) -> str:
        """The proxy's address, for the browser."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Outside":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _refuse_all(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    asked = connection.recv(2048).partition(b"\r\n")[0].decode("latin-1")
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                except OSError as error:
                    asked = f"a connection without a request ({error})"
            self.asked.append(asked)
