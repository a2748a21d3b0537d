"""What a citizen may do without logging in: report a matter, add photographs, ask for its state, say what he thinks."""

import hashlib
import hmac
from base64 import b32encode
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.assets.queries import city_bounds
from chengmai.assets.streets import Streets
from chengmai.casework.cases import history, photos
from chengmai.casework.cases.filing import FROM_CITIZEN, Filing, file_within
from chengmai.casework.cases.states import OVER, CaseState
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.contacts import Reachable, own_key
from chengmai.casework.citizens.models import CitizenReport, ClientKey, ReportChannel, Satisfaction
from chengmai.casework.classes.editions import present_class
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, ClassKind, Photo
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound, TooMany

SECRET_CHARACTERS = 10
"""Of 32 possible ones each: 50 bits, asked for some twenty times a minute at most."""
MOST_PHOTOS = 3
OUTSIDE_DEGREES = 0.05
"""How far beyond the city's grid a place may lie [degrees], about 5 km."""


@dataclass(frozen=True, slots=True)
class ToldReport:
    """What a citizen tells; ``id`` is made by his browser, so that a repeated send is one report. Place in degrees."""

    id: UUID
    case_class: str
    words: str
    class_kind: ClassKind = ClassKind.EVENT
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    contact: Reachable = field(default_factory=Reachable)
    component: str = ""
    language: str = "zh-CN"
    channel: ReportChannel = ReportChannel.WEB
    attributes: dict[str, object] = field(default_factory=dict)
    media_url: str = ""


def report(told: ToldReport, client: ClientKey | None = None) -> tuple[CitizenReport, str]:
    """File what a citizen told; the report with the secret that asks for its state, also when it is sent again.

    Raises InvalidInput for what cannot be filed, Conflict when the id was sent with other content.
    """
    # The contact goes in under a key: a plain hash of all else and eleven figures could be tried out.
    sent = {**asdict(told), "contact": contacts.key_of("\n".join(asdict(told.contact).values()))}
    fingerprint = history.fingerprint(None, f"report {client.pk if client else ''}", sent)
    secret = _secret(told.id)
    check(told)
    try:
        with transaction.atomic():
            take_turn()
            repeated = history.repeated_step(told.id, fingerprint)
            made = repeated.case.report if repeated else _report(told, client, fingerprint, secret)
    except IntegrityError:
        # The same send arrived twice at once; the other one is committed by now.
        repeated = history.repeated_step(told.id, fingerprint)
        if repeated is None:
            raise
        made = repeated.case.report
    return made, secret


def check(told: ToldReport) -> None:
    """Raise InvalidInput for a report without words or place, or outside the city, and for no telephone number."""
    if not told.words.strip():
        raise InvalidInput("report.words_missing")
    if (told.longitude is None) != (told.latitude is None):
        raise InvalidInput("case.half_a_place")
    if told.longitude is None and not told.address.strip():
        raise InvalidInput("report.place_missing")
    bounds = city_bounds()
    if told.longitude is not None and told.latitude is not None and bounds is not None:
        west, south, east, north = bounds
        inside = (
            west - OUTSIDE_DEGREES <= told.longitude <= east + OUTSIDE_DEGREES
            and south - OUTSIDE_DEGREES <= told.latitude <= north + OUTSIDE_DEGREES
        )
        if not inside:
            raise InvalidInput("report.outside_city")
    if told.contact.phone.strip():
        contacts.number_of(told.contact.phone)
    row = present_class(told.case_class, told.class_kind)
    if row is None or row.retired:
        raise InvalidInput("case.class_unknown", case_class=told.case_class)


def _report(told: ToldReport, client: ClientKey | None, fingerprint: str, secret: str) -> CitizenReport:
    filing = Filing(
        id=told.id,
        case_class=told.case_class,
        class_kind=told.class_kind,
        component=told.component,
        title=title_of(told),
        description=told.words,
        longitude=told.longitude,
        latitude=told.latitude,
    )
    case = file_within(None, filing, fingerprint, FROM_CITIZEN)
    made = CitizenReport.objects.create(
        case=case,
        channel=told.channel.value,
        contact=contacts.keep(told.contact),
        client=client,
        address=told.address.strip(),
        secret_hash=hash_of(secret),
        attributes=told.attributes,
        media_url=told.media_url,
        language=told.language,
    )
    record(None, "report.file", "case", str(case.pk), after={"channel": told.channel.value, "code": case.code})
    return made


def title_of(told: ToldReport) -> str:
    """What the case is called: its class and where it is, by the citizen's word or the nearest street."""
    row = present_class(told.case_class, told.class_kind)
    name = row.name_zh if row else told.case_class
    place = told.address.strip()
    if not place and told.longitude is not None and told.latitude is not None:
        street = Streets().nearest(told.longitude, told.latitude)
        place = street.name_zh if street else f"{told.longitude:.4f}, {told.latitude:.4f}"
    return f"{name} · {place}"[:255]


def _secret(report_id: UUID) -> str:
    """The secret of a report: derived, so that a repeated send is answered like the first, and nobody else knows it."""
    made = hmac.new(own_key("report-secret"), report_id.bytes, hashlib.sha256).digest()
    return b32encode(made).decode()[:SECRET_CHARACTERS]


def hash_of(secret: str) -> str:
    """The keyed hash of a secret as it is kept; spaces, hyphens and small letters do not matter."""
    plain = secret.upper().replace("-", "").replace(" ", "")
    return hmac.new(own_key("secret-hash"), plain.encode(), hashlib.sha256).hexdigest()


def report_of(code: str, secret: str) -> CitizenReport:
    """The report of a number and its secret; raises the same NotFound whichever of the two is wrong."""
    related = ("case__case_class", "case__department", "contact")
    found = CitizenReport.objects.select_related(*related).filter(secret_hash=hash_of(secret)).first()
    if found is None or not hmac.compare_digest(found.case.code.encode(), code.strip().upper().encode()):
        raise NotFound("report.no_match")
    return found


def add_photo(code: str, secret: str, photo_id: UUID, upload: bytes) -> CitizenReport:
    """Add a photograph to a report while its case is open; sent again under the same id it is one photograph.

    Raises NotFound, TooMany (three are enough), Conflict (case over), InvalidInput or TooLarge (no fit picture).
    """
    made = report_of(code, secret)
    sent = {"case": made.case_id, "upload": hashlib.sha256(upload).hexdigest()}
    fingerprint = history.fingerprint(None, "photo", sent)
    if history.repeated_step(photo_id, fingerprint) is not None:
        return made
    _demand_room(made.case)
    picture = photos.clean(upload)
    photos.store(picture)
    try:
        with transaction.atomic():
            take_turn()
            _add_photo(Case.objects.get(pk=made.case_id), photo_id, fingerprint, picture)
    except IntegrityError:
        if history.repeated_step(photo_id, fingerprint) is None:
            raise
    return made


def _add_photo(case: Case, photo_id: UUID, fingerprint: str, picture: photos.Picture) -> None:
    _demand_room(case)
    step = history.write(
        case, None, "photo", case.state, step_id=photo_id, fingerprint=fingerprint, sha256=picture.sha256
    )
    Photo.objects.create(
        case=case, event=step, sha256=picture.sha256, width=picture.width, height=picture.height, taken_at=now()
    )
    record(None, "case.photo", "case", str(case.pk), after={"sha256": picture.sha256})
    case_event("case.photographed", case, "photo")


def _demand_room(case: Case) -> None:
    if CaseState(case.state) in OVER:
        raise Conflict("report.over")
    if case.photos.filter(taken_by=None).count() >= MOST_PHOTOS:
        raise TooMany("report.photos_enough", most=MOST_PHOTOS)


def rate(code: str, secret: str, satisfaction: Satisfaction, words: str) -> CitizenReport:
    """Keep what a citizen thinks of a closed matter; said again, the later word counts. Raises NotFound, Conflict."""
    made = report_of(code, secret)
    with transaction.atomic():
        take_turn()
        case = Case.objects.get(pk=made.case_id)
        if case.state != CaseState.CLOSED:
            raise Conflict("report.not_closed")
        made.satisfaction, made.rated_words, made.rated_at = satisfaction.value, words.strip(), now()
        made.save(update_fields=("satisfaction", "rated_words", "rated_at"))
        record(None, "report.rate", "case", str(case.pk), after={"satisfaction": satisfaction.value})
    return made
