"""The command line explains itself: every command, option and argument."""

from collections.abc import Iterator
from importlib.metadata import version

import click
from click.testing import CliRunner

from chengmai.cli import COMMANDS, group


def every(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, by their full names."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None, f"{name} {child} is listed but not there"
            yield from every(found, f"{name} {child}")


def test_every_command_can_be_loaded_and_says_what_it_does() -> None:
    found = dict(every(group, "chengmai"))
    assert {f"chengmai {name}" for name in COMMANDS} <= set(found)
    assert [name for name, command in found.items() if not (command.help or "").strip()] == []


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in every(group, "chengmai")
        for option in command.params
        if isinstance(option, click.Option) and not (option.help or "").strip()
    ]
    assert silent == []


def test_every_argument_is_named_in_its_command_s_help() -> None:
    silent = [
        f"{name} {argument.human_readable_name}"
        for name, command in every(group, "chengmai")
        for argument in command.params
        if isinstance(argument, click.Argument) and argument.human_readable_name not in (command.help or "")
    ]
    assert silent == []


def test_help_and_version_answer() -> None:
    runner = CliRunner()
    for name, _ in every(group, "chengmai"):
        result = runner.invoke(group, [*name.split()[1:], "--help"])
        assert result.exit_code == 0, result.output
    assert version("chengmai") in runner.invoke(group, ["--version"]).output
