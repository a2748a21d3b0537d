"""Kills a process that pays, at seeded points, and counts what was promised after each."""

import os
import random
from collections import Counter
from collections.abc import Mapping

from django.db import connection
from django.db.models import Sum

from chengmai.access.audit import verify
from chengmai.budget.models import ExecutionBooking
from chengmai.settlement import ledger
from chengmai.settlement.models import Payment, Posting, PostingEntry, PostingSeal, Statement
from chengmai.settlement.terms import PostingSource
from tests.store.forked import ForkedProcess
from tests.store.posting_process import MOST, payment_id

POINTS = (
    "payment.booked",
    "posting.without_entries",
    "posting.without_seal",
    "posting.before_commit",
    "payment.committed",
)
LONGEST_S = 60.0
KILLED = -9


def kill_payments(
    statement: Statement, clerk: str, kills: int, seed: int, environment: Mapping[str, str]
) -> tuple[Counter[str], list[str]]:
    """How often each point killed, and the promises that were broken; the process always pays on where it died."""
    chance, killed, broken, first = random.Random(seed), Counter[str](), list[str](), 0
    while killed.total() < kills and not broken:
        point = chance.choice(POINTS)
        crash = {"CHENGMAI_CRASH_AT": f"{point}:{chance.randint(1, MOST)}"}
        told = (str(connection.settings_dict["NAME"]), str(statement.pk), clerk, str(first))
        said: list[int] = []
        with ForkedProcess("tests.store.posting_process", {**os.environ, **environment, **crash}, *told) as run:
            while words := run.hear():
                said.append(int(words[0]))
            ended = run.wait(LONGEST_S)
        if ended not in (0, KILLED):
            broken.append(f"ended with {ended}")
        killed[point] += ended == KILLED
        broken += [f"{point}: {one}" for one in promises(statement, said)]
        # Begin with the last part that was said: it must be known, and the one that died before it was said too.
        first = said[-1] if said else first
    if not verify().intact:
        broken.append("the audit chain does not hold")
    return killed, broken


def promises(statement: Statement, said: list[int]) -> list[str]:
    """What does not hold now: nothing said is lost, nothing is half posted, nothing is there twice."""
    broken = []
    payments = list(Payment.objects.filter(statement=statement).prefetch_related("parts"))
    known = {one.pk for one in payments}
    broken += [
        f"part {number} was said and is lost" for number in said if payment_id(str(statement.pk), number) not in known
    ]
    booked = {str(one.pk): one.amount_fen for one in ExecutionBooking.objects.all()}
    parts = {part.booking: part.amount_fen for one in payments for part in one.parts.all()}
    if booked != parts:
        broken.append("the budget's bookings are not those of the payments")
    postings = {one.source_id: one for one in Posting.objects.filter(source=PostingSource.PAYMENT)}
    if set(postings) != known:
        broken.append("the postings are not those of the payments")
    broken += [f"{one.pk} is not whole" for one in postings.values() if not ledger.is_sealed(one)]
    sums = PostingEntry.objects.values("posting").annotate(sum=Sum("amount_fen")).exclude(sum=0)
    if sums.exists() or PostingSeal.objects.count() != Posting.objects.count():
        broken.append("the ledger is not balanced")
    return broken
