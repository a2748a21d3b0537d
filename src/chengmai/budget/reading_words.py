"""Findings of reading a published budget, in words."""

from chengmai.core.messages import message
from chengmai.disclosure.findings import DocumentFinding

_KEYS = frozenset({"field", "span", "level", "source"})
"""Details that hold keys of a target sheet, named in the language they are told in."""


def finding_sentence(finding: DocumentFinding, language: str) -> str:
    """What is wrong, in words."""
    told = {
        name: message(f"sheet.{name}.{value}", language, {}) if name in _KEYS else value
        for name, value in finding.params.items()
    }
    return message(f"finding.{finding.rule}", language, told)
