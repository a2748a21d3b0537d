"""Writing the explanation of a draft from its tables and registers; a person's own words stay unless they say so."""

from collections.abc import Collection

from chengmai.access.models import User
from chengmai.budget.explaining.queries import explaining_of
from chengmai.budget.models import BudgetSet
from chengmai.budget.published.passages import write_passages
from chengmai.core.errors import InvalidInput
from chengmai.disclosure.drafting.explanation_merging import merged


def draft_passages(user: User, budget: BudgetSet, seen: str, over: Collection[str] = ()) -> None:
    """Put the draft into a set's explanation: where nothing stands, where a draft stands, and in sections ``over``.

    ``seen`` is the seal of the explanation that the person saw. Raises InvalidInput for a section there is none of,
    Conflict for a set that is no draft or was changed since.
    """
    at = explaining_of(budget)
    unknown = set(over) - {section.form.key for section in at.sections}
    if unknown:
        raise InvalidInput("explanation.no_section", key=min(unknown))
    done = merged(at.kept, at.sections, budget.year, over)
    write_passages(user, budget, [one.passage for one in done], seen, [one.drafted for one in done])
