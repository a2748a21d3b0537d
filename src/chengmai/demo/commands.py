"""``chengmai demo``: the whole platform with a city in it, from an empty folder to a page that answers."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click
from rich import box
from rich.console import Console
from rich.table import Table

from chengmai import settings as settings_table
from chengmai.core.errors import Unavailable
from chengmai.core.messages import message
from chengmai.demo.record import CITY, PASSWORDS, DemoRecord, read_record, write_record
from chengmai.portal.lock import InstanceLock
from chengmai.portal.start import bind, demand_space, log_to_stderr
from chengmai.settings import Settings


@click.command()
@click.option("--fresh", is_flag=True, help="Throw away what this demonstration has collected and begin anew.")
@click.option("--new-passwords", is_flag=True, help="Give every demonstration account a new password and print them.")
def demo(fresh: bool, new_passwords: bool) -> None:
    """Run the platform with a demonstration city and its simulator; the first start makes the city."""
    os.environ["CHENGMAI_DEMO"] = "true"
    settings_table.current.cache_clear()
    present = settings_table.current()
    log_to_stderr()
    demand_space(present)
    lock = InstanceLock(present.data_dir)
    lock.acquire()
    record = read_record(present.data_dir)
    if fresh:
        record = _throw_away(present)
    bind(present.host, present.port).close()  # a taken port is told now, not after a minute of preparing
    Demonstration(present, record, lock).run(new_passwords)


class Demonstration:
    """The steps of a first start, each skipped when the record says that it is done."""

    def __init__(self, settings: Settings, record: DemoRecord, lock: InstanceLock) -> None:
        self.settings = settings
        self.record = record
        self.lock = lock
        self.console = Console(soft_wrap=True)
        self.passwords: dict[str, str] = {}

    def run(self, new_passwords: bool) -> None:
        """Prepare what is missing, then run the platform."""
        import django

        with self._step("demo.step.database"):
            django.setup()
            from chengmai.portal.database import prepare_database

            prepare_database()
        if CITY not in self.record.steps:
            with self._step("demo.step.city"):
                self._load_city()
        if new_passwords or PASSWORDS not in self.record.steps:
            with self._step("demo.step.passwords"):
                self._renew_passwords()
        self._serve()

    def _load_city(self) -> None:
        """Load the city; the passwords it made are shown once the platform runs."""
        from chengmai.demo.city import load_city

        made = load_city()
        self.passwords = {account.username: account.password for account in made.people}
        self._done(CITY)

    def _renew_passwords(self) -> None:
        """New passwords for the accounts whose passwords nobody has seen: all but those just made."""
        from django.db import connection, transaction

        from chengmai.access.models import User
        from chengmai.access.services import reset_password
        from chengmai.core.clock import now
        from chengmai.demo.people import PEOPLE

        unseen = [person.username for person in PEOPLE if person.username not in self.passwords]
        with transaction.atomic():
            self.passwords |= {username: reset_password(None, username) for username in unseen}
            User.objects.filter(username__in=unseen).update(password_changed_at=now())
        connection.close()

    def _serve(self) -> None:
        from chengmai.portal.parts import compose, live_feed
        from chengmai.portal.server import Platform

        Platform(self.settings, compose(self.settings), live_feed, self._ready, self.lock).run()
        self._say("serve.stopped")

    def _ready(self, address: str) -> None:
        """The page answers: show the accounts, once, and the address last so that it stays in sight."""
        if self.passwords:
            self.console.print(self._accounts())
            self._say("demo.passwords_once")
            self._done(PASSWORDS)
        self._say("serve.ready", address=address)

    def _accounts(self) -> Table:
        from chengmai.demo.people import PEOPLE

        language = self.settings.language
        columns = [message(f"demo.column.{name}", language, {}) for name in ("username", "password", "role", "name")]
        table = Table(*columns, box=box.SIMPLE_HEAD)
        for column in table.columns[:2]:
            column.no_wrap = True
        for person in PEOPLE:
            role = message(f"demo.role.{person.role}", language, {})
            table.add_row(person.username, self.passwords[person.username], role, person.name)
        return table

    def _done(self, step: str) -> None:
        if step not in self.record.steps:
            self.record.steps.append(step)
            write_record(self.settings.data_dir, self.record)

    @contextmanager
    def _step(self, code: str) -> Iterator[None]:
        """Show that a step is under way and, when it is done, how long it took [s]."""
        began = monotonic()
        with self.console.status(message(code, self.settings.language, {})):
            yield
        self._say(
            "demo.step.done", step=message(code, self.settings.language, {}), seconds=f"{monotonic() - began:.1f}"
        )

    def _say(self, code: str, **params: object) -> None:
        self.console.print(message(code, self.settings.language, params), markup=False, highlight=False)


def _throw_away(settings: Settings) -> DemoRecord:
    """Empty the demonstration's folder, all but the lock we hold.

    Raises Unavailable with a database server: what is in there is not ours alone.
    """
    if settings.database_url or settings.telemetry_url:
        raise Unavailable("demo.fresh_elsewhere")
    for entry in Path(settings.data_dir).iterdir():
        if entry.name == "lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    record = DemoRecord()
    write_record(settings.data_dir, record)
    return record
