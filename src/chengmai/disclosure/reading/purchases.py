"""Purchased services that a document tells of, and whether the catalogue allows each to its department."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from chengmai.core.findings import Severity
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue, ServiceEntry

_PURCHASE = re.compile(
    r"(?<![A-Za-z0-9“])(?P<code>[AB]\s?\d{2}(?:\d{2}){0,2})\s*(?P<name>[^\d,，。;；“”]{4,40}?)"
    r"(?:(?:项目|支出|预算|金额|资金|共计|约|为|共)*\s*(?P<amount>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>亿元|万元|元)|(?=[,，。;；“”]|$))"
)
"""A code and a name, with an amount or up to the end of the clause; what a notice quotes is a definition."""
_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


class PurchaseOutcome(StrEnum):
    """What checking a purchase came to; only ``listed`` may be purchased without a further look."""

    LISTED = "listed"
    OTHER_CODE = "other_code"
    OTHER_NAME = "other_name"
    OTHER_DEPARTMENT = "other_department"
    LIMITED = "limited"
    NOT_LISTED = "not_listed"
    NOT_DECIDED = "not_decided"


_RULES = {
    PurchaseOutcome.OTHER_CODE: "disclosure.purchase.other_code",
    PurchaseOutcome.OTHER_NAME: "disclosure.purchase.other_name",
    PurchaseOutcome.OTHER_DEPARTMENT: "disclosure.purchase.other_department",
    PurchaseOutcome.LIMITED: "disclosure.purchase.limited",
    PurchaseOutcome.NOT_LISTED: "disclosure.purchase.not_listed",
    PurchaseOutcome.NOT_DECIDED: "disclosure.purchase.not_decided",
}


@dataclass(frozen=True, slots=True)
class Purchase:
    """A service to be purchased, as told: code, name, money [yuan]."""

    code: str
    name: str
    amount: Decimal | None = None
    place: DocumentPlace | None = None


@dataclass(frozen=True, slots=True)
class PurchaseCheck:
    """A purchase held against the catalogue; ``near`` are the entries it may mean, the likeliest first."""

    purchase: Purchase
    department: str
    outcome: PurchaseOutcome
    near: tuple[ServiceEntry, ...]
    finding: DocumentFinding | None


def purchases_of(document: Document) -> list[Purchase]:
    """Every purchase the text tells of with code and name, and its amount where that follows."""
    found = []
    for paragraph in document.paragraphs:
        for told in _PURCHASE.finditer(paragraph.folded):
            amount = Decimal(told["amount"].replace(",", "")) * _YUAN[told["unit"]] if told["amount"] else None
            code = told["code"].replace(" ", "")
            found.append(Purchase(code, told["name"].strip(), amount, paragraph.place(told.start(), told.end())))
    return found


def department_of(catalogue: ServiceCatalogue, unit_name: str) -> str:
    """The department of the catalogue a unit belongs to, by its name; empty when it cannot be told."""
    known = [department for department in catalogue.departments if department in unit_name]
    if known:
        return max(known, key=len)
    return next((department for word, department in _departments().items() if word in unit_name), "")


def check_purchase(catalogue: ServiceCatalogue, purchase: Purchase, department: str) -> PurchaseCheck:
    """Hold a purchase against its department's entries of A and all of B; anything but a listed one is a finding.

    Where the department is not known, no entry can be said to be another's: then any department's will do.
    """
    wanted = name_key(purchase.name)
    entry = catalogue.entry(department, purchase.code)
    if entry is None and not department:
        same = [one for one in catalogue.with_code(purchase.code) if name_key(one.name) == wanted]
        entry = same[0] if same else None
    if entry is not None and name_key(entry.name) == wanted:
        outcome = (
            PurchaseOutcome.LIMITED
            if entry.limited_to and not (department and department in entry.limited_to)
            else None
        )
        near: Sequence[ServiceEntry] = (entry,)
        outcome = outcome or PurchaseOutcome.LISTED
    else:
        outcome, near = _nearest(catalogue, purchase, department, entry, wanted)
    return PurchaseCheck(purchase, department, outcome, tuple(near), _finding(purchase, department, outcome, near))


def _nearest(
    catalogue: ServiceCatalogue, purchase: Purchase, department: str, entry: ServiceEntry | None, wanted: str
) -> tuple[PurchaseOutcome, Sequence[ServiceEntry]]:
    named = [one for one in catalogue.entries if name_key(one.name) == wanted]
    own = [one for one in named if not department or one.department in (department, "")]
    if own:
        return PurchaseOutcome.OTHER_CODE, own
    if entry is not None:
        return PurchaseOutcome.OTHER_NAME, (entry,)
    if named:
        return PurchaseOutcome.OTHER_DEPARTMENT, named
    if purchase.code.startswith("B"):
        return PurchaseOutcome.NOT_DECIDED, ()
    return PurchaseOutcome.NOT_LISTED, catalogue.with_code(purchase.code)[:3]


def _finding(
    purchase: Purchase, department: str, outcome: PurchaseOutcome, near: Sequence[ServiceEntry]
) -> DocumentFinding | None:
    if outcome == PurchaseOutcome.LISTED:
        return None
    likely = near[0] if near else None
    return DocumentFinding(
        rule=_RULES[outcome],
        severity=Severity.WARNING if outcome == PurchaseOutcome.NOT_DECIDED else Severity.ERROR,
        place=purchase.place or DocumentPlace(0),
        other=None if likely is None else likely.place,
        value=f"{purchase.code}{purchase.name}"[:80],
        other_value="" if likely is None else f"{likely.code}{likely.name}"[:80],
        decided=outcome != PurchaseOutcome.NOT_DECIDED,
        detail=(
            ("department", department),
            ("other_department", "" if likely is None else likely.department),
            ("limited_to", "" if likely is None else likely.limited_to),
        ),
    )


@cache
def _departments() -> dict[str, str]:
    told = tomllib.loads((files("chengmai.disclosure") / "data" / "purchasing.toml").read_text("utf-8"))
    return dict(told["departments"])
