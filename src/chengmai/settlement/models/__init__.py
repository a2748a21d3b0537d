"""Tables of settlement: contracts and their versions, quantities, statements, payments, the ledger."""

from chengmai.settlement.models.contracts import BudgetLine, ContractVersion, InputBinding, ServiceContract
from chengmai.settlement.models.ledger import Posting, PostingEntry, PostingSeal
from chengmai.settlement.models.quantities import QuantitySheet, SheetQuantity
from chengmai.settlement.models.statements import (
    Payment,
    PaymentPart,
    Statement,
    StatementLine,
    StatementQuantity,
    StatementSheet,
)

__all__ = [
    "BudgetLine",
    "ContractVersion",
    "InputBinding",
    "Payment",
    "PaymentPart",
    "Posting",
    "PostingEntry",
    "PostingSeal",
    "QuantitySheet",
    "ServiceContract",
    "SheetQuantity",
    "Statement",
    "StatementLine",
    "StatementQuantity",
    "StatementSheet",
]
