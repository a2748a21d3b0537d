"""Writes docs/reference from the code, so that it cannot say anything else (``make reference``; a test holds it)."""

import atexit
import json
import os
from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import click

FOLDER = Path(__file__).parent / "reference"
WRITTEN = "<!-- Written by `make reference` from the code; change the code, not this file. -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *map(list, rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def settings_page() -> str:
    """Every setting: its environment name, type, default and meaning."""
    from chengmai.settings import rows

    text = "# Settings\n\nRead from the environment once, at start; `chengmai settings` shows the present values.\n"
    facts = ((f"`{row.env}`", row.type, f"`{row.default}`" if row.default else "", row.doc) for row in rows())
    return text + "\n" + table(("environment", "type", "default", "meaning"), facts)


def roles_page() -> str:
    """Every role and what it may do."""
    from chengmai.access.roles import PERMISSIONS, Permission, Role

    text = "# Roles\n\nA door asks for a permission; a role holds permissions; a person holds roles.\n"
    facts = ((f"`{role}`", ", ".join(f"`{held}`" for held in Permission if held in PERMISSIONS[role])) for role in Role)
    return text + "\n" + table(("role", "permissions"), facts)


def machine(name: str, transitions: Any, permissions: Any) -> str:
    """One state machine as a table, from its tables in the code."""
    by_itself = "the evaluation itself"
    facts = (
        (f"`{state}`", f"`{action}`", f"`{after}`", f"`{permissions[action]}`" if action in permissions else by_itself)
        for (state, action), after in transitions.items()
    )
    return f"\n## {name}\n\n" + table(("from", "action", "to", "permission"), facts)


def states_page() -> str:
    """The state machines."""
    from chengmai.access.roles import Permission
    from chengmai.budget.construction import states as construction
    from chengmai.budget.performance import terms as performance
    from chengmai.casework.cases import states as case
    from chengmai.custody import states as custody
    from chengmai.devices import states as devices
    from chengmai.disposal import valve_states as valves
    from chengmai.warning import states as warning

    text = "# States\n\nEach machine is one table in the code; what is not in it is refused.\n"
    return (
        text
        + machine("Alarm", warning.ALARM_TRANSITIONS, warning.ALARM_PERMISSIONS)
        + machine("Warning", warning.WARNING_TRANSITIONS, warning.WARNING_PERMISSIONS)
        + machine("Planned works", warning.PLANNED_WORK_TRANSITIONS, warning.PLANNED_WORK_PERMISSIONS)
        + machine("Device", devices.DEVICE_TRANSITIONS, devices.DEVICE_PERMISSIONS)
        + machine("Maintenance order", devices.MAINTENANCE_TRANSITIONS, devices.MAINTENANCE_PERMISSIONS)
        + machine("Manifest", custody.MANIFEST_TRANSITIONS, custody.MANIFEST_PERMISSIONS)
        + machine(
            "Acceptance",
            construction.ACCEPTANCE_TRANSITIONS,
            dict.fromkeys(construction.AcceptanceAction, Permission.PROJECT_MANAGE),
        )
        + machine(
            "Assessment of a target sheet",
            performance.ASSESSMENT_TRANSITIONS,
            dict.fromkeys(performance.AssessmentAction, Permission.PERFORMANCE_MANAGE),
        )
        + machine("Case", case.CASE_TRANSITIONS, case.CASE_PERMISSIONS)
        + machine(
            "Valve plan",
            valves.VALVE_PLAN_TRANSITIONS,
            dict.fromkeys(valves.ValvePlanAction, Permission.VALVE_PLAN),
        )
        + machine(
            "Valve step",
            {(f"{kind}: {at}", act): then for (kind, at, act), then in valves.VALVE_STEP_TRANSITIONS.items()},
            dict.fromkeys(valves.ValveStepAction, Permission.VALVE_CONFIRM),
        )
    )


def described(command: click.Command, name: str, depth: int) -> str:
    """A command's page part, then its subcommands'."""
    context = click.Context(command, info_name=name)
    text = f"\n{'#' * depth} `{name}`\n\n{(command.help or '').strip()}\n"
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        text += "\n" + table(("option", "meaning"), ((f"`{', '.join(o.opts)}`", o.help or "") for o in options))
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                text += described(found, f"{name} {child}", depth + 1)
    return text


def commands_page() -> str:
    """Every command with its options."""
    from chengmai.cli import COMMANDS, group

    text = "# Commands\n\nEvery command also explains itself: `chengmai COMMAND --help`.\n"
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        if command is not None:
            text += described(command, f"chengmai {name}", 2)
    return text


def network_files_page() -> str:
    """The survey tables with their columns, and every rule a network file can break."""
    from chengmai.core.messages import LANGUAGES, catalogue
    from chengmai.network.survey_tables import REQUIRED, TABLES
    from chengmai.network.survey_utilities import CUSTOMS, beginnings

    text = (
        "# Network files\n\n`chengmai network import` and the import page take EPANET input files (INP, in any of its\n"
        "units) and survey tables: a folder or a ZIP of CSV files (UTF-8 or GB 18030), or a workbook. A table is\n"
        "known by its name (`JSPoint`, `给水管点`), a column by any of its headers; a header may take two rows. X is\n"
        "north and Y is east, in a CGCS2000 3-degree zone; heights and depths are in m, sizes in mm, flows in m3/h.\n"
        "\nBoth can only check a file (`--dry-run`, `dry_run=true`): all findings are told, nothing is stored.\n"
        "\nA file without errors is published at once. One with errors is loaded, as far as it is sound, as an\n"
        "edition that waits: people keep seeing the present one until an engineer has read the findings and publishes\n"
        "it on the page, or imports with `--publish-anyway`. What nobody publishes in 30 days is cleared away by a\n"
        "later import.\n"
        "\nA network has one utility; tables of any other in the same file are skipped and told. Roughness is the\n"
        "Hazen-Williams coefficient for water, in mm for gas and heat; the points of storm, sewer, power and telecom\n"
        "networks are chambers, and stand in the ground also where no conduit is told.\n\n"
    )
    told = (
        (utility.value, f"`{customs.code}`", ", ".join(f"`{word}`" for word in beginnings(utility)))
        for utility, customs in CUSTOMS.items()
    )
    text += table(("utility", "we write", "names of its tables begin with"), told)
    for name, columns in TABLES.items():
        rows = (
            (f"`{column}`", ", ".join(f"`{header}`" for header in headers), "yes" if column in REQUIRED[name] else "")
            for column, headers in columns.items()
        )
        title = "Result sheet 管线点成果表, known by its header" if name == "Result" else f"XX{name}"
        text += f"\n## {title}\n\n" + table(("column", "headers", "needed"), rows)
    said = [catalogue(language) for language in LANGUAGES]
    rules = (
        (f"`{code.removeprefix('finding.')}`", *(each[code] for each in said))
        for code in sorted(said[0])
        if code.startswith("finding.")
        and not code.startswith(("finding.device.", "finding.disclosure.", "finding.units."))
    )
    text += "\n## Rules\n\nThe whole file is checked. An error keeps its row out, a warning lets it in.\n\n"
    return text + table(("rule", *LANGUAGES), rules)


def disclosure_files_page() -> str:
    """The tables of a published budget with their columns, and every rule a disclosed file can break."""
    from chengmai.core.messages import LANGUAGES, catalogue
    from chengmai.disclosure.layouts import layouts

    text = (
        "# Disclosure files\n\n`chengmai budget read` takes a published budget as text (tables by tabs), XLSX or CSV.\n"
        "A table is known by its title and header, a column by its label, never by its position.\n"
    )
    for layout in layouts():
        text += f"\n## {layout.province} {', '.join(map(str, layout.years))}\n\n"
        rows = (
            (str(form.number), f"`{form.key}`", form.title, ", ".join(f"`{column.key}`" for column in form.columns))
            for form in layout.tables
        )
        text += table(("number", "table", "title", "columns"), rows)
    said = [catalogue(language) for language in LANGUAGES]
    rules = (
        (f"`{code.removeprefix('finding.')}`", *(each[code] for each in said))
        for code in sorted(said[0])
        if code.startswith("finding.disclosure.")
    )
    text += "\n## Rules\n\nAn error is wrong in print or cannot be read; a warning is to be looked at.\n\n"
    return text + table(("rule", *LANGUAGES), rules)


def openapi_page() -> str:
    """The API's OpenAPI document."""
    from chengmai.portal.api import api

    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


PAGES = {
    "network-files.md": network_files_page,
    "disclosure-files.md": disclosure_files_page,
    "settings.md": settings_page,
    "roles.md": roles_page,
    "states.md": states_page,
    "commands.md": commands_page,
    "openapi.json": openapi_page,
}


def text_of(name: str) -> str:
    """What a page must hold."""
    text = PAGES[name]()
    return text if name.endswith(".json") else WRITTEN + text


def main() -> None:
    """Write every page; what the code keeps while it is read goes into a folder thrown away."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
    os.environ["CHENGMAI_DATA_DIR"] = mkdtemp(prefix="chengmai-docs-")
    atexit.register(rmtree, os.environ["CHENGMAI_DATA_DIR"])
    django.setup()
    FOLDER.mkdir(exist_ok=True)
    for name in PAGES:
        (FOLDER / name).write_text(text_of(name))


if __name__ == "__main__":
    main()
