"""What the public pages of a budget show: sections, tables, pictures, projects, the catalogue, corrections."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chengmai.budget.public.tables import grouped, table_context
from chengmai.budget.public.words import FIELDS, FUND_SOURCES, LEVELS, TABLES, node_label, shown_wan
from chengmai.core.money import FEN_PER_YUAN
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind, heading_line
from chengmai.disclosure.printing.money_flows import FUNDS, amounts, flows_of, printed_amounts, projects_of, row_names
from chengmai.disclosure.printing.pictures import bar, dots, flow_picture
from chengmai.disclosure.printing.text import PrintedBudget, with_places
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue
from chengmai.disclosure.reading.sheets import FundSource, IndicatorLevel, ProjectSheet, TargetIndicator, TargetSpan

Words = dict[str, str]
ADDING = (IndicatorLevel.QUANTITY, IndicatorLevel.COST)
"""Kinds of targets of which a year brings a part; those of quality, time or effect hold in each year anew."""
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def budget_context(budget: PrintedBudget, told: Words, language: str = "zh-CN") -> dict[str, Any]:
    """The main page: in short, pictures, contents, explanation with the tables at their place."""
    sections = sections_of(budget)
    return {
        "short": [(told[word], amount) for word, amount in in_short(budget)],
        "flows": flow_context(budget, told),
        "sections": sections,
        "contents": [one for one in sections if one["kind"] not in ("text", "rows") and one.get("level", 0) < 4],
        "tables": [
            table_context(table, language) | {"title_en": told.get(f"table_{table.key}", "")} for table in budget.tables
        ],
        "has_sheets": bool(budget.sheets),
        "has_catalogue": budget.catalogue is not None,
    }


def sections_of(budget: PrintedBudget) -> list[dict[str, Any]]:
    """The passages as what a page is made of: headings with anchors, paragraphs, lists, places of tables."""
    found: list[dict[str, Any]] = []
    for number, one in enumerate(with_places(budget), 1):
        if one.kind == PassageKind.HEADING:
            text = heading_line(one.level, one.number, one.text)
            found.append({"kind": "heading", "level": one.level + 1, "id": f"s{number}", "text": text})
        elif one.kind != PassageKind.TEXT:
            found.append({"kind": one.kind.value})
        elif "\t" in one.text:
            row = one.text.split("\t")
            if found and found[-1]["kind"] == "rows":
                found[-1]["rows"].append(row)
            else:
                found.append({"kind": "rows", "rows": [row]})
        else:
            found.append({"kind": "text", "html": paragraph(one), "plain": one.text.replace("**", "")})
    return _headed(found)


def _headed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No level of heading is left out below the page's own: screen readers are led by them."""
    above = 1
    for one in found:
        if one["kind"] == "heading":
            one["level"] = min(one["level"], above + 1, 6)
            above = one["level"]
    return found


def paragraph(one: ExplanationPassage) -> SafeString:
    """A paragraph with what it prints in bold; the term a glossary explains stands out too."""
    text = _STRONG.sub(r"<strong>\1</strong>", str(escape(one.text)))
    return mark_safe(text)  # noqa: S308 - escaped above


def in_short(budget: PrintedBudget) -> list[tuple[str, str]]:
    """The figures people ask for first: word and amount."""
    totals, spent, public = (amounts(budget.table(key)) for key in ("totals", "expenditure", "three_public"))
    told = (
        ("income_total", totals.get(("income", "total", "income"))),
        ("expenditure_total", totals.get(("expenditure", "total", "total"))),
        ("basic", spent.get(("", "total", "basic"))),
        ("project_spending", spent.get(("", "total", "project"))),
        ("three_public", public.get(("", "total", "total"))),
    )
    return [(word, shown_wan(fen)) for word, fen in told if fen is not None]


def flow_context(budget: PrintedBudget, told: Words) -> dict[str, Any] | None:
    """The flows as a picture and as a table."""
    flows = flows_of(budget)
    if not flows:
        return None
    printed = printed_amounts(budget)
    svg = flow_picture(flows, printed, lambda node: node_label(node, told), shown_wan, told["flows"])
    rows = [(node_label(one.source, told), node_label(one.target, told), shown_wan(one.fen)) for one in flows]
    return {"svg": mark_safe(svg), "rows": rows}  # noqa: S308 - made and escaped by pictures


def projects_context(budget: PrintedBudget, told: Words) -> dict[str, Any]:
    """Every project with its money as a bar, and how many targets of each kind it set itself for the year."""
    projects = projects_of(budget)
    most = max((one.total for one in projects), default=0)
    whole = sum(one.total for one in projects)
    sheets = [one.read for one in budget.sheets]
    numbers = matched_sheets(budget)
    rows = [
        {
            "number": one.number,
            "name": one.name,
            "amount": shown_wan(one.total),
            "share": f"{one.total / whole:.1%}" if whole else "",
            "carried": one.carried,
            "sheet": numbers.get(one.number),
            "bar": mark_safe(  # noqa: S308
                bar([one.parts.get(fund, 0) for fund in FUNDS], most, f"{one.name} {shown_wan(one.total)}")
            ),
        }
        for one in projects
    ]
    counts = [_counts(sheet) for sheet in sheets]
    top = max((count for line in counts for count in line), default=0)
    matrix = [
        {
            "number": sheet.number,
            "name": sheet.name or told["sheet"],
            "cells": [{"count": count, "dot": mark_safe(dots(count, top))} for count in line],  # noqa: S308
        }
        for sheet, line in zip(sheets, counts, strict=True)
    ]
    used = [fund for fund in FUNDS if any(one.parts.get(fund) for one in projects)]
    legend = [{"name": told[fund], "pattern": f"p{FUNDS.index(fund)}"} for fund in used]
    return {"projects": rows, "matrix": matrix, "levels": [told[f"level_{one}"] for one in LEVELS], "legend": legend}


def matched_sheets(budget: PrintedBudget) -> dict[int, int]:
    """Number of a project in the order of its table -> number of its sheet, by name and money."""
    free = [sheet.read for sheet in budget.sheets]
    found: dict[int, int] = {}
    for exact in (True, False):
        for one in projects_of(budget):
            if one.number in found or one.carried:
                continue
            yuan = Decimal(one.total) / FEN_PER_YUAN
            for sheet in free:
                same_name = sheet.name == one.name.replace(" ", "")
                same_money = sheet.fund(TargetSpan.YEAR) == yuan
                if (same_name and same_money) if exact else (same_money or same_name):
                    found[one.number] = sheet.number
                    free.remove(sheet)
                    break
    return found


def _counts(sheet: ProjectSheet) -> list[int]:
    year = [one for one in sheet.indicators if one.span == TargetSpan.YEAR]
    told = year or list(sheet.indicators)
    return [sum(1 for one in told if one.level2 == level) for level in LEVELS]


def sheet_context(budget: PrintedBudget, number: int, told: Words) -> dict[str, Any] | None:
    """One project's target sheet; None when there is none of the number."""
    held = next((one for one in budget.sheets if one.number == number), None)
    if held is None:
        return None
    sheet = held.read
    fields = [
        {
            "word": told[f"field_{key}"],
            "text": sheet.fields[key].printed.strip() if key in ("attribute", "term") else sheet.fields[key].value,
            "doubt": sheet.fields[key].fidelity == Fidelity.FINDING,
        }
        for key in FIELDS
        if key not in ("goal_term", "goal_year")
    ]
    return {
        "sheet_number": number,
        "name": sheet.name,
        "fields": fields,
        "goals": [(told[f"field_{key}"], sheet.fields[key].value) for key in ("goal_term", "goal_year")],
        "funds": [
            (told[f"source_{source}"], *(_yuan(sheet, span, FundSource(source)) for span in TargetSpan))
            for source in FUND_SOURCES
        ],
        "targets": target_rows(sheet, told),
        "printed": held.rows,
    }


def _yuan(sheet: ProjectSheet, span: TargetSpan, source: FundSource) -> str:
    amount = sheet.fund(span, source)
    return "—" if amount is None else f"{amount:,.2f}".removesuffix(".00")


def target_rows(sheet: ProjectSheet, told: Words) -> list[dict[str, Any]]:
    """Target by target what is to be reached in the whole term and in the year, and how much of it the year brings.

    A bar is drawn where both are amounts in one unit of which a year brings a part.
    """
    beside: dict[tuple[str, str], dict[TargetSpan, TargetIndicator]] = {}
    for one in sheet.indicators:
        level = told[f"level_{one.level2}"] if one.level2 else told["in_doubt"]
        name = one.name.value or told["in_doubt"]
        spans = beside.setdefault((level, name), {})
        if one.span in spans:
            spans = beside.setdefault((level, f"{name} ({len(beside) + 1})"), {})
        spans[one.span] = one
    return [
        {
            "level": level,
            "name": name,
            "term": _target(spans.get(TargetSpan.TERM), told),
            "year": _target(spans.get(TargetSpan.YEAR), told),
            "bar": mark_safe(_bar_of_term(spans, told)),  # noqa: S308
        }
        for (level, name), spans in beside.items()
    ]


def _target(one: TargetIndicator | None, told: Words) -> str:
    return "—" if one is None else one.target.value or one.target.printed or told["in_doubt"]


def _bar_of_term(spans: Mapping[TargetSpan, TargetIndicator], told: Words) -> str:
    term, year = spans.get(TargetSpan.TERM), spans.get(TargetSpan.YEAR)
    if term is None or year is None or term.level2 not in ADDING or term.value is None or year.value is None:
        return ""
    whole, part = term.value.number, year.value.number
    unit = term.value.unit
    if not whole or part is None or part > whole or year.value.unit != unit or unit == "%" or "/" in unit:
        return ""
    share = part / whole
    return bar([round(share * 1000)], 1000, f"{told['year_of_term']} {share:.0%}")


def catalogue_context(catalogue: ServiceCatalogue) -> dict[str, Any]:
    """The catalogue by department."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in catalogue.entries:
        groups.setdefault(one.department, []).append({"code": one.code, "name": one.name, "level": one.level})
    return {
        "catalogue_title": catalogue.title,
        "issue": catalogue.issue,
        "groups": [
            {"id": f"d{number}", "name": name, "entries": entries}
            for number, (name, entries) in enumerate(groups.items())
        ],
    }


def against_last(this: PrintedBudget, last: PrintedBudget | None) -> list[dict[str, Any]]:
    """Totals and classes of expenditure of both years beside each other; empty without a year before."""
    if last is None:
        return []
    tables = [this.table("expenditure"), last.table("expenditure")]
    now, before = (amounts(table) for table in tables)
    names = row_names(tables[1], "name", "code") | row_names(tables[0], "name", "code")
    keys = [key for key in names if key == "total" or (key.isdigit() and len(key) == 3)]
    most = max((each.get(("", key, "total"), 0) for each in (now, before) for key in keys), default=0)
    found = []
    for key in keys:
        was, comes = before.get(("", key, "total"), 0), now.get(("", key, "total"), 0)
        found.append(
            {
                "name": names[key],
                "last": shown_wan(was),
                "this": shown_wan(comes),
                "change": f"{(comes - was) / was:+.1%}" if was else "",
                "last_bar": mark_safe(bar([was], most, shown_wan(was))),  # noqa: S308
                "this_bar": mark_safe(bar([comes], most, shown_wan(comes))),  # noqa: S308
            }
        )
    return found


def changed_rows(differences: Iterable[Any]) -> list[dict[str, str]]:
    """What a correction changed, figures with their thousands set off."""
    return [
        {
            "part": one.part.value,
            "where": one.where,
            "row": one.row,
            "column": one.column,
            "old": grouped(one.old),
            "new": grouped(one.new),
        }
        for one in differences
    ]


def table_titles(budget: PrintedBudget, told: Words) -> Sequence[tuple[int, str, str]]:
    """Number, title and the title in the reader's language of each table."""
    return [
        (table.number, table.title, told[f"table_{table.key}"] if table.key in TABLES else "")
        for table in budget.tables
    ]
