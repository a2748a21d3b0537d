"""Words of settlement: how months are put together, kinds of lines, accounts of the ledger, sources of money."""

from enum import StrEnum

QUANTITY_SCALE = 10**6
"""Quantities are kept as whole millionths of the unit they were told in."""


class OverMonths(StrEnum):
    """What several months of an input come to: their sum, or one value that must be the same in each."""

    SUM = "sum"
    SAME = "same"


class StatementLineKind(StrEnum):
    """What a line of a statement is."""

    COMPUTED = "computed"
    ADJUSTMENT = "adjustment"
    DEDUCTION = "deduction"
    SUPPLEMENT = "supplement"
    ADVANCE = "advance"


BY_HAND = (StatementLineKind.DEDUCTION, StatementLineKind.SUPPLEMENT, StatementLineKind.ADVANCE)
"""Lines that a person writes, with a reason and a document; the others are computed."""


class Fund(StrEnum):
    """Whose money it is: general public budget or government fund; the names are the budget's columns."""

    GENERAL = "general"
    GOVERNMENT = "fund"


class LedgerAccount(StrEnum):
    """Accounts of the ledger, by the codes of the government accounting system (政府会计制度)."""

    ADVANCES = "1214"
    PAYABLE = "2302"
    FROM_GENERAL = "4001.01"
    FROM_GOVERNMENT = "4001.02"
    SERVICES = "5001"


ACCOUNT_NAMES = {
    LedgerAccount.ADVANCES: "settlement.account.advances",
    LedgerAccount.PAYABLE: "settlement.account.payable",
    LedgerAccount.FROM_GENERAL: "settlement.account.from_general",
    LedgerAccount.FROM_GOVERNMENT: "settlement.account.from_government",
    LedgerAccount.SERVICES: "settlement.account.services",
}
"""How an account is called, in the catalogues."""
FUND_ACCOUNTS = {Fund.GENERAL: LedgerAccount.FROM_GENERAL, Fund.GOVERNMENT: LedgerAccount.FROM_GOVERNMENT}


class PostingSource(StrEnum):
    """What a posting is made for; with the object's identity it is unique, so that nothing is posted twice."""

    STATEMENT = "statement"
    OFFSET = "offset"
    PAYMENT = "payment"
    STATEMENT_REVERSAL = "statement_reversal"
    OFFSET_REVERSAL = "offset_reversal"
    PAYMENT_REVERSAL = "payment_reversal"


HAND = "hand"
"""The source of what a person tells with a document."""
