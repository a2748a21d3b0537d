"""The glossary gives every public class and every state its official Chinese term; the units table is the code's."""

import ast
import re

from tests.contracts.sources import PACKAGE, ROOT, bases, classes

from chengmai.core.units import UNITS

ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)
CJK = re.compile(r"[\u4e00-\u9fff]")
ENUMS = {"StrEnum", "TextChoices"}
STATES = re.compile(r"State$|Action$|^Role$|^Severity$|^DismissalReason$|^RuleKind$|^Quantity$")
SHAPES = {"api.py", "schemas.py"}
"""Files that hold only the shapes of doors; they are told in the OpenAPI document."""


def words() -> dict[str, str]:
    """Term -> Chinese of every row of the glossary."""
    return {term: chinese for term, chinese, _ in ROW.findall((ROOT / "docs" / "glossary.md").read_text())}


def public_classes() -> set[str]:
    """Names of all classes that others may use."""
    return {
        node.name
        for path, node in classes()
        if not node.name.startswith("_") and path.name not in SHAPES and not bases(node) & {"AppConfig", "Schema"}
    }


def states() -> set[str]:
    """``Machine.state`` of every state, action, role, level and kind."""
    found = set()
    for _, node in classes():
        if not (bases(node) & ENUMS and STATES.search(node.name)):
            continue
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                found.add(f"{node.name}.{line.value.value}")
    return found


def test_every_public_class_has_its_chinese_term() -> None:
    known = words()
    assert public_classes(), f"no class found below {PACKAGE}"
    assert sorted(public_classes() - set(known)) == []


def test_every_state_has_its_chinese_term() -> None:
    assert states()
    assert sorted(states() - set(words())) == []


def test_every_row_is_about_something_that_exists_and_has_chinese() -> None:
    known = words()
    assert sorted(set(known) - public_classes() - states()) == []
    assert [term for term, chinese in known.items() if not CJK.search(chinese)] == []


def test_units_page_is_the_code_s_table() -> None:
    text = (ROOT / "docs" / "units.md").read_text().partition("## Quantities")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]+?) \|", text, re.MULTILINE)
    assert dict(rows) == {str(quantity): unit for quantity, unit in UNITS.items()}
