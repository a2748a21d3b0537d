"""What a password must be, and when it is due for a change."""

import secrets
import string
from datetime import timedelta

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.settings import current

LEAST_LENGTH = 10
LEAST_CLASSES = 3
MOST_LENGTH = 128
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def check_password_rules(password: str, user: User) -> None:
    """Raise InvalidInput, naming the rule, unless a new password is long, mixed and not easily guessed."""
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise InvalidInput("password.length", least=LEAST_LENGTH, most=MOST_LENGTH)
    classes = sum(any(letter in kind for letter in password) for kind in _CLASSES)
    classes += any(all(letter not in kind for kind in _CLASSES) for letter in password)
    if classes < LEAST_CLASSES:
        raise InvalidInput("password.classes", least=LEAST_CLASSES)
    if user.username.lower() in password.lower():
        raise InvalidInput("password.has_username")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError as error:
        raise InvalidInput("password.common") from error
    if user.password and user.check_password(password):
        raise InvalidInput("password.same")


def must_change(user: User) -> bool:
    """True when a person must choose a new password before anything else: a handed-out one, or one too old."""
    if user.password_changed_at is None:
        return True
    days = current().password_days
    return bool(days) and user.password_changed_at < now() - timedelta(days=days)


def fresh_password() -> str:
    """A random password that meets the rules and can be read aloud: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    groups = (letters, letters.upper(), "23456789", letters)
    return "-".join("".join(secrets.choice(group) for _ in range(4)) for group in groups)
