"""What a construction project is made of in words: kinds of quantities and costs, the life of an acceptance."""

from enum import StrEnum


class QuantityKind(StrEnum):
    """What a lot promises; devices are counted in the device register, the rest by delivery notes."""

    DEVICE = "device"
    PLATFORM = "platform"
    SOFTWARE = "software"
    SERVICE = "service"


class CostKind(StrEnum):
    """What a booking is: an obligation entered into, or money paid."""

    CONTRACT = "contract"
    PAYMENT = "payment"


class CeilingRule(StrEnum):
    """What happens to a contract or payment that goes over the ceiling of its heading."""

    REFUSE = "refuse"
    MARK = "mark"


class AcceptanceState(StrEnum):
    """Where the acceptance of a lot stands."""

    APPLIED = "applied"
    DEFECTS = "defects"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class AcceptanceAction(StrEnum):
    """One step of an acceptance."""

    FIND_DEFECTS = "find_defects"
    MEND = "mend"
    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    WITHDRAW = "withdraw"


_S, _A = AcceptanceState, AcceptanceAction
ACCEPTANCE_TRANSITIONS: dict[tuple[AcceptanceState, AcceptanceAction], AcceptanceState] = {
    (_S.APPLIED, _A.FIND_DEFECTS): _S.DEFECTS,
    (_S.APPLIED, _A.PASS): _S.PASSED,
    (_S.APPLIED, _A.FAIL): _S.FAILED,
    (_S.APPLIED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.DEFECTS, _A.MEND): _S.APPLIED,
    (_S.DEFECTS, _A.FAIL): _S.FAILED,
}
STANDING = (_S.APPLIED, _S.DEFECTS, _S.PASSED)
"""States in which a lot needs no other acceptance: there is at most one in them."""
