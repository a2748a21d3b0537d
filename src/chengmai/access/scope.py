"""Whose objects a person may see: the whole city's, or those of the own organisation and of all below it."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from chengmai.access.models import Organisation, User

Row = TypeVar("Row", bound=Model)


def reach(user: User) -> frozenset[str] | None:
    """Codes of the organisations whose objects a person may see; None for people of the bureau, who see all.

    A department sees the companies below it; a company sees itself.
    """
    if user.sees_whole_city:
        return None
    return subtree(user.organisation.code)


def subtree(code: str) -> frozenset[str]:
    """Codes of an organisation and of all below it."""
    below: dict[int | None, list[int]] = {}
    codes: dict[int, str] = {}
    for pk, own, parent in Organisation.objects.values_list("pk", "code", "parent_id"):
        below.setdefault(parent, []).append(pk)
        codes[pk] = own
    found, waiting = {code}, [pk for pk, own in codes.items() if own == code]
    while waiting:
        for pk in below.get(waiting.pop(), []):
            if codes[pk] not in found:
                found.add(codes[pk])
                waiting.append(pk)
    return frozenset(found)


def within_reach(rows: QuerySet[Row], user: User, owner: str = "owner") -> QuerySet[Row]:
    """Of these rows, those a person may see; ``owner`` names the field that holds their organisation."""
    codes = reach(user)
    return rows if codes is None else rows.filter(**{f"{owner}__code__in": codes})


def reaches(user: User | None, organisation: Organisation) -> bool:
    """Whether a person may see an organisation's objects; the platform itself (None) may."""
    codes = None if user is None else reach(user)
    return codes is None or organisation.code in codes
