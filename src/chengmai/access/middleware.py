"""What happens around every request: the caller's address, the idle time-out and the browser's security headers."""

from collections.abc import Callable
from time import time

from django.http import HttpRequest, HttpResponseBase

from chengmai.access import audit
from chengmai.access.models import User
from chengmai.access.sessions import SEEN, expire, renew
from chengmai.settings import current

Answer = Callable[[HttpRequest], HttpResponseBase]

RENEW_AFTER_S = 30.0
"""A session is written at most this often [s]: one request must not cost one write."""

BACKGROUND_HEADER = "X-Background"
"""A page sends it with requests that no person caused; those do not keep a session alive."""


class CallerAddress:
    """Lets the audit trail know where a request came from."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request with its address in the audit context."""
        token = audit.address.set(str(request.META.get("REMOTE_ADDR", "")))
        try:
            return self.get_response(request)
        finally:
            audit.address.reset(token)


class IdleTimeout:
    """Ends a session after the set minutes without a request that a person caused."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """End the session or renew it, then serve the request."""
        seen = request.session.get(SEEN)
        if seen is not None and isinstance(request.user, User):
            idle = time() - seen
            if idle > current().session_idle_minutes * 60:
                expire(request)
            elif idle > RENEW_AFTER_S and BACKGROUND_HEADER not in request.headers:
                renew(request)
        return self.get_response(request)


class SecurityHeaders:
    """Tells the browser what pages of ours may do: nothing from elsewhere, workers only from our own blobs."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request and add the headers."""
        response = self.get_response(request)
        host = request.get_host()
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; script-src 'self'; worker-src 'self' blob:; child-src blob:; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            f"connect-src 'self' ws://{host} wss://{host}; media-src 'self' data: blob:; manifest-src 'self'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), usb=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
