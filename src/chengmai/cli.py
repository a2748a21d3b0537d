"""The ``chengmai`` command: one table of commands, each loaded only when it is called."""

import os
import sys
from importlib import import_module

import click
from rich.console import Console

from chengmai.core.errors import ChengmaiError
from chengmai.core.messages import choose_language, message

COMMANDS: dict[str, str] = {
    "demo": "chengmai.demo.commands:demo",
    "serve": "chengmai.portal.commands:serve",
    "network": "chengmai.assets.commands:network",
    "replay": "chengmai.sensing.commands:replay",
    "detect": "chengmai.warning.commands:detect",
    "defaults": "chengmai.portal.commands:defaults",
    "user": "chengmai.access.commands:user",
    "audit": "chengmai.access.commands:audit",
    "settings": "chengmai.portal.commands:settings",
    "doctor": "chengmai.portal.commands:doctor",
    "openapi": "chengmai.portal.commands:openapi",
    "simulate": "chengmai.demo.simulate:simulate",
    "budget": "chengmai.budget.commands:budget",
    "contract": "chengmai.settlement.commands:contract",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, so that ``--help`` stays quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names in the table's order."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of a name; None when there is none."""
        target = COMMANDS.get(name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="chengmai")
def group() -> None:
    """Chengmai 城脉: the platform a city management bureau runs on."""


def _run() -> None:
    """Run the command; a store that is full, locked or gone is an error with a code as everywhere."""
    try:
        group()
    except Exception as error:
        from django.apps import apps

        if isinstance(error, ChengmaiError) or not apps.ready:
            raise
        from chengmai.portal.failures import storage_error

        known = storage_error(error)
        if known is None:
            raise
        raise known from error


def main() -> None:
    """Run the command line; an error with a code ends in one clear sentence and its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengmai.django_settings")
    try:
        _run()
    except ChengmaiError as error:
        sentence = message(error.code, choose_language(os.environ.get("CHENGMAI_LANGUAGE", "")), error.params)
        Console(stderr=True).print(f"chengmai: {sentence}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
