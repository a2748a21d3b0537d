"""Gateways and datastreams for tests, and a platform's ports of its own."""

from dataclasses import replace
from pathlib import Path

from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.tokens import hash_token, new_token
from chengmai.settings import Settings
from tests.people import add_organisation
from tests.ports import free_port


def own_settings(data_dir: Path, **changes: object) -> Settings:
    """Settings of a platform that is in nobody's way."""
    ports = {"port": free_port(), "mqtt_port": free_port(), "nats_port": free_port()}
    return replace(Settings(), data_dir=data_dir, **{**ports, **changes})  # type: ignore[arg-type]


def add_gateway(code: str = "SIM", owner: str = "JC-WATER-CO") -> tuple[Gateway, str]:
    """A gateway and its token."""
    token = new_token()
    organisation = add_organisation(owner, "utility")
    return Gateway.objects.create(code=code, name=code, owner=organisation, token_hash=hash_token(token)), token


def add_stream(code: str, gateway: Gateway, **facts: object) -> Datastream:
    """A datastream of a gateway, of the same owner."""
    given = {"quantity": "pressure_head", "name": code, "owner": gateway.owner, **facts}
    return Datastream.objects.create(code=code, gateway=gateway, **given)
