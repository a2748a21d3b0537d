"""Every rule a reader can report has its sentence in both languages, and every sentence can be filled in."""

import re
from pathlib import Path

import pytest

import chengmai.network
from chengmai.core.findings import Severity
from chengmai.core.messages import LANGUAGES, catalogue, message
from chengmai.network.inp_reader import read_inp

SOURCES = Path(chengmai.network.__file__).parent
RULE = re.compile(r"""(?:\.finding|\.fail|\.warn)\(\s*"([a-z_.]+)""")


def rules() -> set[str]:
    """All rule codes written in the package."""
    return {rule for file in SOURCES.glob("*.py") for rule in RULE.findall(file.read_text())}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_sentence(language: str) -> None:
    known = {code.removeprefix("finding.") for code in catalogue(language) if code.startswith("finding.")}
    assert len(rules()) > 20
    assert rules() - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_fill_in_from_a_finding(language: str) -> None:
    broken = Path(__file__).parent.parent / "data" / "networks" / "broken.inp"
    _, findings = read_inp(broken.read_bytes(), broken.name)
    assert {f.severity for f in findings} == {Severity.ERROR, Severity.WARNING}
    for finding in findings:
        params = {"field": finding.field, "value": finding.value, **dict(finding.detail)}
        sentence = message(f"finding.{finding.rule}", language, params)
        assert sentence not in {"", f"finding.{finding.rule}"}
        assert "{" not in sentence
