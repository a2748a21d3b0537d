"""People for tests: accounts with known passwords, and browsers in which they are logged in."""

from functools import cache
from time import time

from django.contrib.auth.hashers import make_password
from django.test import Client

from chengmai.access.models import Organisation, RoleAssignment, User
from chengmai.access.roles import Role
from chengmai.access.sessions import SEEN
from chengmai.core.clock import now

PASSWORD = "Quiet-River-47"


@cache
def _hash() -> str:
    return make_password(PASSWORD)


def add_organisation(code: str = "CG", kind: str = "bureau") -> Organisation:
    """An organisation, made when it is missing."""
    return Organisation.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code, "kind": kind})[0]


def add_person(username: str, *roles: Role, organisation: Organisation | None = None) -> User:
    """A person with a password of today."""
    user = User.objects.create(
        username=username,
        name=username,
        organisation=organisation or add_organisation(),
        password=_hash(),
        password_changed_at=now(),
    )
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in roles)
    return user


def client_of(user: User) -> Client:
    """A browser in which a person is logged in."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SEEN] = time()
    session.save()
    return client
