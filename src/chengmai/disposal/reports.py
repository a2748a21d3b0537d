"""Reports printed as PDF: made in the heavy pool, stored under their hash, making and serving in the audit trail."""

import hashlib
import json
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.durability import write_whole
from chengmai.core.errors import NotFound, Unavailable
from chengmai.core.lineage import seal
from chengmai.core.typesetting import TIMEOUT_S, unknown_characters
from chengmai.disposal import handover
from chengmai.disposal.contents import Contents, of_warning
from chengmai.disposal.models import Report
from chengmai.disposal.shift_contents import of_hand_over
from chengmai.disposal.typesetting import LAYOUTS, typeset
from chengmai.settings import current
from chengmai.warning.queries import visible_warning, visible_warnings

WARNING, HAND_OVER = "warning", "hand_over"


def print_warning(warning_id: UUID, user: User, language: str) -> Report:
    """Print the whole course of a warning; the same course gives the report that is there already.

    Raises NotFound outside the user's scope, Unavailable when the disk refuses.
    """
    warning = visible_warning(user, warning_id)
    made = of_warning(warning, user, language)
    return _print(WARNING, str(warning.pk), warning.code, warning.owner, made, user, language)


def print_hand_over(hand_over_id: UUID, user: User, language: str) -> Report:
    """Print a hand-over; raises like ``print_warning``."""
    found = handover.visible_hand_overs(user).filter(pk=hand_over_id).first()
    if found is None:
        raise NotFound("shift.hand_over_not_found", id=hand_over_id)
    made = of_hand_over(found, user, language)
    return _print(HAND_OVER, str(found.pk), found.seal[:12], found.shift.desk, made, user, language)


def read_report(report_id: UUID, user: User) -> tuple[Report, bytes]:
    """A printed report within the user's scope, noted in the audit trail; raises NotFound or Unavailable."""
    report = Report.objects.select_related("owner").filter(pk=report_id).first()
    if report is None or not _reaches(user, report):
        raise NotFound("report.not_found", id=report_id)
    path = path_of(report.sha256)
    if not path.exists():
        raise Unavailable("report.missing", sha256=report.sha256)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != report.sha256:
        raise Unavailable("report.missing", sha256=report.sha256)
    with transaction.atomic():
        take_turn()
        record(user, "report.read", "report", str(report.pk), after={"code": report.code, "sha256": report.sha256})
    return report, data


def path_of(sha256: str) -> Path:
    """Where a document lies."""
    return current().data_dir / "documents" / sha256[:2] / f"{sha256}.pdf"


def _reaches(user: User, report: Report) -> bool:
    """A report shows what its printer saw: only people who see the whole of its subject may read it."""
    if report.kind == WARNING:
        return visible_warnings(user).filter(pk=report.subject).exists()
    return handover.visible_hand_overs(user).filter(pk=report.subject).exists()


def _print(
    kind: str, subject: str, code: str, owner: Organisation, made: Contents, user: User, language: str
) -> Report:
    made.document["unknown"] = unknown_characters(json.dumps(made.document, ensure_ascii=False))
    content_hash = _content_hash(kind, made)
    known = {"kind": kind, "subject": subject, "language": language, "content_hash": content_hash}
    present = Report.objects.select_related("made_by").filter(**known).first()
    if present is not None and path_of(present.sha256).exists():
        return present
    made.document["content_hash"] = content_hash
    document = json.dumps(made.document, ensure_ascii=False, sort_keys=True).encode()
    data = heavy.run(typeset, kind, document, made.pictures).result(timeout=TIMEOUT_S)
    sha256 = hashlib.sha256(data).hexdigest()
    store(sha256, data)
    if present is not None:
        return present
    try:
        with transaction.atomic():
            take_turn()
            facts = {"code": code, "owner": owner, "sha256": sha256, "size": len(data)}
            report = Report.objects.create(**known, **facts, made_at=now(), made_by=user)
            after = {**known, "code": code, "sha256": sha256, "size": len(data)}
            record(user, "report.print", "report", str(report.pk), after=after)
    except IntegrityError:
        # Somebody printed the same at the same time.
        return Report.objects.select_related("made_by").get(**known)
    return report


def _content_hash(kind: str, made: Contents) -> str:
    layouts = {source.name: hashlib.sha256(source.read_bytes()).hexdigest() for source in LAYOUTS.glob("*.typ")}
    pictures = {name: hashlib.sha256(data).hexdigest() for name, data in made.pictures.items()}
    return seal({"kind": kind, "document": made.document, "pictures": pictures, "layouts": layouts})


def store(sha256: str, data: bytes) -> None:
    """Put a document on disk under its hash, whole or not at all; raises Unavailable when the disk refuses."""
    path = path_of(sha256)
    try:
        write_whole(path, data)
    except OSError as error:
        raise Unavailable("report.not_stored", reason=error.strerror or str(error)) from error
