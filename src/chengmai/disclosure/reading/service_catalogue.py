"""The catalogue of services that may be purchased: a tree of codes for each department, A public, B auxiliary."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key

LEVEL_OF = {1: 1, 3: 2, 5: 3, 7: 4}
"""Length of a code to its level: ``A``, ``A11``, ``A1101``, ``A110111``."""
_CODE_ASKED = re.compile(r"[ABab]\d{0,6}")
_MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One line of the catalogue. ``department`` is empty for what every department may use.

    ``limited_to`` names who alone may use it, as printed; empty for no limit.
    """

    code: str
    level: int
    name: str
    department: str
    place: DocumentPlace
    fidelity: Fidelity
    limited_to: str = ""

    @property
    def parent_code(self) -> str:
        """The code one level up; empty at the top."""
        return self.code[:-2] if self.level > 2 else self.code[:1] if self.level == 2 else ""


@dataclass(frozen=True)
class ServiceCatalogue:
    """One version of the catalogue: title, number and year of its issue, entries in the order of print."""

    title: str
    issue: str
    year: int
    entries: tuple[ServiceEntry, ...]
    findings: tuple[DocumentFinding, ...]

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], ServiceEntry]:
        known: dict[tuple[str, str], ServiceEntry] = {}
        for entry in self.entries:
            known.setdefault((entry.department, entry.code), entry)
        return known

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """All departments in the order of print."""
        return tuple(dict.fromkeys(entry.department for entry in self.entries if entry.department))

    def of_department(self, department: str) -> tuple[ServiceEntry, ...]:
        """A department's own entries, and those that everybody may use."""
        return tuple(entry for entry in self.entries if entry.department in (department, ""))

    def entry(self, department: str, code: str) -> ServiceEntry | None:
        """The entry a department may use under a code; None when it has none."""
        return self._by_code.get((department, code)) or self._by_code.get(("", code))

    def with_code(self, code: str) -> tuple[ServiceEntry, ...]:
        """All departments' entries of a code; the same code means different services in different departments."""
        return tuple(entry for entry in self.entries if entry.code == code)

    def children(self, entry: ServiceEntry) -> tuple[ServiceEntry, ...]:
        """The entries right below one, of the same department."""
        below = (one for one in self.entries if one.department == entry.department and one.level == entry.level + 1)
        return tuple(one for one in below if one.parent_code == entry.code)

    def path(self, entry: ServiceEntry) -> tuple[ServiceEntry, ...]:
        """The entries above one, from the top, as far as they are printed."""
        codes = [entry.code[:length] for length in LEVEL_OF if length < len(entry.code)]
        return tuple(found for code in codes if (found := self.entry(entry.department, code)) is not None)

    def search(self, asked: str, department: str = "") -> list[ServiceEntry]:
        """Entries whose code begins with what is asked, or whose name holds all its words; at most 200."""
        within: Iterable[ServiceEntry] = self.of_department(department) if department else self.entries
        text = name_key(asked.strip())
        if _CODE_ASKED.fullmatch(text):
            return [entry for entry in within if entry.code.startswith(text.upper())][:_MOST_FOUND]
        words = [name_key(word) for word in asked.split()]
        if not words:
            return []
        found = [entry for entry in within if all(word in name_key(entry.name) for word in words)]
        return sorted(found, key=lambda entry: (name_key(entry.name) != text, -entry.level))[:_MOST_FOUND]


def usual_names(entries: Sequence[ServiceEntry]) -> dict[str, str]:
    """For the codes that departments share (levels 1 to 3) the name that most of them print."""
    names: dict[str, Counter[str]] = {}
    for entry in entries:
        if entry.level < 4 and entry.name:
            names.setdefault(entry.code, Counter())[entry.name] += 1
    return {code: count.most_common(1)[0][0] for code, count in names.items()}
