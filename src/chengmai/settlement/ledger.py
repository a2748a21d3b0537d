"""The ledger: double entry, balanced by its type and by the database, never changed, only reversed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict
from chengmai.core.identity import new_id
from chengmai.core.lineage import seal
from chengmai.settlement.models import Posting, PostingEntry, PostingSeal, ServiceContract
from chengmai.settlement.terms import LedgerAccount, PostingSource


@dataclass(frozen=True, slots=True)
class Transfer:
    """A balanced set of entries [fen], debit above zero; there is no other: an unbalanced one cannot be made."""

    entries: Mapping[LedgerAccount, int]

    def __post_init__(self) -> None:
        amounts = list(self.entries.values())
        if any(type(fen) is not int for fen in amounts):
            raise TypeError("money is whole fen")
        if len(amounts) < 2 or sum(amounts) != 0 or not all(amounts):
            raise ValueError(f"not balanced: {dict(self.entries)}")

    def reversed(self) -> "Transfer":
        """The transfer that takes it back."""
        return Transfer({account: -fen for account, fen in self.entries.items()})


@dataclass(frozen=True, slots=True)
class Origin:
    """What is posted, and for what: with its source a posting is made once."""

    contract: ServiceContract
    source: PostingSource
    source_id: UUID
    on: date
    text: str


def post(origin: Origin, transfer: Transfer) -> Posting:
    """Post, or give what was posted for the same source already; raises Conflict when that was something else.

    Call it in the transaction of what is posted: both are there, or neither.
    """
    entries = {account.value: fen for account, fen in sorted(transfer.entries.items())}
    told = {"contract": origin.contract.code, "source": origin.source, "id": str(origin.source_id)}
    fingerprint = seal({**told, "on": origin.on, "entries": entries})
    with transaction.atomic():
        known = Posting.objects.filter(source=origin.source, source_id=origin.source_id).select_related("seal").first()
        if known is not None:
            if known.seal.hash != fingerprint:
                raise Conflict("settlement.posted_otherwise", source=origin.source.value)
            return known
        posting = Posting.objects.create(
            seal_id=new_id(),
            contract=origin.contract,
            source=origin.source,
            source_id=origin.source_id,
            on=origin.on,
            text=origin.text[:255],
        )
        reach("posting.without_entries")
        PostingEntry.objects.bulk_create(
            PostingEntry(posting=posting, account=account, amount_fen=fen) for account, fen in entries.items()
        )
        reach("posting.without_seal")
        PostingSeal.objects.create(id=posting.pk, hash=fingerprint, sealed_at=now())
        reach("posting.before_commit")
    return posting


def take_back(origin: Origin, source: PostingSource, source_id: UUID) -> Posting | None:
    """Post the negative of what was posted for a source; None when nothing was."""
    known = Posting.objects.filter(source=source, source_id=source_id).first()
    if known is None:
        return None
    entries = {LedgerAccount(entry.account): entry.amount_fen for entry in known.entries.all()}
    return post(origin, Transfer(entries).reversed())


def balance(contract: ServiceContract, account: LedgerAccount) -> int:
    """What stands on an account of a contract [fen], debit above zero."""
    rows = PostingEntry.objects.filter(posting__contract=contract, account=account)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def is_sealed(posting: Posting) -> bool:
    """Whether a posting still has the hash it was sealed with, and balances."""
    entries = {entry.account: entry.amount_fen for entry in posting.entries.order_by("account")}
    told = {"contract": posting.contract.code, "source": posting.source, "id": str(posting.source_id)}
    whole = seal({**told, "on": posting.on, "entries": entries}) == posting.seal.hash
    return whole and sum(entries.values()) == 0
