"""Addresses of the public pages, and of the same pages as previews inside."""

from django.urls import URLPattern, path

from chengmai.budget.public import pages

_PAGES = (
    ("", pages.budget),
    ("/projects", pages.projects),
    ("/projects/<int:number>", pages.project),
    ("/catalogue", pages.catalogue),
    ("/changes", pages.changes),
    ("/files/<path:name>", pages.file),
)


def patterns() -> list[URLPattern]:
    """Every address; a preview asks for a log-in, the rest for nothing."""
    found = [path("public/budgets", pages.budgets)]
    for root, draft in (("public", False), ("preview", True)):
        found += [path(f"{root}/budgets/<uuid:budget_id>{tail}", view, {"draft": draft}) for tail, view in _PAGES]
    return found
