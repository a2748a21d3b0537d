"""Photographs and documents of entries and checklists: checked, stored by their hash, opened through what has them."""

import hashlib
from pathlib import Path
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.cases import photos
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, NotFound, Unavailable
from chengmai.devices.care import keep_document, kept_path
from chengmai.registers.definitions import FILES, KindDef
from chengmai.registers.models import ChecklistRun, RegisterEntry, StoredFile

_PDF, _JPEG = "application/pdf", "image/jpeg"


def add_file(user: User, name: str, data: bytes) -> StoredFile:
    """Keep an upload: a picture is encoded anew without what the camera told, a PDF is kept as it is.

    Raises InvalidInput (neither), TooLarge or Unavailable (disk).
    """
    if data.startswith(b"%PDF-"):
        sha256, media_type = keep_document(data), _PDF
    else:
        try:
            picture = photos.clean(data)
        except InvalidInput as error:
            raise InvalidInput("register.file_kind", reason=error.code) from error
        photos.store(picture)
        sha256, media_type = picture.sha256, _JPEG
    with transaction.atomic():
        take_turn()
        made = StoredFile.objects.create(
            sha256=sha256,
            media_type=media_type,
            name=Path(name.replace("\\", "/")).name[:128],
            uploaded_by=user,
            uploaded_at=now(),
        )
        record(user, "register.file_added", "stored_file", str(made.pk), after={"sha256": sha256, "name": made.name})
    return made


def content(file: StoredFile) -> bytes:
    """A file's bytes; raises Unavailable when they are missing or damaged."""
    path = kept_path(file.sha256) if file.media_type == _PDF else photos.path_of(file.sha256)
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Unavailable("register.file_damaged", sha256=file.sha256)
    return data


def file_of_entry(entry: RegisterEntry, kind: KindDef, file_id: Any) -> StoredFile:
    """A file an entry holds, or held at some step of its history; raises NotFound for any other."""
    names = [one.code for one in kind.fields if one.type in FILES]
    held = [entry.facts, *entry.history.values_list("facts", flat=True)]
    return _among({str(facts[name]) for facts in held for name in names if name in facts}, file_id)


def file_of_run(run: ChecklistRun, file_id: Any) -> StoredFile:
    """A photograph of a filled checklist; raises NotFound for any other."""
    return _among({str(answer.get("photo", "")) for answer in run.answers.values()}, file_id)


def _among(held: set[str], file_id: Any) -> StoredFile:
    found = StoredFile.objects.filter(pk=file_id).first() if str(file_id) in held else None
    if found is None:
        raise NotFound("register.no_file", id=file_id)
    return found
