"""What the checks of a published budget find and what they invent, and how quick they are.

``python -m benchmarks.disclosure_checks``: recall of each kind of seeded fault, false findings per 1,000 lines, seconds
of CPU for the published document, 500 documents and one of 100,000 lines, each beside reading the same text alone.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import click
from tests.published import PUBLISHED

from benchmarks.disclosure_documents import Generator
from benchmarks.disclosure_projects import MARK
from chengmai.disclosure.checking.checks import CheckReport, check_document, check_file
from chengmai.disclosure.document import read_document
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.reading.published_tables import read_tables

Key = tuple[str, int, str, str]


def other_figure(chance: random.Random, text: str) -> str:
    """The text with one figure mistyped: two digits swapped or one changed, never the last."""
    digits = [found.start() for found in re.finditer(r"\d", text)]
    places = digits[:-1] or digits
    for _ in range(50):
        at = chance.choice(places)
        index = digits.index(at)
        signs = list(text)
        if chance.random() < 0.4 and index + 1 < len(digits) and text[digits[index + 1]] != text[at]:
            signs[at], signs[digits[index + 1]] = signs[digits[index + 1]], signs[at]
        else:
            signs[at] = chance.choice([digit for digit in "123456789" if digit != text[at]])
        if "".join(signs) != text:
            return "".join(signs)
    return text


def larger(chance: random.Random, text: str) -> str:
    """The figure of a text, one and a half to four times as large."""
    found = re.search(r"\d[\d.]*", text)
    if found is None:
        return text
    return text.replace(found[0], f"{float(found[0]) * chance.uniform(1.5, 4):.2f}")


def other_character(chance: random.Random, text: str) -> str:
    """One Chinese character of a name replaced, as a scan or a hand does."""
    at = chance.choice([index for index, sign in enumerate(text) if "\u4e00" <= sign <= "\u9fff"])
    return text[:at] + chance.choice("某治建养拔析") + text[at + 1 :]


def other_month(chance: random.Random, text: str) -> str:
    """Another month of the same year."""
    return re.sub(r"(\d{1,2})月", lambda found: f"{int(found[1]) % 12 + 1}月", text)


def later_period(chance: random.Random, text: str) -> str:
    """A span of years moved by one."""
    by = chance.choice((-1, 1))
    return re.sub(r"\d{4}", lambda found: str(int(found[0]) + by), text)


Fault = Callable[[random.Random, str], str]
_FIGURES = (
    "table text_amount share growth parts formula price rate paid items sum detail years each_year count "
    "sheet_amount sources goal target_text request last_payment unchanged list several two_years reworded"
)
FAULTS: dict[str, Fault] = {
    **dict.fromkeys(_FIGURES.split(), other_figure),
    "cost": larger,
    "month": other_month,
    "sheet_name": other_character,
    "operator": lambda _, text: text.translate(str.maketrans("≥≤", "≤≥")),
    "year": lambda _, text: str(int(text) - 1),
    "reason": lambda _, text: "特此说明",
    "empty_note": lambda _, text: "",
    "placeholder": lambda _, text: "其他支出XX万元。",
    "span": lambda _, text: "9-23.4",
    "tenfold": lambda chance, text: f"{Decimal(text) * chance.choice((10, Decimal('0.1'))):.2f}",
    "list_bound": lambda _, text: f"≤{int(text[1:-2]) * 9 // 10}平米",
    "period": later_period,
    "other_measure": lambda _, text: text.replace("≥", "≤"),
    "unit_of": lambda chance, text: chance.choice(("米", "公里")),
    "order": lambda chance, text: f"{chance.randrange(1, 3)}月20日",
    "founded": lambda chance, text: str(int(text) - chance.randrange(7, 12)),
    "pace": lambda _, text: "一次性支付",
    "word_twice": lambda _, text: text * 2,
}


TOLD_TWICE = frozenset({"reworded", "list_bound"})
"""Faults that stand in the term's column and the year's alike."""


def plain(marked: str) -> str:
    """A document without its marks."""
    return MARK.sub(r"\2", marked)


def with_fault(chance: random.Random, marked: str, kind: str) -> tuple[str, int] | None:
    """The document with one fault of a kind, and its line; None when it has no place for one."""
    places = [found for found in MARK.finditer(marked) if found[1] == kind]
    places = places[::2] if kind in TOLD_TWICE else places
    if not places:
        return None
    found = chance.choice(places)
    wrong = FAULTS[kind](chance, found[2])
    behind = marked[found.end() :]
    if kind in TOLD_TWICE:
        behind = behind.replace(found[0], wrong, 1)
    text = plain(marked[: found.start()]) + wrong + plain(behind)
    return text, plain(marked[: found.start()]).count("\n") + 1


def keys(report: CheckReport) -> set[Key]:
    """Findings by rule, line and values, so that two runs can be compared."""
    return {_key(one) for one in report.findings if one.decided}


def _key(one: DocumentFinding) -> Key:
    return (one.rule, one.place.line, one.value, one.other_value)


def measure_recall(documents: int, seed: int, show: bool) -> None:
    """Each kind of fault once in every document with a place for it; findings without any fault are false."""
    seeded: Counter[str] = Counter()
    found: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    false: Counter[str] = Counter()
    lines = figures = covered = 0
    for number in range(documents):
        chance = random.Random(seed * 1000 + number)
        marked = Generator(seed * 1000 + number).write()
        clean = check_file("clean.txt", plain(marked).encode())
        lines += len(clean.document.lines)
        figures += len(clean.figures)
        covered += len(clean.figures) - len(clean.uncovered)
        false.update(one.rule for one in clean.findings if one.decided)
        before = keys(clean)
        for kind in FAULTS:
            fault = with_fault(chance, marked, kind)
            if fault is None:
                continue
            text, line = fault
            report = check_file("fault.txt", text.encode())
            new = [one for one in report.findings if one.decided and _key(one) not in before]
            near = set(range(line - 3, line + 1)) if kind == "empty_note" else {line}
            hit = any(one.place.line in near or (one.other and one.other.line in near) for one in new)
            seeded[kind] += 1
            found[kind] += hit
            anywhere[kind] += bool(new)
            if show and not hit:
                printed = text.splitlines()[line - 1][:160]
                print(f"missed {kind} in document {number}, line {line}: {printed}")
    print(f"{documents} generated documents, {lines} lines, seed {seed}")
    print("| fault | seeded | found at its line | found anywhere |\n| --- | --- | --- | --- |")
    for kind in FAULTS:
        if seeded[kind]:
            print(
                f"| {kind} | {seeded[kind]} | {found[kind] / seeded[kind]:.0%} | {anywhere[kind] / seeded[kind]:.0%} |"
            )
    total = sum(seeded.values())
    print(f"| all | {total} | {sum(found.values()) / total:.1%} | {sum(anywhere.values()) / total:.1%} |")
    print(
        f"false findings: {sum(false.values())}, {sum(false.values()) * 1000 / lines:.2f} per 1,000 lines {dict(false)}"
    )
    print(f"figures weighed by at least one rule: {covered} of {figures}, {covered / figures:.1%}")


def measure_speed() -> None:
    """CPU seconds of checking beside reading alone."""
    data = PUBLISHED.read_bytes()
    many = [plain(Generator(number).write()).encode() for number in range(20)] * 25
    long = plain(Generator(7, projects=3900).write()).encode()
    print("| document | lines | reading [s] | tables too [s] | all checks [s] | checks / reading |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, texts in (("published", [data]), ("500 documents", many), ("one large", [long])):
        lines = sum(text.count(b"\n") for text in texts)
        started = time.process_time()
        for text in texts:
            document = read_document(name, text)
            _ = (document.blocks, document.paragraphs)
        reading = time.process_time() - started
        started = time.process_time()
        for text in texts:
            read_tables(read_document(name, text))
        tables = time.process_time() - started
        started = time.process_time()
        for text in texts:
            check_document(read_document(name, text))
        checks = time.process_time() - started
        print(f"| {name} | {lines} | {reading:.2f} | {tables:.2f} | {checks:.2f} | {checks / reading:.1f} |")
    report = check_document(read_document("published", data))
    covered = len(report.figures) - len(report.uncovered)
    print(
        f"figures of the published document weighed by at least one rule: {covered} of {len(report.figures)}, "
        f"{covered / len(report.figures):.1%}; the rest: chengmai budget check --uncovered {PUBLISHED.name}"
    )


@click.command()
@click.option("--documents", default=20, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--missed", is_flag=True, help="Print the line of every fault that was not found.")
@click.option("--speed/--no-speed", default=True, show_default=True)
def main(documents: int, seed: int, missed: bool, speed: bool) -> None:
    """Recall, false findings and speed of the checks of a published budget."""
    measure_recall(documents, seed, missed)
    if speed:
        measure_speed()


if __name__ == "__main__":
    main()
