"""The table of parties: who is concerned by warnings of which utility, network and level."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.assets.models import Network
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.disposal.city_tables import demand_manager
from chengmai.disposal.models import PartyRow
from chengmai.disposal.states import PartyKind
from chengmai.network.utilities import Utility
from chengmai.warning.states import Severity


@dataclass(frozen=True, slots=True)
class RowDraft:
    """One row as it was sent; empty utility, network and levels stand for any."""

    kind: PartyKind
    utility: str = ""
    network: str = ""
    levels: list[str] = field(default_factory=list)
    organisation: str = ""
    name_zh: str = ""
    name_en: str = ""
    phone: str = ""


def rows() -> QuerySet[PartyRow]:
    """The rows in force."""
    return PartyRow.objects.select_related("organisation", "network").filter(active=True).order_by("pk")


@transaction.atomic
def add_row(user: User | None, draft: RowDraft) -> PartyRow:
    """Add a row; raises NotAllowed, or InvalidInput for a row that names nobody."""
    take_turn()
    _demand(user)
    organisation = Organisation.objects.filter(code=draft.organisation).first()
    network = Network.objects.filter(code=draft.network).first()
    if draft.kind is PartyKind.ORGANISATION and organisation is None:
        raise InvalidInput("party.nobody_named", kind=draft.kind.value)
    if draft.kind is PartyKind.EXTERNAL and not (draft.name_zh.strip() and draft.phone.strip()):
        raise InvalidInput("party.nobody_named", kind=draft.kind.value)
    if (draft.network and network is None) or not set(draft.levels) <= set(Severity):
        raise InvalidInput("party.scope_unknown", network=draft.network, levels=", ".join(draft.levels))
    if draft.utility and draft.utility not in set(Utility):
        raise InvalidInput("party.scope_unknown", network=draft.utility, levels=", ".join(draft.levels))
    made = PartyRow.objects.create(
        utility=draft.utility,
        network=network,
        levels=draft.levels,
        kind=draft.kind.value,
        organisation=organisation if draft.kind is PartyKind.ORGANISATION else None,
        name_zh=draft.name_zh.strip(),
        name_en=draft.name_en.strip() or draft.name_zh.strip(),
        phone=draft.phone.strip(),
    )
    after = {"kind": made.kind, "utility": made.utility, "levels": made.levels, "name": made.name_zh}
    record(user, "party_row.add", "party_row", str(made.pk), after=after)
    return made


@transaction.atomic
def remove_row(user: User, row_id: int) -> None:
    """Take a row out of force; warnings that were issued keep their parties. Raises NotAllowed or NotFound."""
    take_turn()
    _demand(user)
    if not PartyRow.objects.filter(pk=row_id, active=True).update(active=False):
        raise NotFound("party.row_not_found", id=row_id)
    record(user, "party_row.remove", "party_row", str(row_id))


def _demand(user: User | None) -> None:
    if user is not None:
        demand_manager(user)
