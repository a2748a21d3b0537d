"""Use-cases on gateways and datastreams."""

import re

from django.db import IntegrityError, transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.sensing import runtime
from chengmai.sensing.models import Gateway
from chengmai.sensing.tokens import hash_token, new_token

_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""A gateway's code is part of its topic, so it holds nothing that separates or matches topics."""


def add_gateway(actor: User | None, code: str, name: str, owner: str) -> tuple[Gateway, str]:
    """Make a gateway; its token is returned once and kept only as a hash.

    Raises InvalidInput for a code that cannot be part of a topic, Conflict for a taken one, NotFound for the owner.
    """
    if not _CODE.fullmatch(code) or code.lower() == "chengmai":
        raise InvalidInput("gateway.bad_code", value=code)
    organisation = Organisation.objects.filter(code=owner).first()
    if organisation is None or not reaches(actor, organisation):
        raise NotFound("organisation.unknown", code=owner)
    token = new_token()
    gateway = Gateway(code=code, name=name, owner=organisation, token_hash=hash_token(token))
    try:
        with transaction.atomic():
            gateway.save(force_insert=True)
            audit.record(actor, "gateway.added", "gateway", code, after={"name": name, "owner": owner})
    except IntegrityError as error:
        raise Conflict("gateway.taken", code=code) from error
    tell_running()
    return gateway, token


def renew_token(actor: User | None, code: str) -> str:
    """Give a gateway a new token; the old one opens no door any more. Raises NotFound."""
    token = new_token()
    with transaction.atomic():
        gateway = Gateway.objects.select_for_update(of=("self",)).select_related("owner").filter(code=code).first()
        if gateway is None or not reaches(actor, gateway.owner):
            raise NotFound("gateway.unknown", code=code)
        gateway.token_hash = hash_token(token)
        gateway.save(update_fields=["token_hash"])
        audit.record(actor, "gateway.token_renewed", "gateway", code)
    tell_running()
    return token


def tell_running() -> None:
    """Let the doors of this process know at once; another process looks every few seconds."""
    transaction.on_commit(runtime.refresh_names)
