"""An EPANET input file as sections of numbered rows, each row able to say what is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chengmai.core.findings import Finding, Severity
from chengmai.network.figures import read_figure
from chengmai.network.records import Place

HYDRAULIC_SECTIONS = (
    *("TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "EMITTERS", "DEMANDS", "STATUS"),
    *("PATTERNS", "CURVES", "CONTROLS", "RULES", "TIMES", "OPTIONS", "COORDINATES", "VERTICES"),
)
OTHER_SECTIONS = (
    *("TAGS", "ENERGY", "QUALITY", "SOURCES", "REACTIONS", "MIXING", "REPORT", "LABELS", "BACKDROP", "LEAKAGE"),
    *("ROUGHNESS", "END"),
)
"""Sections that say nothing about where water flows: read over."""

LARGEST = 1e9
"""No figure of a network is larger; a larger one is a slip and would spoil what is computed from it."""

_WORD = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(slots=True)
class InpRow:
    """One row's words; what is found broken gathers in ``findings``."""

    place: Place
    words: list[str]
    text: str
    comment: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True while nothing keeps the row out."""
        return not any(finding.severity == Severity.ERROR for finding in self.findings)

    def fail(self, rule: str, field: str, value: object = None, **detail: str) -> None:
        """Note what is wrong."""
        self.findings.append(self.place.finding(rule, field, value, Severity.ERROR, **detail))

    def word(self, position: int, field: str, default: str | None = None) -> str:
        """The word at a position; a missing one is a finding unless it has a default."""
        if position < len(self.words):
            return self.words[position]
        if default is None:
            self.fail("field.missing", field)
        return default or ""

    def number(self, position: int, field: str, default: float | None = None, least: float | None = None) -> float:
        """The number at a position, at least ``least``; 0 with a finding when it is none."""
        if position >= len(self.words):
            if default is None:
                self.fail("field.missing", field)
            return default or 0.0
        value, rule, detail = read_figure(self.words[position], least, LARGEST)
        if rule:
            self.fail(rule, field, self.words[position], **detail)
        return value


def decode(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """Text of a file in UTF-8 or GB 18030; bytes that fit neither are replaced and told."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace"), [Place(file).finding("file.encoding", severity=Severity.WARNING)]


def sections(text: str, file: str, findings: list[Finding]) -> dict[str, list[InpRow]]:
    """Rows by section, in the file's order; unknown sections and stray rows are findings."""
    found: dict[str, list[InpRow]] = {name: [] for name in HYDRAULIC_SECTIONS}
    current: list[InpRow] | None = None
    told_stray = False
    for number, line in _numbered(text):
        place = Place(file, number)
        content, _, comment = (part.strip() for part in line.partition(";"))
        if content.startswith("["):
            name = _section_name(content)
            if name is None:
                findings.append(place.finding("inp.section_unknown", "section", content, Severity.WARNING))
            if name == "END":
                break
            current = found.get(name or "", [])
            told_stray = True
        elif content and current is not None:
            words = [quoted or plain for quoted, plain in _WORD.findall(content)]
            current.append(InpRow(place, words, content, comment.lstrip("; ")))
        elif content and not told_stray:
            findings.append(place.finding("inp.no_section", None, content))
            told_stray = True
    return found


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)


def _section_name(content: str) -> str | None:
    """The section a header opens; its first four letters tell."""
    letters = content.lstrip("[").rstrip("]").strip().upper()
    for name in (*HYDRAULIC_SECTIONS, *OTHER_SECTIONS):
        if len(letters) >= 3 and name.startswith(letters[:4]):
            return name
    return None
