"""Photographs: what is accepted, what is left of it, and that a repeated send is one photograph."""

import hashlib
import os
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from chengmai.casework.cases import photos
from chengmai.casework.cases.photos import LONGEST_SIDE, add_photo, clean, path_of
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Photo
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge, Unavailable
from chengmai.core.identity import new_id
from chengmai.settings import current
from tests.disposal import City, bring, build_city, file
from tests.pictures import MARK, picture


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that declares a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_kept_is_a_jpeg_of_the_pixels_and_nothing_else(kind: str) -> None:
    upload = picture(kind)
    assert MARK in upload
    kept = clean(upload)
    assert MARK not in kept.data
    assert kept.sha256 == hashlib.sha256(kept.data).hexdigest()
    with Image.open(BytesIO(kept.data)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (640, 480), {})
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened.info)


def test_a_photograph_stands_upright_after_its_orientation_is_dropped() -> None:
    kept = clean(picture(orientation=6))
    with Image.open(BytesIO(kept.data)) as opened:
        assert opened.size == (480, 640)
        red, green, _ = opened.getpixel((240, 20))  # type: ignore[misc]
        assert red > 200
        assert green < 60


def test_a_large_photograph_is_made_smaller() -> None:
    kept = clean(picture(size=(5200, 2600)))
    assert (kept.width, kept.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"\xff\xd8\xff\xe0<html><script>alert(1)</script></html>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        picture()[:2000],
        bomb(100, 100),
    ],
    ids=["nothing", "html", "html behind a JPEG's first bytes", "gif", "svg", "cut off", "png without its pixels"],
)
def test_what_is_not_a_whole_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"photo\.not_a_picture"):
        clean(upload)


def test_html_that_hides_behind_a_real_picture_does_not_survive() -> None:
    kept = clean(picture() + b"<script>alert(1)</script>")
    assert b"<script>" not in kept.data


@pytest.mark.parametrize("size", [(30_000, 30_000), (65_000, 65_000), (50_000_001, 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    upload = bomb(*size)
    assert len(upload) < 1000
    with pytest.raises(InvalidInput, match=r"photo\.(too_many_pixels|not_a_picture)"):
        clean(upload)


def test_an_upload_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(current(), max_upload_bytes=100)
    monkeypatch.setattr(photos, "current", lambda: small)
    with pytest.raises(TooLarge, match=r"photo\.too_large"):
        clean(picture())


@pytest.mark.django_db
class TestSteps:
    @pytest.fixture
    def city(self) -> City:
        return build_city()

    def test_a_photograph_is_a_step_without_a_change_of_state(self, city: City) -> None:
        case = bring(city, file(city), CaseState.ON_SITE)
        photo = add_photo(case.pk, city.people["handler"], new_id(), picture(), "the valve")
        case.refresh_from_db()
        assert (case.state, case.history.latest("at").action, case.history.latest("at").note) == (
            CaseState.ON_SITE,
            "photo",
            "the valve",
        )
        assert hashlib.sha256(path_of(photo.sha256).read_bytes()).hexdigest() == photo.sha256

    def test_sent_again_it_is_one_photograph(self, city: City) -> None:
        case = bring(city, file(city), CaseState.ON_SITE)
        sent = new_id()
        first = add_photo(case.pk, city.people["handler"], sent, picture())
        assert add_photo(case.pk, city.people["handler"], sent, picture()).pk == first.pk
        with pytest.raises(Conflict, match=r"case\.id_reused"):
            add_photo(case.pk, city.people["handler"], sent, picture(colour="blue"))
        assert Photo.objects.count() == 1

    @pytest.mark.parametrize("state", CaseState)
    def test_only_while_the_case_is_worked_on(self, city: City, state: CaseState) -> None:
        case = bring(city, file(city), state)
        type(case).objects.filter(pk=case.pk).update(department=city.water)
        if state in (CaseState.SIGNED, CaseState.ON_SITE, CaseState.HANDLED):
            add_photo(case.pk, city.people["handler"], new_id(), picture())
            return
        with pytest.raises(Conflict, match=r"case\.action_forbidden"):
            add_photo(case.pk, city.people["handler"], new_id(), picture())

    def test_a_note_too_long_to_keep_is_refused(self, city: City) -> None:
        case = bring(city, file(city), CaseState.ON_SITE)
        with pytest.raises(InvalidInput, match=r"photo\.note_unfit"):
            add_photo(case.pk, city.people["handler"], new_id(), picture(), "x" * 2001)

    def test_only_by_a_handler_of_the_department(self, city: City) -> None:
        case = bring(city, file(city), CaseState.ON_SITE)
        with pytest.raises(NotAllowed):
            add_photo(case.pk, city.people["verifier"], new_id(), picture())
        with pytest.raises(NotFound):
            add_photo(case.pk, city.people["stranger"], new_id(), picture())

    @pytest.mark.parametrize("state", [CaseState.FILED, CaseState.TO_CONFIRM, CaseState.DISPATCHED, CaseState.SIGNED])
    def test_who_filed_a_case_shows_it_until_somebody_takes_it_up(self, city: City, state: CaseState) -> None:
        case = bring(city, file(city), state)
        if state is not CaseState.SIGNED:
            assert add_photo(case.pk, city.people["intake_clerk"], new_id(), picture()).case_id == case.pk
            return
        with pytest.raises(Conflict, match=r"case\.action_forbidden"):
            add_photo(case.pk, city.people["intake_clerk"], new_id(), picture())

    def test_a_collector_shows_what_is_to_be_confirmed_and_nothing_else_of_others(self, city: City) -> None:
        case = bring(city, file(city), CaseState.TO_CONFIRM)
        add_photo(case.pk, city.people["collector"], new_id(), picture())
        with pytest.raises(NotAllowed):
            add_photo(file(city).pk, city.people["collector"], new_id(), picture())

    def test_a_disk_that_refuses_leaves_neither_a_step_nor_half_a_file(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = bring(city, file(city), CaseState.ON_SITE)
        steps = case.history.count()

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match=r"photo\.not_stored"):
            add_photo(case.pk, city.people["handler"], new_id(), picture(colour="green"))
        assert (case.history.count(), Photo.objects.count()) == (steps, 0)
        assert list((current().data_dir / "media").rglob("*.part")) == []
