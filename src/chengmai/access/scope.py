"""Whose objects a person may see: the whole city's, or those of the own organisation and of all below it."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from chengmai.access.models import Organisation, User

Row = TypeVar("Row", bound=Model)


def reach(user: User) -> frozenset[str] | None:
    """Codes of the organisations whose objects a person may see; None for people of the bureau, who see all.

    A department sees the companies below it; a company sees itself.
    """
    return None if user.sees_whole_city else subtree(user.organisation.code)


def subtree(organisation: str) -> frozenset[str]:
    """Codes of an organisation and of all below it."""
    below: dict[str | None, list[str]] = {}
    for code, parent in Organisation.objects.values_list("code", "parent__code"):
        below.setdefault(parent, []).append(code)
    found, waiting = {organisation}, [organisation]
    while waiting:
        children = set(below.get(waiting.pop(), ())) - found
        found |= children
        waiting.extend(children)
    return frozenset(found)


def within_reach(rows: QuerySet[Row], user: User, owner: str = "owner") -> QuerySet[Row]:
    """Of these rows, those a person may see; ``owner`` names the field that holds their organisation."""
    codes = reach(user)
    return rows if codes is None else rows.filter(**{f"{owner}__code__in": codes})


def reaches(user: User | None, organisation: Organisation) -> bool:
    """Whether a person may see an organisation's objects; the platform itself (None) may."""
    codes = None if user is None else reach(user)
    return codes is None or organisation.code in codes
