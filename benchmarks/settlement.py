"""``python -m benchmarks.settlement``: months of many contracts settled from tickets, beside bare SQL.

A ticket is a row of a table of its own with whole kilograms, as a weighbridge tells it. Bare SQL sums them by contract
and month and multiplies by the price; the platform opens a sheet with them as its evidence, has it checked and frozen,
drafts a statement of all months by the contract's text, and has it approved and posted. Both must agree to the fen.
Audited, sealed, by three people: that is what the difference buys. On SQLite, or where ``CHENGMAI_DATABASE_URL`` says.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

PRICE_FEN = 10_600
"""106 yuan a tonne."""
TEXT = """合同 处理费 {number}
编号 B-{number}
已知
    处理量 : 吨
约定
    单价 = 106 元/吨
计算
    处理费 = 处理量 × 单价    取整到 0.01 元 四舍五入
应付 处理费
"""


def main() -> int:
    """Settle, compare and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--contracts", type=int, default=100)
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--tickets", type=int, default=10_000, help="of each contract's month")
    told = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengmai-settlement-") as folder:
        os.environ["CHENGMAI_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
        return _measure(Path(folder), told.contracts, told.months, told.tickets)


def _measure(folder: Path, contracts: int, months: int, tickets: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from chengmai.secrets_file import load_secrets

    load_secrets(folder)
    call_command("migrate", verbosity=0)
    _weigh(contracts, months, tickets)
    started = time.monotonic()
    bare = _bare()
    bare_s = time.monotonic() - started
    started = time.monotonic()
    settled = _settle(contracts, months)
    settled_s = time.monotonic() - started
    rows = contracts * months * tickets
    table = Table("way", "s", "tickets/s", title=f"{contracts} contracts x {months} months x {tickets} tickets")
    for name, seconds in (
        (f"bare SQL on {connection.vendor}", bare_s),
        ("settled, sealed, audited, posted", settled_s),
    ):
        table.add_row(name, f"{seconds:.2f}", f"{rows / seconds:,.0f}")
    console = Console()
    console.print(table)
    differing = sum(bare[number] != settled[number] for number in bare)
    console.print(f"ratio {settled_s / bare_s:.0f}; contracts that differ by a fen or more: {differing}")
    return 1 if differing else 0


def _weigh(contracts: int, months: int, tickets: int) -> None:
    from django.db import connection, transaction

    chance = random.Random(1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE weighed (contract INTEGER, month INTEGER, ticket INTEGER, kg INTEGER)")
        for contract in range(contracts):
            for month in range(1, months + 1):
                rows = [(contract, month, number, chance.randint(4_000, 16_000)) for number in range(tickets)]
                cursor.executemany("INSERT INTO weighed VALUES (%s, %s, %s, %s)", rows)
        cursor.execute("CREATE INDEX weighed_by ON weighed (contract, month)")


def _bare() -> dict[int, int]:
    """Fen of each contract: kilograms times fen a tonne, over a thousand, a half going up."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contract, (2 * SUM(month_kg) * %s + 1000) / 2000 FROM (SELECT contract, month, SUM(kg) AS month_kg"
            " FROM weighed GROUP BY contract, month) AS months GROUP BY contract",
            [PRICE_FEN],
        )
        return {int(number): int(fen) for number, fen in cursor.fetchall()}


def _settle(contracts: int, months: int) -> dict[int, int]:
    from django.db import connection
    from tests.people import add_organisation, add_person

    from chengmai.access.roles import Role
    from chengmai.settlement import sheets, sources, statements, versions
    from chengmai.settlement.states import SheetAction, StatementAction

    def find(asked: sources.Asked) -> sources.FoundQuantity:
        with connection.cursor() as cursor:
            place = [int(asked.parameters["contract"]), asked.first.month]
            cursor.execute("SELECT ticket, kg FROM weighed WHERE contract = %s AND month = %s ORDER BY ticket", place)
            rows = cursor.fetchall()
        inputs = tuple({"kind": "ticket", "id": str(number), "kg": kg} for number, kg in rows)
        return sources.FoundQuantity(Decimal(sum(kg for _, kg in rows)) / 1000, inputs)

    sources.register(sources.QuantitySource("weighed", ("contract",), find))
    add_organisation()
    clerk, checker = add_person("clerk", Role.FINANCE), add_person("checker", Role.FINANCE)
    leader = add_person("leader", Role.FINANCE_LEADER)
    found = {}
    for number in range(contracts):
        text, begun = TEXT.format(number=number), date(2025, 1, 1)
        version = versions.load_contract(clerk, versions.ContractDraft("b.txt", text, "CG", "CG", begun)).version
        assert version is not None
        binding = versions.BindingDraft("处理量", "weighed", {"contract": str(number)})
        contract = versions.bind(clerk, version.contract, 1, [binding])
        for month in range(1, months + 1):
            sheet = sheets.open_sheet(clerk, contract, date(2025, month, 1))
            for action in (SheetAction.CHECK, SheetAction.FREEZE):
                sheet = sheets.act_on_sheet(checker, sheet.pk, sheet.version, action)
        statement = statements.draft_statement(clerk, contract, begun, date(2025, months, 1))
        for person, step in ((checker, StatementAction.CHECK), (leader, StatementAction.APPROVE)):
            statement = statements.act_on_statement(person, statement.pk, statement.version, step)
        found[number] = statement.total_fen
    return found


if __name__ == "__main__":
    sys.exit(main())
