"""A round's life: it is started, gets its list, takes documents in, and each document is checked in the background."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.budget.models import DisclosureRound, RoundDocument, RoundUnit
from chengmai.budget.units.archives import RefusedFile, UnitFile, unpack
from chengmai.budget.units.lists import read_units
from chengmai.budget.units.queries import expected_units
from chengmai.budget.units.rules import DocumentState, MatchGround, UnitExpected, whose
from chengmai.core.clock import now
from chengmai.core.durability import write_whole
from chengmai.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from chengmai.core.findings import Finding
from chengmai.events.outbox import emit
from chengmai.settings import current

DOCUMENT_CAME = "budget.document_came"
LONGEST_NAME = 128
_YEARS = range(1990, 2101)


@dataclass
class HandInResult:
    """What became of an upload: documents taken, those that were there already, files refused with the reason."""

    taken: list[RoundDocument] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)


def start_round(user: User, name: str, year: int, owner_code: str = "") -> DisclosureRound:
    """Begin a round for an organisation, the user's own by default.

    Raises InvalidInput for a name or year that is none, NotFound out of reach, Conflict for a name that is taken.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or year not in _YEARS:
        raise InvalidInput("units.round_unfit", name=name[:LONGEST_NAME], year=year)
    owner = Organisation.objects.filter(code=owner_code).first() if owner_code else user.organisation
    if owner is None or not reaches(user, owner):
        raise NotFound("budget.no_owner", code=owner_code)
    try:
        with transaction.atomic():
            take_turn()
            made = DisclosureRound.objects.create(owner=owner, name=name, year=year, started_by=user, started_at=now())
            after = {"owner": owner.code, "name": name, "year": year}
            record(user, "budget.round_start", "disclosure_round", str(made.pk), after=after)
    except IntegrityError as error:
        raise Conflict("units.round_taken", name=name) from error
    return made


def write_units(user: User, found: DisclosureRound, file_name: str, data: bytes) -> list[Finding]:
    """Take a list of units in place of the one before; with any finding nothing is written.

    Documents are held against the new list; what a person assigned stays where its unit still is.
    """
    told = read_units(file_name, data)
    if told.findings:
        return told.findings
    with transaction.atomic():
        take_turn()
        RoundUnit.objects.filter(round=found).delete()
        RoundUnit.objects.bulk_create(
            RoundUnit(
                round=found,
                position=position,
                code=one.code,
                name=one.name,
                due_on=one.due,
                received_on=one.received,
            )
            for position, one in enumerate(told.units, 1)
        )
        _match_anew(found, told.units)
        after = {"file": file_name[:255], "units": len(told.units)}
        record(user, "budget.round_units", "disclosure_round", str(found.pk), after=after)
    return []


def _match_anew(found: DisclosureRound, units: Sequence[UnitExpected]) -> None:
    codes = {unit.code for unit in units}
    for one in found.documents.defer("findings"):
        if one.ground == MatchGround.BY_HAND and (not one.unit_code or one.unit_code in codes):
            continue
        code, ground = whose(one.name, one.unit_name, units)
        if (code, ground) != (one.unit_code, one.ground):
            RoundDocument.objects.filter(pk=one.pk).update(unit_code=code, ground=ground)


def hand_in(user: User, found: DisclosureRound, uploads: Sequence[tuple[str, bytes]]) -> HandInResult:
    """Take the documents of uploads (name and bytes) into a round; each is checked in the background.

    Raises Unavailable when the disk refuses; what is no document is told, and its neighbours are taken.
    """
    result = HandInResult()
    hashed: list[tuple[str, UnitFile]] = []
    for name, data in uploads:
        upload = unpack(name, data)
        result.refused += upload.refused
        hashed += [(sha256(file.data).hexdigest(), file) for file in upload.files]
    for digest, file in hashed:
        _store(digest, file.data)
    units = expected_units(found)
    with transaction.atomic():
        take_turn()
        known = set(found.documents.values_list("sha256", flat=True))
        for digest, file in hashed:
            if digest in known:
                result.known.append(file.name)
            else:
                known.add(digest)
                result.taken.append(_take(user, found, digest, file, units))
        counts = {"taken": len(result.taken), "known": len(result.known), "refused": len(result.refused)}
        record(user, "budget.round_hand_in", "disclosure_round", str(found.pk), after=counts)
    return result


def _take(
    user: User, found: DisclosureRound, digest: str, file: UnitFile, units: Sequence[UnitExpected]
) -> RoundDocument:
    code, ground = whose(file.name, "", units)
    made = RoundDocument.objects.create(
        round=found,
        name=file.name[-255:],
        sha256=digest,
        unit_code=code,
        ground=ground,
        received_on=today(),
        uploaded_by=user,
        uploaded_at=now(),
        state=DocumentState.WAITING,
    )
    emit(DOCUMENT_CAME, f"round_document:{made.pk}", {"id": str(made.pk)})
    return made


def today() -> date:
    """The present day where the city is."""
    return now().astimezone(current().zone).date()


def assign(user: User, found: DisclosureRound, document_id: UUID, code: str) -> RoundDocument:
    """Say whose a document is, or with an empty code that it is nobody's; raises NotFound."""
    if code and not found.units.filter(code=code).exists():
        raise NotFound("units.no_unit", code=code)
    with transaction.atomic():
        take_turn()
        one = _document(found, document_id)
        before = {"unit": one.unit_code, "ground": one.ground}
        one.unit_code, one.ground = code, MatchGround.BY_HAND
        one.save(update_fields=["unit_code", "ground"])
        after = {"unit": code, "document": one.name}
        record(user, "budget.round_assign", "disclosure_round", str(found.pk), before=before, after=after)
    return one


def check_again(user: User, found: DisclosureRound, document_id: UUID) -> RoundDocument:
    """Check a document once more whose check failed; raises Conflict for any other."""
    with transaction.atomic():
        take_turn()
        one = _document(found, document_id)
        if one.state != DocumentState.FAILED:
            raise Conflict("units.not_failed", state=one.state)
        one.state, one.attempts, one.error = DocumentState.WAITING, 0, ""
        one.save(update_fields=["state", "attempts", "error"])
        emit(DOCUMENT_CAME, f"round_document:{one.pk}", {"id": str(one.pk)})
        record(user, "budget.round_check_again", "disclosure_round", str(found.pk), after={"document": one.name})
    return one


def _document(found: DisclosureRound, document_id: UUID) -> RoundDocument:
    one = found.documents.defer("findings").filter(pk=document_id).first()
    if one is None:
        raise NotFound("units.no_document", id=document_id)
    return one


def path_of(digest: str) -> Path:
    """Where a document lies."""
    return current().data_dir / "disclosures" / digest[:2] / digest


def _store(digest: str, data: bytes) -> None:
    path = path_of(digest)
    if path.exists():
        return
    try:
        write_whole(path, data)
    except OSError as error:
        raise Unavailable("units.not_stored", reason=error.strerror or str(error)) from error


def read_stored(one: RoundDocument) -> bytes:
    """The bytes of a document; raises Unavailable when they are gone or damaged."""
    path = path_of(one.sha256)
    data = path.read_bytes() if path.exists() else b""
    if sha256(data).hexdigest() != one.sha256:
        raise Unavailable("units.missing", name=one.name)
    return data
