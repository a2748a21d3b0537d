"""The guard at doors that programs pass: a key of the right purpose in the Authorization header."""

from django.http import HttpRequest

from chengmai.access.roles import Permission
from chengmai.casework.citizens.client_keys import client_of
from chengmai.casework.citizens.models import ClientKey, KeyPurpose
from chengmai.core.errors import NotAllowed, NotAuthenticated


class ProgramDoor:
    """Admits a program by ``Authorization: Bearer <key>``; ``request.auth`` is then its key's row."""

    permissions: tuple[Permission, ...] = ()

    def __init__(self, purpose: KeyPurpose) -> None:
        self.purpose = purpose

    def __call__(self, request: HttpRequest) -> ClientKey:
        """The program's key; raises NotAuthenticated."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        try:
            return client_of(key.strip() if scheme.lower() == "bearer" else "", self.purpose)
        except NotAllowed as error:
            raise NotAuthenticated("client_key.refused") from error
