"""What the doors to the checks answer: findings with their places and sentences."""

from chengmai.budget.checking.schemas import CheckFinding, CheckPlace
from chengmai.budget.checking.sheet import group_in_words, place_in_words
from chengmai.budget.published.words import finding_sentence
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace


def finding_out(one: DocumentFinding, language: str) -> CheckFinding:
    """A finding in the caller's language."""
    return CheckFinding(
        rule=one.rule,
        rule_group=group_in_words(one.rule, language),
        severity=one.severity.value,
        decided=one.decided,
        place=_place(one.place, language),
        other=None if one.other is None else _place(one.other, language),
        value=one.value,
        other_value=one.other_value,
        difference=one.difference,
        sentence=finding_sentence(one, language),
    )


def _place(place: DocumentPlace, language: str) -> CheckPlace:
    return CheckPlace(
        line=place.line,
        sheet=place.sheet,
        table=place.table,
        row=place.row,
        column=place.column,
        start=place.start,
        end=place.end,
        words=place_in_words(place, language),
    )
