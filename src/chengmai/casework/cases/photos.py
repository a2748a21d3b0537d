"""Photographs: decoded under limits, re-encoded without what the camera told about itself, named by their hash."""

import hashlib
import threading
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.cases import history, queries
from chengmai.casework.cases.states import CaseState
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, Photo
from chengmai.core.clock import now
from chengmai.core.durability import write_whole
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, TooLarge, Unavailable
from chengmai.settings import current

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
"""Pixels an upload may declare; a bomb is refused by its header, before anything is decoded."""
_decoding = threading.Lock()
"""One picture is decoded at a time: the largest takes some 300 MB meanwhile."""
LONGEST_SIDE = 2560
"""Pixels of the longest side that is kept."""
LONGEST_NOTE = 2000
QUALITY = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean JPEG with its size in pixels and the SHA-256 of its bytes."""

    data: bytes
    width: int
    height: int
    sha256: str


def clean(upload: bytes) -> Picture:
    """Decode an upload and encode its pixels anew; raises InvalidInput (no picture) or TooLarge."""
    limit = current().max_upload_bytes
    if len(upload) > limit:
        raise TooLarge("photo.too_large", size=len(upload), limit=limit)
    with _decoding:
        return _encode(_decode(upload))


def _decode(upload: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise InvalidInput("photo.too_many_pixels", width=width, height=height, limit=MOST_PIXELS)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("photo.not_a_picture", known=", ".join(FORMATS)) from error


def _encode(upright: Image.Image) -> Picture:
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh image carries pixels only: no EXIF, no colour profile, no comment.
    pixels = Image.new("RGB", upright.size)
    pixels.paste(upright)
    encoded = BytesIO()
    pixels.save(encoded, "JPEG", quality=QUALITY, optimize=True)
    data = encoded.getvalue()
    return Picture(data, pixels.width, pixels.height, hashlib.sha256(data).hexdigest())


def path_of(sha256: str) -> Path:
    """Where a photograph lies."""
    return current().data_dir / "media" / sha256[:2] / f"{sha256}.jpg"


def store(picture: Picture) -> Path:
    """Put a picture on disk under its hash, whole or not at all; raises Unavailable when the disk refuses."""
    path = path_of(picture.sha256)
    if path.exists():
        return path
    try:
        write_whole(path, picture.data)
    except OSError as error:
        raise Unavailable("photo.not_stored", reason=error.strerror or str(error)) from error
    return path


def _demand_part(user: User, case: Case) -> None:
    """Raise NotAllowed for somebody who has no part in a case; its state is asked later, under the turn."""
    held = user.permissions
    if case.filed_by_id == user.pk and Permission.CASE_FILE in held:
        return
    if case.state == CaseState.TO_CONFIRM and Permission.CASE_CONFIRM in held:
        return
    if Permission.CASE_HANDLE not in held:
        raise NotAllowed("door.not_allowed", permission=Permission.CASE_HANDLE.value)
    if case.department_id != user.organisation_id:
        raise NotAllowed("case.other_department", case=case.code)


def add_photo(case_id: UUID, user: User, step_id: UUID, upload: bytes, note: str = "") -> Photo:
    """Add a photograph as a step of its own; sent again under the same id it is one photograph.

    Raises NotFound (scope), NotAllowed (department, permission), Conflict (state, id used for something else),
    InvalidInput (not a picture), TooLarge or Unavailable (disk).
    """
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("photo.note_unfit", limit=LONGEST_NOTE)
    sent = {"case": case_id, "upload": hashlib.sha256(upload).hexdigest(), "note": note}
    fingerprint = history.fingerprint(user, "photo", sent)
    repeated = history.repeated_step(step_id, fingerprint)
    if repeated is not None:
        return repeated.photos.get()
    case = queries.visible_case(user, case_id)
    _demand_part(user, case)
    picture = clean(upload)
    store(picture)
    try:
        with transaction.atomic():
            take_turn()
            case = queries.visible_case(user, case_id)
            if not queries.may_photograph(user, case):
                raise Conflict("case.action_forbidden", action="photo", state=case.state)
            step = history.write(
                case,
                user,
                "photo",
                case.state,
                step_id=step_id,
                fingerprint=fingerprint,
                note=note,
                sha256=picture.sha256,
            )
            photo = Photo.objects.create(
                case=case,
                event=step,
                sha256=picture.sha256,
                width=picture.width,
                height=picture.height,
                taken_by=user,
                taken_at=now(),
            )
            record(user, "case.photo", "case", str(case.pk), after={"photo": str(photo.pk), "sha256": picture.sha256})
            case_event("case.photographed", case, "photo")
    except IntegrityError:
        repeated = history.repeated_step(step_id, fingerprint)
        if repeated is None:
            raise
        return repeated.photos.get()
    return photo
