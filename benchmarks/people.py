"""People who are logged in, without the slow way through the log-in page."""

import time
from datetime import UTC, datetime
from typing import Any


def add_person(name: str, organisation: Any, role: str = "operator") -> Any:
    """A person of an organisation with one role."""
    from chengmai.access.models import RoleAssignment, User

    user = User.objects.create(
        username=name, name=name, organisation=organisation, password_changed_at=datetime.now(UTC)
    )
    RoleAssignment.objects.create(user=user, role=role)
    return user


def session_of(user: Any) -> str:
    """The cookie of a new session of a person."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from chengmai.access.sessions import SEEN

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SEEN] = time.time()
    session.create()
    return str(session.session_key)
