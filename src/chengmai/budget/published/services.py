"""Loading a published budget: the whole document or nothing, and the same document once."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.budget.models import BudgetCell, BudgetSet, BudgetTable, CatalogueEntry, PurchaseCatalogue
from chengmai.budget.published.passages import store_passages, store_sheets
from chengmai.budget.published.states import BudgetSetAction, BudgetSetState
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.findings import Severity
from chengmai.core.lineage import seal
from chengmai.core.money import FEN_PER_YUAN
from chengmai.disclosure.amounts import YUAN_OF_UNIT
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.printing.explanation import read_explanation
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue
from chengmai.disclosure.reading.tables import PublishedTable
from chengmai.disclosure.reading.workbook import open_document

_BATCH = 500


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What loading came to: the set, None when nothing was to be stored; and what was read."""

    budget: BudgetSet | None
    created: bool
    disclosure: Disclosure


def read_only(name: str, data: bytes) -> LoadResult:
    """Read a document and store nothing."""
    return LoadResult(None, False, read_disclosure(open_document(name, data)))


def load_published(user: User | None, owner_code: str, name: str, data: bytes) -> LoadResult:
    """Load a document for an organisation; the same bytes again are the set they already are.

    Raises NotFound for an organisation out of the person's reach, InvalidInput when no table or no year was read or
    a table could not be read whole: the findings say why, and nothing is stored.
    """
    owner = Organisation.objects.filter(code=owner_code).first()
    if owner is None or not reaches(user, owner):
        raise NotFound("budget.no_owner", code=owner_code)
    disclosure = read_disclosure(open_document(name, data))
    broken = breaking(disclosure)
    if not disclosure.tables.tables:
        raise InvalidInput("budget.load.no_table", file=name)
    if not disclosure.tables.year:
        raise InvalidInput("budget.load.no_year", file=name)
    if broken:
        raise InvalidInput("budget.load.broken", file=name, count=len(broken), line=broken[0].place.line)
    digest = sha256(data).hexdigest()
    known = BudgetSet.objects.filter(owner=owner, sha256=digest).first()
    if known is not None:
        return LoadResult(known, False, disclosure)
    with transaction.atomic():
        take_turn()
        known = BudgetSet.objects.filter(owner=owner, sha256=digest).first()
        if known is not None:
            return LoadResult(known, False, disclosure)
        return LoadResult(_store(user, owner, name, digest, disclosure), True, disclosure)


def breaking(disclosure: Disclosure) -> list[DocumentFinding]:
    """Findings for which a document is not loaded: a table missing, or not read as it is printed."""
    return [finding for finding in disclosure.tables.findings if finding.severity == Severity.ERROR]


def _store(user: User | None, owner: Organisation, name: str, digest: str, disclosure: Disclosure) -> BudgetSet:
    tables = disclosure.tables
    earlier = BudgetSet.objects.filter(owner=owner, year=tables.year)
    last = earlier.order_by("-version").first()
    released = earlier.filter(state=BudgetSetState.PRESENT, steps__action=BudgetSetAction.RELEASE).exists()
    if not released:
        earlier.filter(state=BudgetSetState.PRESENT).update(state=BudgetSetState.REPLACED)
    budget = BudgetSet.objects.create(
        owner=owner,
        unit_name=tables.unit_name[:128],
        year=tables.year,
        version=1 if last is None else last.version + 1,
        state=BudgetSetState.DRAFT,
        source=name[:255],
        sha256=digest,
        lines=len(disclosure.document.lines),
        counts={
            what: {fidelity.value: count[fidelity] for fidelity in count} for what, count in disclosure.counts().items()
        },
        findings=[finding.as_dict() for finding in disclosure.findings],
        loaded_by=user,
        loaded_at=now(),
    )
    for table in tables.tables.values():
        _store_table(budget, table, tables.layout.unit, disclosure.document)
    store_passages(budget, read_explanation(disclosure.document, tables.blocks))
    store_sheets(budget, ([row.cells for row in sheet.block.rows] for sheet in disclosure.sheets))
    if disclosure.catalogue is not None:
        budget.catalogue = store_catalogue(disclosure.catalogue)
    if not released:
        # Last, for nothing of a public set can be written; what went through review here is replaced only by review.
        budget.state = BudgetSetState.PRESENT
    budget.save(update_fields=["catalogue", "state"])
    record(
        user,
        "budget.load",
        "budget_set",
        str(budget.pk),
        after={"owner": owner.code, "year": budget.year, "version": budget.version, "sha256": digest},
    )
    return budget


def _store_table(budget: BudgetSet, table: PublishedTable, unit: str, document: Document) -> None:
    stored = BudgetTable.objects.create(
        budget=budget,
        number=table.form.number,
        key=table.key,
        title=(table.caption.title or table.form.title.replace("{year}", str(budget.year)))[:255],
        first_line=document.row_of(table.block.first_line),
        last_line=document.row_of(table.block.last_line),
        header=[list(table.block.rows[index - 1].cells) for index in table.header],
        columns=[
            {"key": column.key, "kind": column.kind.value, "position": table.positions[column.key] + 1}
            for column in sorted(table.columns, key=lambda column: table.positions[column.key])
        ],
    )
    factor = YUAN_OF_UNIT[table.caption.money_unit or unit] * FEN_PER_YUAN
    BudgetCell.objects.bulk_create(_cells(stored, table, factor, document), batch_size=_BATCH)


def _cells(stored: BudgetTable, table: PublishedTable, factor: int, document: Document) -> Iterator[BudgetCell]:
    for row in table.rows:
        for key, cell in row.cells.items():
            yield BudgetCell(
                table=stored,
                row=row.index,
                line=document.row_of(row.line),
                position=table.positions[key] + 1,
                column=key,
                row_key=row.key[:128],
                side=row.side,
                level=row.level,
                printed=cell.printed,
                text=cell.text,
                fen=None if cell.amount is None else _fen(cell.amount.value, factor),
                fidelity=cell.fidelity.value,
            )


def _fen(value: Decimal, factor: int) -> int:
    """Whole fen; raises InvalidInput where more decimals are printed than a fen has."""
    exact = value * factor
    if exact != exact.to_integral_value():
        raise InvalidInput("money.not_an_amount", value=str(value))
    return int(exact)


def store_catalogue(read: ServiceCatalogue) -> PurchaseCatalogue:
    """Keep a version of the catalogue; one with the same entries is the version it already is."""
    entries = [[entry.department, entry.code, entry.name, entry.limited_to] for entry in read.entries]
    digest = seal({"issue": read.issue, "title": read.title, "entries": entries})
    kept, created = PurchaseCatalogue.objects.get_or_create(
        sha256=digest,
        defaults={"title": read.title[:255], "issue": read.issue[:64], "year": read.year, "loaded_at": now()},
    )
    if created:
        CatalogueEntry.objects.bulk_create(
            (
                CatalogueEntry(
                    catalogue=kept,
                    code=entry.code,
                    level=entry.level,
                    name=entry.name[:255],
                    department=entry.department[:64],
                    line=entry.place.line,
                    fidelity=entry.fidelity.value,
                    limited_to=entry.limited_to[:64],
                )
                for entry in read.entries
            ),
            batch_size=_BATCH,
        )
    return kept
