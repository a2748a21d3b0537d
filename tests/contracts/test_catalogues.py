"""Everything a person reads exists in both languages, fits the code that says it, and is said by something."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from tests.contracts.sources import PACKAGE, ROOT, bases, called, classes, modules, where

LANGUAGES = ("zh-CN", "en")
CJK = re.compile(r"[\u4e00-\u9fff]")
SAYING = {"Finding": "finding.", "DocumentFinding": "finding.", "Reason": "reason."}
"""Calls whose code is looked up in the catalogue under a prefix."""
CODE_ARGUMENT = {"Finding": 4, "DocumentFinding": 0, "Reason": 0}
KEYWORD = {"Finding": "rule", "DocumentFinding": "rule", "Reason": "code"}


def files(language: str) -> list[Path]:
    """The catalogue files of one language."""
    return sorted((PACKAGE / "locale" / language).glob("*.json"))


def sentences(language: str) -> dict[str, str]:
    """All sentences of one language."""
    found: dict[str, str] = {}
    for file in files(language):
        found |= json.loads(file.read_text())
    return found


def placeholders(sentence: str) -> set[str]:
    """Names of the parameters a sentence fills in."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def says_something(sentence: str) -> bool:
    """Whether a sentence holds words of its own beside its parameters."""
    return any(character.isalpha() for literal, *_ in Formatter().parse(sentence) for character in literal)


def error_classes() -> set[str]:
    """Names of all classes below ChengmaiError."""
    known = {"ChengmaiError"}
    while True:
        more = {node.name for _, node in classes() if bases(node) & known} - known
        if not more:
            return known
        known |= more


def first_text(node: ast.expr | None) -> str | None:
    """The text of a constant expression; None of any other."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def errors_said() -> Iterator[tuple[str, str, set[str] | None]]:
    """Place, code and parameter names of every error made in the code; None where parameters are passed on whole."""
    errors = error_classes()
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in errors and node.args:
                code = first_text(node.args[0])
                names = {keyword.arg for keyword in node.keywords}
                if code is not None:
                    yield where(path, node), code, None if None in names else {str(name) for name in names}


def codes_said() -> Iterator[tuple[str, str]]:
    """Place and catalogue key of every finding and reason made in the code with a code of its own."""
    for path, module in modules().items():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or called(node) not in SAYING:
                continue
            kind, position = called(node), CODE_ARGUMENT[called(node)]
            argument = node.args[position] if len(node.args) > position else None
            argument = next((word.value for word in node.keywords if word.arg == KEYWORD[kind]), argument)
            code = first_text(argument)
            if code is not None:
                yield where(path, node), SAYING[kind] + code


def test_both_languages_have_the_same_files_and_keys() -> None:
    chinese, english = (
        {file.name: set(json.loads(file.read_text())) for file in files(language)} for language in LANGUAGES
    )
    assert chinese, "no catalogue at all"
    assert chinese == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_sorted_and_in_one_file_only(language: str) -> None:
    keys = [list(json.loads(file.read_text())) for file in files(language)]
    assert [each for each in keys if each != sorted(each)] == []
    together = [key for each in keys for key in each]
    assert sorted({key for key in together if together.count(key) > 1}) == []


def test_sentences_fit_each_other_and_are_in_their_language() -> None:
    chinese, english = (sentences(language) for language in LANGUAGES)
    assert [key for key in english if placeholders(english[key]) != placeholders(chinese[key])] == []
    assert [key for key, sentence in english.items() if not sentence.strip() or CJK.search(sentence)] == []
    assert [key for key, sentence in chinese.items() if says_something(sentence) and not CJK.search(sentence)] == []


def test_every_error_has_its_sentence_and_gives_what_the_sentence_needs() -> None:
    catalogue = sentences("en")
    said = list(errors_said())
    assert said, "no error found in the code: this test looks at nothing"
    assert [f"{place} {code}" for place, code, _ in said if code not in catalogue] == []
    lacking = [
        f"{place} {code} lacks {sorted(placeholders(catalogue[code]) - given)}"
        for place, code, given in said
        if given is not None and not placeholders(catalogue[code]) <= given
    ]
    assert lacking == []


def test_every_finding_and_reason_has_its_sentence() -> None:
    said = list(codes_said())
    assert [f"{place} {key}" for place, key in said if key not in sentences("en")] == []


def texts_and_patterns() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every text in the code, and every f-string as a pattern whose gaps are to be filled by such texts."""
    texts: set[str] = set()
    patterns: set[str] = {re.escape(prefix) + r"(.+)" for prefix in SAYING.values()}
    for module in modules().values():
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (first_text(part) if isinstance(part, ast.Constant) else None for part in node.values)
                patterns.add("".join(r"([\w.-]+)" if part is None else re.escape(part) for part in parts))
    return texts, [re.compile(pattern) for pattern in patterns if r"\." in pattern]


def test_every_sentence_is_said_by_something() -> None:
    texts, patterns = texts_and_patterns()

    def is_said(key: str) -> bool:
        matches = (pattern.fullmatch(key) for pattern in patterns)
        return key in texts or any(match and texts.issuperset(match.groups()) for match in matches)

    assert [key for key in sentences("en") if not is_said(key)] == []


def test_the_front_end_speaks_both_languages_alike() -> None:
    folder = ROOT / "web" / "src" / "i18n"
    chinese, english = (
        {path.relative_to(folder / language): path for path in sorted((folder / language).rglob("*.json"))}
        for language in LANGUAGES
    )
    assert chinese, "no catalogue of the front end"
    assert set(chinese) == set(english)
    for name, path in chinese.items():
        assert flat(json.loads(path.read_text())) == flat(json.loads(english[name].read_text())), name


def flat(tree: object, prefix: str = "") -> set[str]:
    """Dotted keys of a nested catalogue."""
    if not isinstance(tree, dict):
        return {prefix}
    return {key for name, branch in tree.items() for key in flat(branch, f"{prefix}.{name}".lstrip("."))}
