"""Money: whole fen in tables, Decimal yuan in code, text at every edge; a float is refused by its type.

One yuan is 100 fen; the published tables of a budget count in ten thousand yuan (万元) with two decimals.
"""

import re
from decimal import Decimal

from chengmai.core.errors import InvalidInput

FEN_PER_YUAN = 100
_YUAN = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
"""An amount in yuan as it is sent: at most two decimals, no thousands marks; fits a 64-bit count of fen."""


def fen_of(yuan: str | Decimal | int) -> int:
    """Whole fen of an amount in yuan, exactly; raises InvalidInput for what is no amount or finer than a fen."""
    if isinstance(yuan, float):  # a caller without types: 0.1 is already wrong when it comes here
        raise TypeError("money is never a float")
    text = f"{yuan:f}" if isinstance(yuan, Decimal) else str(yuan).strip()
    if not _YUAN.fullmatch(text):
        raise InvalidInput("money.not_an_amount", value=text[:40])
    return int(Decimal(text) * FEN_PER_YUAN)


def yuan_of(fen: int) -> Decimal:
    """The amount in yuan, with two decimals."""
    return (Decimal(fen) / FEN_PER_YUAN).quantize(Decimal("0.01"))


def told(fen: int) -> str:
    """The amount in yuan as text: what doors send and audit entries keep."""
    return f"{yuan_of(fen):f}"
