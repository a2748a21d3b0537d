"""The public pages of budgets: server-made HTML without log-in, script or cookie; and the same inside as a preview."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from chengmai.access import audit
from chengmai.access.allowance import Allowance
from chengmai.access.doors import May
from chengmai.access.roles import Permission
from chengmai.budget.models import BudgetAcknowledgement, BudgetCheck, BudgetSet
from chengmai.budget.public import views as public_views
from chengmai.budget.public.files import FILES, printed_file
from chengmai.budget.public.words import words
from chengmai.budget.published.queries import visible_set
from chengmai.budget.published.states import PUBLIC, BudgetSetAction
from chengmai.budget.release import queries as release_queries
from chengmai.budget.release.services import last_step
from chengmai.core.errors import ChengmaiError, NotFound, TooMany
from chengmai.core.messages import LANGUAGES
from chengmai.disclosure.printing.text import PrintedBudget
from chengmai.settings import current

PAGES_PER_MINUTE, FILES_PER_MINUTE = 120, 20
_pages, _files = Allowance(PAGES_PER_MINUTE), Allowance(FILES_PER_MINUTE)
_NAMES = {"zh-CN": "中文", "en": "English"}
"""Each language by its own name: whoever looks for it knows no other."""
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class PublicReading:
    """One set as a page shows it: in which language, below which address, and whether it is still a draft."""

    budget: BudgetSet
    shown: PrintedBudget
    language: str
    root: str
    draft: bool

    @property
    def words(self) -> dict[str, str]:
        """The words of the pages."""
        return words(self.language)


@cache
def _style() -> SafeString:
    return mark_safe((files("chengmai.budget") / "pages" / "style.css").read_text("utf-8"))  # noqa: S308 - ours


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(files("chengmai.budget") / "pages")], autoescape=True)


def language_asked(request: HttpRequest) -> str:
    """zh-CN unless the address asks for the other language."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page in the reader's language."""
    language = language_asked(request)
    other = next(one for one in LANGUAGES if one != language)
    told = {
        "w": words(language),
        "lang": language,
        "other": other,
        "other_name": _NAMES[other],
        "q": "" if language == LANGUAGES[0] else f"?lang={language}",
        "path": request.path,
        "style": _style(),
        **context,
    }
    page = _engine().get_template(template).render(Context(told))
    response = HttpResponse(page, content_type="text/html; charset=utf-8", status=status)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store" if context.get("draft") or status >= 400 else "public, max-age=60"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return response


def page(view: View) -> View:
    """A view whose errors are pages too, counted against its caller's allowance."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            _pages.take(audit.address.get())
            return view(request, *arguments, **named)
        except TooMany:
            response = answer(request, "error.html", {"kind": "too_many"}, TooMany.status)
            response.headers["Retry-After"] = "30"
            return response
        except ChengmaiError as error:
            kind = "not_found" if isinstance(error, NotFound) else "failed"
            return answer(request, "error.html", {"kind": kind}, error.status)

    return guarded


def opened(request: HttpRequest, budget_id: UUID, draft: bool) -> PublicReading:
    """A public set for anybody; inside, a set of any state for whoever may read it. Raises NotFound."""
    language = language_asked(request)
    if not draft:
        budget = release_queries.public_set(budget_id)
        root = f"/public/budgets/{budget.pk}"
    else:
        budget = visible_set(May(Permission.BUDGET_READ)(request), budget_id)
        root = f"/preview/budgets/{budget.pk}"
    return PublicReading(budget, release_queries.shown(budget).budget, language, root, budget.state not in PUBLIC)


def _facts(read: PublicReading) -> dict[str, Any]:
    """What stands at the head of every page of a set."""
    budget = read.budget
    release = last_step(budget, BudgetSetAction.RELEASE)
    moment = (budget.loaded_at if release is None else release.at).astimezone(current().zone)
    after, before = release_queries.replaced_by(budget), release_queries.corrected_by(budget)
    return {
        "budget": read.shown,
        "version": budget.version,
        "state": budget.state,
        "draft": read.draft,
        "reason": budget.reason,
        "released": release is not None,
        "moment": f"{moment:%Y-%m-%d}",
        "root": read.root,
        "after": None if after is None else {"version": after.version, "root": f"/public/budgets/{after.pk}"},
        "before": None if before is None else {"version": before.version, "root": f"/public/budgets/{before.pk}"},
        "sha256": read.shown.sha256,
    }


@page
def budgets(request: HttpRequest) -> HttpResponse:
    """All public budgets, the newest first."""
    rows = [
        {
            "unit_name": one.unit_name,
            "year": one.year,
            "version": one.version,
            "state": one.state,
            "root": f"/public/budgets/{one.pk}",
        }
        for one in release_queries.public_sets()
    ]
    return answer(request, "budgets.html", {"rows": rows})


@page
def budget(request: HttpRequest, budget_id: UUID, draft: bool = False) -> HttpResponse:
    """A whole budget: in short, pictures, contents, tables, explanation, glossary."""
    read = opened(request, budget_id, draft)
    last = release_queries.year_before(read.budget)
    context = public_views.budget_context(read.shown, read.words, read.language)
    context["against"] = public_views.against_last(
        read.shown, None if last is None else release_queries.shown(last).budget
    )
    context["override"] = _override(read.budget)
    context["acknowledged"] = BudgetAcknowledgement.objects.filter(check_run__budget=read.budget).last()
    return answer(request, "budget.html", {**_facts(read), **context, "files": FILES})


def _override(budget: BudgetSet) -> dict[str, Any] | None:
    """Who let errors found by the check pass, and why; shown with what was released."""
    check = BudgetCheck.objects.filter(budget=budget, override__isnull=False).select_related("override__actor").last()
    if check is None:
        return None
    held = check.override
    return {"by": held.actor.name, "reason": held.reason, "errors": held.errors}


@page
def projects(request: HttpRequest, budget_id: UUID, draft: bool = False) -> HttpResponse:
    """Project by project, target by target."""
    read = opened(request, budget_id, draft)
    return answer(request, "projects.html", {**_facts(read), **public_views.projects_context(read.shown, read.words)})


@page
def project(request: HttpRequest, budget_id: UUID, number: int, draft: bool = False) -> HttpResponse:
    """One project's target sheet."""
    read = opened(request, budget_id, draft)
    context = public_views.sheet_context(read.shown, number, read.words)
    if context is None:
        raise NotFound("performance.sheet_not_found", code=number)
    return answer(request, "project.html", {**_facts(read), **context})


@page
def catalogue(request: HttpRequest, budget_id: UUID, draft: bool = False) -> HttpResponse:
    """The catalogue of purchased services that is printed with a budget."""
    read = opened(request, budget_id, draft)
    if read.shown.catalogue is None:
        raise NotFound("catalogue.none")
    return answer(request, "catalogue.html", {**_facts(read), **public_views.catalogue_context(read.shown.catalogue)})


@page
def changes(request: HttpRequest, budget_id: UUID, draft: bool = False) -> HttpResponse:
    """What a version says otherwise than the one it corrects."""
    read = opened(request, budget_id, draft)
    _, found = release_queries.differences_of(read.budget)
    return answer(request, "changes.html", {**_facts(read), "rows": public_views.changed_rows(found)})


@page
def file(request: HttpRequest, budget_id: UUID, name: str, draft: bool = False) -> HttpResponse:
    """A budget as a file: PDF, workbook, open data, the printed text."""
    _files.take(audit.address.get())
    read = opened(request, budget_id, draft)
    made = printed_file(read.shown, name, read.language, read.draft, read.words)
    if made is None:
        raise NotFound("door.not_found")
    data, kind = made
    response = HttpResponse(data, content_type=kind)
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", f"budget-{read.budget.owner.code}-{read.budget.year}-v{read.budget.version}")
    saved = f"{stem}-{'draft-' if read.draft else ''}{name.rpartition('/')[2]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{saved}"'
    response.headers["Cache-Control"] = "no-store" if read.draft else "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
