"""Changing a table of risk factors: always a new version."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access import audit
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotAllowed
from chengmai.network.risk_table import read_risk_table
from chengmai.network.utilities import Utility
from chengmai.risk.models import RiskTableVersion
from chengmai.risk.queries import PresentTable, present_table


def change_table(user: User, utility: Utility, version: int, document: Mapping[str, Any], note: str) -> PresentTable:
    """Make the next version of a utility's table.

    Raises NotAllowed for people who are not of the bureau (the table holds for every owner), InvalidInput when the
    table breaks a rule, Conflict when somebody else changed it meanwhile.
    """
    if not user.sees_whole_city:
        raise NotAllowed("risk.bureau_only")
    read_risk_table(document)
    with transaction.atomic():
        audit.take_turn()
        present = present_table(utility)
        if present.version != version:
            raise Conflict("version.stale", sent=version, present=present.version)
        try:
            with transaction.atomic():
                made = RiskTableVersion.objects.create(
                    utility=utility.value,
                    version=version + 1,
                    document={"factors": document["factors"], "levels": document["levels"]},
                    note=note.strip(),
                    changed_at=now(),
                    changed_by=user,
                )
        except IntegrityError as error:
            raise Conflict("version.stale", sent=version, present=version + 1) from error
        audit.record(
            user,
            "risk.table_changed",
            "risk_table",
            utility.value,
            before={"version": version, **present.document},
            after={"version": made.version, "note": made.note, **made.document},
        )
    return present_table(utility)
