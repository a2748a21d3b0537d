"""Commands about people and the audit trail, for whoever runs the machine."""

import sys

import click
from rich.console import Console

from chengmai.core.messages import message
from chengmai.settings import current


def _say(code: str, style: str = "", **params: object) -> None:
    Console().print(
        message(code, current().language, params), style=style, markup=False, highlight=False, soft_wrap=True
    )


@click.group()
def audit() -> None:
    """The audit trail."""
    import django

    django.setup()


@audit.command()
@click.option("--expect", metavar="SEQUENCE:HASH", help="An end of the chain noted earlier; it must still be in it.")
def verify(expect: str | None) -> None:
    """Read the whole chain and compare every hash; exit code 1 when an entry is not what it was."""
    from chengmai.access.audit import verify as verify_chain
    from chengmai.access.models import AuditEntry

    found = verify_chain()
    if not found.intact:
        _say(found.reason, "red", at=found.broken_at)
        sys.exit(1)
    if expect is not None:
        sequence, _, digest = expect.partition(":")
        if not sequence.isdigit() or not AuditEntry.objects.filter(sequence=int(sequence), hash=digest).exists():
            _say("audit.expected_missing", "red", expected=expect)
            sys.exit(1)
    _say("audit.intact", "green", entries=found.entries, head=f"{found.head_sequence}:{found.head_hash}")


def _make_tables() -> None:
    """The first account may come before the platform's first start."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@click.group()
def user() -> None:
    """People: the first accounts of an installation, and administrators' forgotten passwords."""
    import django

    django.setup()


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation", required=True, help="Code of the organisation; made as the bureau when there is none.")
@click.option("--role", "roles", multiple=True, required=True, help="A role, such as security_administrator.")
def add_user(username: str, name: str, organisation: str, roles: tuple[str, ...]) -> None:
    """Make the account USERNAME with roles and print its one-time password."""
    from chengmai.access.models import Organisation
    from chengmai.access.roles import Role
    from chengmai.access.services import add_bureau
    from chengmai.access.services import add_user as add
    from chengmai.core.errors import InvalidInput

    _make_tables()
    unknown = [role for role in roles if role not in set(Role)]
    if unknown:
        raise InvalidInput("role.unknown", value=", ".join(unknown), known=", ".join(Role))
    if not Organisation.objects.exists():
        add_bureau(organisation)
    _say(
        "user.one_time_password", username=username, password=add(None, username, name, organisation, map(Role, roles))
    )


@user.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Replace the forgotten password of USERNAME, an administrator's too, and print a one-time password."""
    from chengmai.access.services import reset_password as reset

    _make_tables()
    _say("user.one_time_password", username=username, password=reset(None, username))
