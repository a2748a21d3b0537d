"""Who may tell which part: people of a party, or those above it; who decides stands outside all parties."""

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.core.errors import InvalidInput, NotAllowed, NotFound


def named(code: str) -> Organisation:
    """The organisation of a code; raises NotFound."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound("custody.no_organisation", code=code)
    return found


def demand_own(user: User, organisation: Organisation) -> None:
    """Raise NotAllowed unless the person is of the organisation or above it."""
    if not reaches(user, organisation):
        raise NotAllowed("custody.other_party", organisation=organisation.code)


def demand_own_named(user: User, code: str) -> Organisation:
    """The organisation of a code, when the person is of it or above it; raises NotFound for any other."""
    organisation = named(code)
    if not reaches(user, organisation):
        raise NotFound("custody.no_organisation", code=code)
    return organisation


def demand_above(user: User, organisation: Organisation) -> None:
    """Raise NotFound out of reach, or NotAllowed for the organisation's own people: nobody certifies oneself."""
    if not reaches(user, organisation):
        raise NotFound("custody.no_organisation", code=organisation.code)
    if user.organisation_id == organisation.pk:
        raise NotAllowed("custody.own_register", organisation=organisation.code)


def reason_of(text: str) -> str:
    """A reason without edges; raises InvalidInput for an empty one."""
    if not text.strip():
        raise InvalidInput("custody.reason_missing")
    return text.strip()


def plate_of(text: str) -> str:
    """A plate without blanks, in capitals; raises InvalidInput for none."""
    plate = "".join(text.split()).upper()
    if not plate:
        raise InvalidInput("custody.plate_missing")
    return plate
