"""Findings about a published budget, in words: those of reading it and those of its checks."""

from chengmai.core.messages import message
from chengmai.disclosure.findings import DocumentFinding

_KEYS = frozenset({"field", "span", "level", "source"})
"""Details that hold keys of a target sheet, named in the language they are told in."""


def finding_sentence(finding: DocumentFinding, language: str) -> str:
    """What is wrong, in words; where figures could not be weighed, why."""
    told: dict[str, object] = {
        name: message(f"sheet.{name}.{value}", language, {}) if name in _KEYS else value
        for name, value in finding.params.items()
    }
    for name in ("name", "why"):
        code = str(told.get(name, ""))
        if code.startswith("disclosure."):
            told[name] = message(code, language, told)
    unweighed = not finding.decided and "why" in told
    return message("finding.disclosure.equation.undecided" if unweighed else f"finding.{finding.rule}", language, told)
