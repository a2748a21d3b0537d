"""The words a target sheet prints, as data: labels of fields, sources of funds, levels of indicators."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files

from chengmai.disclosure.folding import name_key

_ALIKE, _SHARED = 0.85, 0.7
_LONGEST = 16


@dataclass(frozen=True)
class SheetLabels:
    """Printed label (no spaces, no final colon) to key, for each kind; ``official`` are the forms as they should be."""

    fields: Mapping[str, str]
    funds: Mapping[str, str]
    marks: Mapping[str, str]
    level1: Mapping[str, str]
    level2: Mapping[str, str]
    over: Mapping[str, str]
    """Level 2 to its level 1."""
    attributes: Mapping[str, str]
    words: tuple[str, ...]
    official: frozenset[str]

    def kind(self, text: str) -> tuple[str, str] | None:
        """What label a text is, as kind (``field``, ``fund``, ``mark``, ``level1``, ``level2``) and key; or None."""
        return _kind(label_key(text))


def label_key(text: str) -> str:
    """A label without spaces, in half-width signs, without the colon behind it."""
    return name_key(text).rstrip(":")


@cache
def sheet_labels() -> SheetLabels:
    """The labels that ship."""
    told = tomllib.loads((files("chengmai.disclosure") / "data" / "sheet-labels.toml").read_text("utf-8"))
    level2 = {label: key for group in told["level2"].values() for label, key in _keyed(group).items()}
    over = {key: level for level, group in told["level2"].items() for key in group}
    groups = [
        told["fields"],
        told["funds"],
        told["marks"],
        told["level1"],
        told["attributes"],
        *told["level2"].values(),
    ]
    official = frozenset(name_key(forms[0]) for group in groups for forms in group.values())
    return SheetLabels(
        fields=_keyed(told["fields"]),
        funds=_keyed(told["funds"]),
        marks=_keyed(told["marks"]),
        level1=_keyed(told["level1"]),
        level2=level2,
        over=over,
        attributes=_keyed(told["attributes"]),
        words=tuple(told["words"]["known"]),
        official=official,
    )


def _keyed(group: Mapping[str, list[str]]) -> dict[str, str]:
    return {name_key(form): key for key, forms in group.items() for form in forms}


@lru_cache(maxsize=65536)
def _kind(key: str) -> tuple[str, str] | None:
    labels = sheet_labels()
    kinds = {
        "field": labels.fields,
        "fund": labels.funds,
        "mark": labels.marks,
        "level1": labels.level1,
        "level2": labels.level2,
    }
    for kind, known in kinds.items():
        if key in known:
            return kind, known[key]
    if not 4 <= len(key) <= _LONGEST:
        return None
    for kind in ("field", "fund"):
        for form, found in kinds[kind].items():
            if len(form) >= 6 and _alike(key, form):
                return kind, found
    return None


def _alike(key: str, form: str) -> bool:
    """Whether a text is a label but for a misread character; what shares too few characters is not compared."""
    most = 2 * min(len(key), len(form)) / (len(key) + len(form))
    if most < _ALIKE or len(set(key) & set(form)) < len(set(form)) * _SHARED:
        return False
    return SequenceMatcher(None, key, form, autojunk=False).ratio() >= _ALIKE
