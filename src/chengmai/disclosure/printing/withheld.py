"""What no public form of a budget may show unless a person cleared it: personal data and marks of secrecy, by rule."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from hashlib import sha256
from itertools import chain

from chengmai.disclosure.folding import fold
from chengmai.disclosure.printing.text import PrintedBudget

MASK = "■■■"
"""What stands for a piece that is held back."""
_ID_CARD = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_OLD_ID_CARD = re.compile(r"(?<!\d)[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_MOBILE = re.compile(r"(?<![\d.])1[3-9]\d(?:[ -]?\d{4}){2}(?![\d.%]|\s*[元万亿千吨平立米个])")
_CARD = re.compile(r"(?<![\d.])\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\d.])")
_SECRET = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆*]\s*(?:[\d一二三四五六七八九十]+\s*年|长期)?"
    r"|^\s*(?:绝密|机密|秘密|内部)\s*$"
)
_INTERNAL = re.compile(
    r"仅供内部(?:审核|使用|参考|掌握)?"
    r"|内部(?:资料|文件|材料|刊物)[,，]?(?:注意保存|不得外传|严禁外传)?"
    r"|不予公开|不宜公开"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    "童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简"
    "车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇"
)
_NAME = re.compile(
    rf"(?<![\u4e00-\u9fff])([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?=[\s,，:：;；(（、]*(?:身份证|电话|手机|联系|账号|卡号|号码|[：:]*$))"
)
_NAMED = re.compile(
    rf"(?:姓名|户名|联系人|经办人|负责人|法定代表人|开户名)[\s:：]*([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"
)
_NEAR = 24
"""Characters before a personal number within which a name is taken to be its bearer's."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CONTROL = "10X98765432"


class WithheldKind(StrEnum):
    """Why something is held back."""

    ID_CARD = "id_card"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    PERSON = "person"
    SECRET = "secret"  # noqa: S105 - a mark on paper
    INTERNAL = "internal"


PERSONAL = frozenset({WithheldKind.ID_CARD, WithheldKind.MOBILE, WithheldKind.BANK_CARD, WithheldKind.PERSON})


@dataclass(frozen=True, slots=True)
class WithheldPiece:
    """One piece that is held back: its kind, where it stands, its text, and a digest to clear it by."""

    kind: WithheldKind
    place: str
    text: str

    @property
    def digest(self) -> str:
        """By which a clearance names it, so that the piece itself is kept in no list."""
        return sha256(f"{self.kind}:{fold(self.text)}".encode()).hexdigest()

    @property
    def hint(self) -> str:
        """Enough of it for a person to know which is meant."""
        if self.kind not in PERSONAL:
            return self.text.strip()
        return self.text[:1] + "*" * (len(self.text) - 1) if len(self.text) < 5 else f"{self.text[:3]}…{self.text[-2:]}"


def pieces(text: str) -> list[tuple[int, int, WithheldKind]]:
    """Start, end and kind of every piece of a text that is held back; none overlaps another."""
    folded = fold(text)
    found: list[tuple[int, int, WithheldKind]] = []

    def take(start: int, end: int, kind: WithheldKind) -> None:
        if all(end <= left or start >= right for left, right, _ in found):
            found.append((start, end, kind))

    for one in _ID_CARD.finditer(folded):
        if _is_id_card(one[0]):
            take(*one.span(), WithheldKind.ID_CARD)
    for one in _OLD_ID_CARD.finditer(folded):
        if "证" in folded[max(0, one.start() - _NEAR) : one.start()]:
            take(*one.span(), WithheldKind.ID_CARD)
    for one in _CARD.finditer(folded):
        if _passes_luhn(one[0]):
            take(*one.span(), WithheldKind.BANK_CARD)
    for one in _MOBILE.finditer(folded):
        take(*one.span(), WithheldKind.MOBILE)
    for start, _, kind in list(found):
        if kind in PERSONAL and (name := _bearer(folded, start)):
            take(*name, WithheldKind.PERSON)
    for one in _NAMED.finditer(folded):
        take(*one.span(1), WithheldKind.PERSON)
    for pattern, kind in ((_SECRET, WithheldKind.SECRET), (_INTERNAL, WithheldKind.INTERNAL)):
        for one in pattern.finditer(folded):
            take(*one.span(), kind)
    return sorted(found)


def _bearer(folded: str, number: int) -> tuple[int, int] | None:
    """The name that stands right before a personal number, with at most a label between them."""
    before = max(0, number - _NEAR)
    named = list(_NAME.finditer(folded[before:number]))
    return (before + named[-1].start(1), before + named[-1].end(1)) if named else None


def _is_id_card(number: str) -> bool:
    """Whether 18 digits are the number of an identity card: a day that exists, and the control character."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CONTROL[total % 11] == number[17].upper()


def _passes_luhn(printed: str) -> bool:
    """Whether the digits are those of a bank card: 16 to 19, issued by a bank, with the right control digit."""
    digits = [int(sign) for sign in printed if sign.isdigit()]
    if not 16 <= len(digits) <= 19 or digits[0] not in (3, 4, 5, 6):
        return False
    doubled = [digit if index % 2 == 0 else digit * 2 - 9 * (digit > 4) for index, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def masked_text(text: str, cleared: frozenset[str] = frozenset()) -> str:
    """A text with every piece masked that nobody cleared."""
    for start, end, kind in reversed(pieces(text)):
        if WithheldPiece(kind, "", text[start:end]).digest not in cleared:
            text = text[:start] + MASK + text[end:]
    return text


@dataclass(frozen=True, slots=True)
class Masked:
    """A budget as the public may see it, and all that a rule holds back in it, cleared or not."""

    budget: PrintedBudget
    withheld: tuple[WithheldPiece, ...]


def masked(budget: PrintedBudget, cleared: frozenset[str] = frozenset()) -> Masked:
    """The budget with every piece masked that nobody cleared; figures of tables are never touched."""

    @cache
    def mask(text: str) -> str:
        return masked_text(text, cleared)

    tables = tuple(
        replace(
            table,
            title=mask(table.title),
            cells=tuple(cell if cell.fen is not None else replace(cell, text=mask(cell.text)) for cell in table.cells),
        )
        for table in budget.tables
    )
    changed = replace(
        budget,
        tables=tables,
        passages=tuple(replace(one, text=mask(one.text)) for one in budget.passages),
        sheets=tuple(replace(one, rows=_masked_rows(one.rows, mask)) for one in budget.sheets),
        catalogue=budget.catalogue
        and replace(
            budget.catalogue, entries=tuple(replace(one, name=mask(one.name)) for one in budget.catalogue.entries)
        ),
    )
    found = [
        WithheldPiece(kind, place, text[start:end])
        for place, text in _texts(budget)
        for start, end, kind in pieces(text)
    ]
    return Masked(changed, tuple(found))


def _masked_rows(rows: tuple[tuple[str, ...], ...], mask: Callable[[str], str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(mask(cell) for cell in row) for row in rows)


def _texts(budget: PrintedBudget) -> Iterator[tuple[str, str]]:
    """Every text of a budget with the words for its place."""
    for table in budget.tables:
        yield f"表{table.number}", table.title
        for cell in table.cells:
            if cell.fen is None:
                yield f"表{table.number} {cell.row}:{cell.position}", cell.text
    for number, passage in enumerate(budget.passages, 1):
        yield f"¶{number}", passage.text
    for sheet in budget.sheets:
        for index, cells in enumerate(sheet.rows, 1):
            yield from ((f"绩效目标表{sheet.number} {index}", cell) for cell in cells)
    if budget.catalogue is not None:
        yield from chain.from_iterable([[(f"目录 {one.code}", one.name)] for one in budget.catalogue.entries])
