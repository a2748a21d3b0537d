"""Logging in and out, lock-out, and who is behind a session cookie."""

from collections.abc import Callable, Collection
from datetime import timedelta
from time import time
from typing import Any, cast

from django.conf import settings as django
from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from chengmai.access import audit
from chengmai.access.models import AuditEntry, User
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, InvalidInput, NotAllowed, NotAuthenticated, TooMany
from chengmai.settings import current

SEEN = "seen"
"""Session key: when a person last caused a request [s since 1970]."""

BACKEND = "django.contrib.auth.backends.ModelBackend"

ended: list[Callable[[str, str | None, str | None], None]] = []
"""Called as (username, the session that ended or None for all, the one that goes on or None), once it is committed;
whoever keeps live connections closes them here."""


def log_in(request: HttpRequest, username: str, password: str) -> User:
    """Log a person in.

    Raises NotAuthenticated for a wrong name or password (which of the two it does not tell) or a locked account,
    TooMany when one address fails too often. Every failure is in the audit trail.
    """
    _limit_rate()
    user = _examine(username, password)
    if isinstance(user, ChengmaiError):
        raise user
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        request.session[SEEN] = time()
        audit.record(user, "session.log_in", "user", user.username)
    return user


def _examine(username: str, password: str) -> User | ChengmaiError:
    """Who it is, or why not. Failures are written even though the request fails, so nothing is raised in here.

    The slow hash is computed outside the transaction: it must not hold the one writer's lock.
    """
    user = User.objects.filter(username=username).first()
    right = _password_is_right(user, password)
    with transaction.atomic():
        audit.take_turn()
        user = User.objects.select_for_update().filter(username=username).first()
        if user is None:
            _record_failure("", "unknown_name")
            return _wrong()
        if _is_locked(user):
            _record_failure(username, "locked")
            return _wrong()
        if not right or not user.is_active:
            return _count_failure(user)
        if user.failed_logins or user.locked_until:
            User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=None)
        return user


def _password_is_right(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)  # as slow as for a known name
        return False
    return user.check_password(password)


def _record_failure(username: str, reason: str) -> None:
    """A name nobody has is not kept: people type passwords into the wrong field."""
    audit.record(None, "session.log_in", "user", username, result="failed", after={"reason": reason})


def _count_failure(user: User) -> ChengmaiError:
    _record_failure(user.username, "wrong_password" if user.is_active else "inactive")
    if user.failed_logins + 1 < current().login_failures:
        User.objects.filter(pk=user.pk).update(failed_logins=F("failed_logins") + 1)
        return _wrong()
    until = now() + timedelta(minutes=current().lockout_minutes)
    User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=until)
    audit.record(None, "user.locked", "user", user.username, after={"locked_until": until})
    return _wrong()


def _is_locked(user: User) -> bool:
    return user.locked_until is not None and user.locked_until > now()


def _wrong() -> NotAuthenticated:
    """One answer for an unknown name, a wrong password and a locked account: no other tells which names there are."""
    return NotAuthenticated("session.wrong", failures=current().login_failures, minutes=current().lockout_minutes)


def _limit_rate() -> None:
    """Raise TooMany when this address failed more often within a minute than anybody mistypes."""
    recent = AuditEntry.objects.filter(
        action="session.log_in", at__gt=now() - timedelta(minutes=1), address=audit.address.get(), result="failed"
    )
    if recent.count() >= current().login_failures_per_minute:
        raise TooMany("session.too_many")


def log_out(request: HttpRequest) -> None:
    """End the session of a request."""
    user, key = cast(User, request.user), request.session.session_key
    with transaction.atomic():
        audit.record(user, "session.log_out", "user", user.username)
        auth.logout(request)
    _tell_ended(user.username, key, None)


def expire(request: HttpRequest) -> None:
    """End a session that nobody used for too long."""
    user, key = cast(User, request.user), request.session.session_key
    with transaction.atomic():
        audit.record(user, "session.expired", "user", user.username)
        auth.logout(request)
    _tell_ended(user.username, key, None)


def end_all(username: str, but: str | None = None) -> None:
    """Close what hangs on a person's sessions, but for one; the sessions themselves no longer open any door."""
    transaction.on_commit(lambda: _tell_ended(username, None, but))


def demand_password(user: User, password: str) -> None:
    """Ask a person who is logged in for the password again.

    A wrong one counts as a failed log-in. Raises InvalidInput for a wrong one, NotAllowed while the account is locked,
    TooMany when one address fails too often.
    """
    _limit_rate()
    right = user.check_password(password)
    with transaction.atomic():
        audit.take_turn()
        present = User.objects.select_for_update().get(pk=user.pk)
        locked = _is_locked(present)
        if locked:
            _record_failure(present.username, "locked")
        elif not right:
            _count_failure(present)
    if locked:
        raise NotAllowed("session.locked", minutes=current().lockout_minutes)
    if not right:
        raise InvalidInput("password.wrong")


def renew(request: HttpRequest) -> None:
    """Note that a person is there."""
    request.session[SEEN] = time()


def users_of(cookies: Collection[str]) -> dict[str, User]:
    """The people behind session cookies, without renewing them; a session that is over is not among them.

    However many are asked for, the database is asked a few times only.
    """
    told = _sessions(cookies)
    key = User._meta.pk.to_python
    active = User.objects.filter(is_active=True, pk__in={key(session[auth.SESSION_KEY]) for session in told.values()})
    people = {user.pk: user for user in active.select_related("organisation").prefetch_related("role_assignments")}
    behind = ((cookie, people.get(key(session[auth.SESSION_KEY])), session) for cookie, session in told.items())
    return {cookie: user for cookie, user, session in behind if user is not None and _is_his(session, user)}


def _sessions(cookies: Collection[str]) -> dict[str, dict[str, Any]]:
    """What is kept under cookies whose person logged in and was there not too long ago."""
    oldest = time() - current().session_idle_minutes * 60
    rows = Session.objects.filter(session_key__in=set(cookies), expire_date__gt=now())
    kept = {row.session_key: row.get_decoded() for row in rows}
    return {
        cookie: session
        for cookie, session in kept.items()
        if auth.SESSION_KEY in session and session.get(SEEN, 0.0) >= oldest
    }


def _is_his(session: dict[str, Any], user: User) -> bool:
    """Whether a session was opened with the person's present password."""
    told = str(session.get(auth.HASH_SESSION_KEY, ""))
    own = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(told, one) for one in own)


def cookie_name() -> str:
    """Name of the session cookie."""
    return str(django.SESSION_COOKIE_NAME)


def _tell_ended(username: str, key: str | None, but: str | None) -> None:
    for listener in ended:
        listener(username, key, but)
