"""What was drafted put into an explanation that is there, never over a person's own words unless they say so; pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from chengmai.disclosure.drafting.explaining import DraftedSection, ExplainedFigure
from chengmai.disclosure.drafting.explanation_words import SectionForm, explanation_form
from chengmai.disclosure.explanation import PLACES, ExplanationPassage, PassageKind
from chengmai.disclosure.folding import fold, name_key
from chengmai.disclosure.quantities import numbers


class SectionStanding(StrEnum):
    """How a section that is there stands to its draft: missing, without text, as drafted once, own words, the same."""

    MISSING = "missing"
    EMPTY = "empty"
    DRAFTED = "drafted"
    OWN = "own"
    SAME = "same"


FREE = (SectionStanding.MISSING, SectionStanding.EMPTY, SectionStanding.DRAFTED)
"""Where a draft takes nothing from anybody."""


@dataclass(frozen=True, slots=True)
class KeptPassage:
    """A passage as it is kept, with the text that was drafted for it; "" where a person wrote it."""

    passage: ExplanationPassage
    drafted: str = ""

    @property
    def own(self) -> bool:
        """Whether a person wrote it, or changed what was drafted."""
        return self.passage.text != self.drafted


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """Where a section stands among the passages: its heading and its text [start, end)."""

    heading: int
    start: int
    end: int


def part_place(kept: Sequence[KeptPassage], part: str) -> SectionPlace | None:
    """Where a part stands, up to the next one; None when the text has none."""
    form = next(one for one in explanation_form().parts if one.key == part)
    for at, one in enumerate(kept):
        if _is_heading(one, 1) and re.search(form.finds, name_key(one.passage.text)):
            return SectionPlace(at, at + 1, _until(kept, at + 1, len(kept), 1, places=False))
    return None


def section_place(kept: Sequence[KeptPassage], form: SectionForm) -> SectionPlace | None:
    """Where a section stands inside its part; None when the text has none."""
    part = part_place(kept, form.part)
    if part is None or not form.finds:
        return part
    for at in range(part.start, part.end):
        if _is_heading(kept[at], 2) and re.search(form.finds, name_key(kept[at].passage.text)):
            return SectionPlace(at, at + 1, _until(kept, at + 1, part.end, 2, places=True))
    return None


def _is_heading(one: KeptPassage, level: int) -> bool:
    return one.passage.kind == PassageKind.HEADING and one.passage.level == level


def _until(kept: Sequence[KeptPassage], start: int, end: int, level: int, *, places: bool) -> int:
    for at in range(start, end):
        passage = kept[at].passage
        if passage.kind == PassageKind.HEADING and passage.level <= level:
            return at
        if places and passage.kind in PLACES:
            return at
    return end


def standing(kept: Sequence[KeptPassage], section: DraftedSection) -> SectionStanding:
    """How a section that is there stands to its draft."""
    place = section_place(kept, section.form)
    if place is None:
        return SectionStanding.MISSING
    body = kept[place.start : place.end]
    if not body:
        return SectionStanding.EMPTY
    if [one.passage for one in body] == list(section.passages):
        return SectionStanding.SAME
    return SectionStanding.OWN if any(one.own for one in body) else SectionStanding.DRAFTED


def merged(
    kept: Sequence[KeptPassage], sections: Iterable[DraftedSection], year: int, chosen: Collection[str] = ()
) -> tuple[KeptPassage, ...]:
    """The passages with the draft in them.

    Sections that hold a person's own words stay as they are unless ``chosen`` names them; those that keep their text
    stay in any case. A part or section that is missing is put where the usual order has it.
    """
    found = list(kept)
    drafted = {section.form.key: section for section in sections}
    for part in explanation_form().parts:
        _with_part(found, part, year)
        after = None
        for form in explanation_form().sections:
            if form.part != part.key or form.key not in drafted:
                continue
            section = drafted[form.key]
            _put(found, section, after, over=form.key in chosen and not form.keeps)
            after = form
    return tuple(found)


def _with_part(found: list[KeptPassage], part: SectionForm, year: int) -> None:
    """Put the heading of a part that is missing in front of the next one there is; bring its year up to date."""
    heading = part.heading.replace("{year}", str(year))
    place = part_place(found, part.key)
    if place is not None:
        head = found[place.heading].passage
        # The usual heading of another year is nobody's words: it came with the text of that year.
        if re.fullmatch(re.escape(part.heading).replace(r"\{year\}", r"20\d\d"), head.text):
            found[place.heading] = KeptPassage(replace(head, text=heading), found[place.heading].drafted)
        return
    forms = explanation_form().parts
    later = [part_place(found, one.key) for one in forms[forms.index(part) + 1 :]]
    at = min((place.heading for place in later if place is not None), default=len(found))
    told = [ExplanationPassage(PassageKind.HEADING, 1, part.number, heading)]
    if part.key == "tables_part" and all(one.passage.kind != PassageKind.TABLES for one in found):
        told.append(ExplanationPassage(PassageKind.TABLES))
    found[at:at] = [_made(one) for one in told]


def _put(found: list[KeptPassage], section: DraftedSection, after: SectionForm | None, *, over: bool) -> None:
    stands = standing(found, section)
    if stands is SectionStanding.SAME or (stands is SectionStanding.OWN and not over):
        return
    place, body = section_place(found, section.form), [_made(one) for one in section.passages]
    if place is not None:
        found[place.start : place.end] = body
        return
    before = None if after is None else section_place(found, after)
    part = part_place(found, section.form.part)
    at = before.end if before is not None else part.start if part is not None else len(found)
    # Sheets are printed at the end of the section that speaks of them: what follows stands behind them.
    while at < len(found) and found[at].passage.kind in PLACES:
        at += 1
    heading = ExplanationPassage(PassageKind.HEADING, 2, section.form.number, section.form.heading)
    found[at:at] = [_made(heading), *body]


def _made(passage: ExplanationPassage) -> KeptPassage:
    return KeptPassage(passage, passage.text)


def told_figures(figures: Iterable[ExplainedFigure], text: str) -> list[bool]:
    """Of each figure whether the text prints it, with whatever thousands marks and decimals."""
    printed = {one.number for one in numbers(fold(text)).quantities}
    return [Decimal(one.text.replace(",", "")) in printed for one in figures]
