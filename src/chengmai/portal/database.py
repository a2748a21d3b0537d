"""The transactions' database made ready: reachable, of the present schema, without leftovers."""

from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection

from chengmai.core.clock import now
from chengmai.core.errors import Unavailable
from chengmai.portal.failures import storage_error


def sqlite_file() -> Path | None:
    """The file of the embedded database; None on PostgreSQL."""
    return Path(str(connection.settings_dict["NAME"])) if connection.vendor == "sqlite" else None


def prepare_database() -> None:
    """Bring the schema up to date and drop sessions that are over; raises Unavailable with one clear sentence."""
    file = sqlite_file()
    if file is not None and not file.exists():
        file.touch(mode=0o600)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        Session.objects.filter(expire_date__lt=now()).delete()
    except DatabaseError as error:
        raise storage_error(error) or Unavailable("database.gone", reason=str(error).strip()) from error
    finally:
        connection.close()
