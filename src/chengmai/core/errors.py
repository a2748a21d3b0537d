"""One root for every error that a caller can cause or mend.

An error carries a stable ``code`` and the parameters of its message; the sentence itself lives in
the zh-CN and en catalogues (``chengmai/locale``). One handler turns it into HTTP, one into an exit code.
"""

from typing import ClassVar


class ChengmaiError(Exception):
    """Root of all errors with a code; ``status`` is the HTTP status it answers with."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({shown})" if shown else self.code


class InvalidInput(ChengmaiError):
    """The input breaks a rule; the parameters name field, value and rule."""

    status = 422
    exit_code = 2


class NotAuthenticated(ChengmaiError):
    """Nobody is logged in, or the credential is not known."""

    status = 401


class NotAllowed(ChengmaiError):
    """Somebody is logged in, but may not do this."""

    status = 403


class NotFound(ChengmaiError):
    """No such object, or none inside the user's scope."""

    status = 404


class Conflict(ChengmaiError):
    """The object moved on since the caller read it, or its state forbids the action."""

    status = 409


class TooLarge(ChengmaiError):
    """A body, a file or a message is over its limit."""

    status = 413


class TooMany(ChengmaiError):
    """A rate is over its limit."""

    status = 429


class Unavailable(ChengmaiError):
    """A part the platform stands on does not answer: disk full, database locked, port in use."""

    status = 503
    exit_code = 3
