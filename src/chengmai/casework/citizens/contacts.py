"""How a citizen is reached: kept encrypted, shown masked, read whole only with a permission and on the record."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from django.db import transaction

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.citizens.models import Contact
from chengmai.core.encryption import decrypt, derived_key, encrypt
from chengmai.core.errors import InvalidInput, NotAllowed
from chengmai.secrets_file import load_secrets
from chengmai.settings import current

_PHONE = re.compile(r"[0-9]{5,15}")
_SHOWN_FIRST, _SHOWN_LAST = 3, 2


@dataclass(frozen=True, slots=True)
class Reachable:
    """Name, telephone number and e-mail address of a person, as far as they are told."""

    name: str = ""
    phone: str = ""
    email: str = ""


def number_of(phone: str) -> str:
    """A telephone number as figures only, without China's country code; raises InvalidInput when it is none."""
    digits = re.sub(r"[\s()\-\u2013.]", "", unicodedata.normalize("NFKC", phone).strip())
    digits = re.sub(r"^(\+|00)86", "", digits).removeprefix("+")
    if not _PHONE.fullmatch(digits):
        raise InvalidInput("contact.phone_unfit")
    return digits


def masked(number: str) -> str:
    """A number as those see it who need not call: its first three and last two figures."""
    hidden = len(number) - _SHOWN_FIRST - _SHOWN_LAST
    return number[:_SHOWN_FIRST] + "*" * hidden + number[-_SHOWN_LAST:] if hidden > 1 else "*" * len(number)


def key_of(number: str) -> str:
    """The keyed hash by which the same number is found again without being readable."""
    return hmac.new(own_key("phone-index"), number.encode(), hashlib.sha256).hexdigest()


def keep(told: Reachable) -> Contact | None:
    """Keep how somebody is reached; None when nothing is told. Raises InvalidInput for what is no number."""
    if not (told.name.strip() or told.phone.strip() or told.email.strip()):
        return None
    made = sealed(told)
    made.save(force_insert=True)
    return made


def sealed(told: Reachable) -> Contact:
    """How somebody is reached as it is kept, not stored yet; raises InvalidInput for what is no number."""
    number = number_of(told.phone) if told.phone.strip() else ""
    return Contact(
        name=_sealed(told.name.strip()),
        phone=_sealed(number),
        email=_sealed(told.email.strip()),
        phone_key=key_of(number) if number else "",
        phone_masked=masked(number) if number else "",
    )


def rename(contact: Contact, name: str) -> None:
    """Keep another name for somebody; part of the caller's transaction."""
    contact.name = _sealed(name.strip())
    contact.save(update_fields=("name",))


def read(user: User, contact: Contact, reason: str) -> Reachable:
    """Name and numbers in the clear, for whoever may call citizens; every reading is in the audit trail.

    Raises NotAllowed without the permission.
    """
    if Permission.CONTACT_READ not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CONTACT_READ.value)
    with transaction.atomic():
        record(user, "contact.read", "contact", str(contact.pk), after={"reason": reason})
    return opened(contact)


def opened(contact: Contact) -> Reachable:
    """What is kept, in the clear; for those who have asked whether it may be shown."""
    return Reachable(*(_opened(value) for value in (contact.name, contact.phone, contact.email)))


def _sealed(text: str) -> str:
    return encrypt(own_key("contact"), text) if text else ""


def _opened(sealed: str) -> str:
    return decrypt(own_key("contact"), sealed) if sealed else ""


@cache
def own_key(purpose: str) -> bytes:
    """The key of this installation for one purpose of this room."""
    return derived_key(load_secrets(current().data_dir).django_key, purpose)
