"""Growth, shares of a whole, a percentage of an amount, and what is left after payments, as told in words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.relations import Relation, Verdict, judge, slack
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import MONEY, SHARE, TIME, Quantity
from chengmai.disclosure.wording import is_change, is_due, is_of_projects, is_paid, is_total, is_unpaid

GROWTH, PART, RATE, PAID, YEARS, EACH_YEAR, UNCHANGED = (
    "disclosure.equation.growth",
    "disclosure.equation.share",
    "disclosure.equation.rate",
    "disclosure.equation.paid",
    "disclosure.equation.years",
    "disclosure.equation.each_year",
    "disclosure.equation.unchanged",
)
_UP = re.compile(r"增加|增长|上升|提高|增收|增幅|增\s*$")
_DOWN = re.compile(r"减少|下降|降低|减收|压减|减幅|降幅|减\s*$")
_SHARE_OF = re.compile(r"占(?P<whole>[^\d,，;；。]{0,24})$")
_RATE = re.compile(r"(?:按|安排|承担|要求|比例|计提|的|预付|列支|年|拨付)[^,，;；。\d]{0,4}$")
_BY_RULE = re.compile(r"按[^,，;；。\d]{0,8}$")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年[^\d,，;；。]{0,16}$")
_STRONG_DUE = re.compile(r"(?:中标|合同|总投资|评审金额|总价|造价|应付|房租|租金)[^,，;；。]{0,10}$")
_ASKS = re.compile(r"现(?:申请|申报)")
_LAST_PAYMENT = re.compile(r"(?:尾款|余款)[^,，;；。]{0,6}$")
_AS_BEFORE = re.compile(
    r"按(?:照)?原(?P<what>中标价|合同价|采购价|评审价)[^\d,，。；;%月季半]{0,12}"
    r"(?:(?:19|20)\d\d年)?[^\d,，。；;%月季半]{0,8}$"
)
_FAR, _MOST, _LEFT_NEAR = Decimal("0.05"), Decimal(14), Decimal("0.3")


def changes(passage: Passage) -> Iterator[Relation]:
    """Every growth, share, rate, payment and split over years that a passage tells."""
    for search in (_growth, _shares, _rates, _over_years, _each_year, _unchanged):
        yield from search(passage)
    payments = list(_payments(passage))
    yield from payments
    weighed = {relation.total.start for relation in payments}
    yield from (relation for relation in _last_payments(passage) if relation.total.start not in weighed)


def _growth(passage: Passage) -> Iterator[Relation]:
    mentions = passage.mentions
    for one, share in pairwise(mentions):
        if not is_change(one) or share.quantity.dimension != SHARE or share.start - one.end > 14:
            continue
        words = passage.text[one.end : share.start]
        up = _UP.search(one.before) is not None
        if not (_UP.search(words) or _DOWN.search(words) or _UP.search(share.before) or _DOWN.search(share.before)):
            continue
        if (_DOWN.search(words) is not None and up) or (_UP.search(words) is not None and not up):
            yield _broken(
                "disclosure.equation.direction", passage, share.quantity, (one.quantity,), share.quantity.number
            )
            continue
        subjects = [
            other
            for other in mentions[: one.index]
            if other.quantity.dimension == one.quantity.dimension
            and not other.quantity.per
            and not is_change(other)
            and other.sentence >= one.sentence - 1
        ]
        relation = _grown(passage, subjects, one, share, up)
        if relation is not None:
            yield relation


def _grown(passage: Passage, subjects: list[Mention], change: Mention, share: Mention, up: bool) -> Relation | None:
    first: Relation | None = None
    ordered = [*[one for one in subjects if one.item == change.item], *subjects]
    for subject in ordered:
        now, by = subject.quantity, change.quantity
        before = now.value - by.value if up else now.value + by.value
        if before <= 0:
            continue
        computed = by.value / before * 100
        off = (by.half + (by.half + now.half) * by.value / before) / before * 100 + share.quantity.half * 100
        verdict = judge(computed, share.quantity.number, off)
        relation = Relation(GROWTH, passage, share.quantity, (now, by), verdict, computed)
        if verdict == Verdict.HOLDS:
            return relation
        first = first or relation
    return first


def _shares(passage: Passage) -> Iterator[Relation]:
    told = [
        (share, part)
        for share in passage.mentions
        if share.quantity.dimension == SHARE
        and not share.quantity.about
        and _SHARE_OF.search(passage.text[max(0, share.start - 30) : share.start])
        and (part := _part_of(passage, share)) is not None
    ]
    # What has its own share is a part like this one: it may confirm a share, but not accuse it.
    parts = {part.index for _, part in told}
    for share, part in told:
        wholes = [
            one
            for one in passage.mentions
            if one.quantity.dimension == part.quantity.dimension
            and not one.quantity.per
            and one is not part
            and one.start < share.start
            and one.quantity.value >= part.quantity.value
            and not is_change(one)
        ]
        relation = _of_whole(passage, share.quantity, part.quantity, wholes, parts)
        # A whole that stands in a table is held against that table: no amount nearby may accuse its share.
        if relation.verdict == Verdict.HOLDS or not is_of_projects(passage, share):
            yield relation


def _part_of(passage: Passage, share: Mention) -> Mention | None:
    for one in reversed(passage.mentions[: share.index]):
        if one.quantity.dimension == SHARE:
            return None
        if not one.quantity.per and not is_change(one):
            return one if share.start - one.end <= 40 and one.item == share.item else None
    return None


def _of_whole(passage: Passage, share: Quantity, part: Quantity, wholes: list[Mention], parts: set[int]) -> Relation:
    first: Relation | None = None
    for one in sorted(wholes, key=lambda one: one.start):
        whole = one.quantity
        if not whole.value:
            continue
        computed = part.value / whole.value * 100
        off = (part.half + whole.half * part.value / whole.value) / whole.value * 100 + share.half * 100
        verdict = judge(computed, share.number, off)
        relation = Relation(
            PART, passage, share, (part, whole), verdict, computed, shown=f"{part.printed} / {whole.printed}"
        )
        if verdict == Verdict.HOLDS:
            return relation
        first = first or (relation if one.index not in parts else None)
    if first is None or (share.number == 0 and part.value == 0):
        verdict = Verdict.HOLDS if share.number == 0 == part.value else Verdict.UNDECIDED
        return Relation(PART, passage, share, (part,), verdict, Decimal(0), why="disclosure.why.no_whole")
    return first


def _rates(passage: Passage) -> Iterator[Relation]:
    """按70%测算1609.21万元: a percentage of an amount before it gives the amount behind it."""
    mentions = passage.mentions
    for rate, result in pairwise(mentions):
        gap = passage.text[rate.end : result.start]
        fits = rate.quantity.dimension == SHARE and result.is_money and not result.quantity.about
        if not fits or len(gap) > 24 or re.search(r"[。；;*+=]", gap) or "占" in rate.before:
            continue
        if not _RATE.search(rate.before) and rate.before:
            continue
        bases = [
            one
            for one in mentions[: rate.index]
            if one.is_money and one.sentence == rate.sentence and not is_change(one)
        ]
        best: Relation | None = None
        for base in reversed(bases[-8:]):
            computed = base.quantity.value * rate.quantity.value / result.quantity.scale
            off = (base.quantity.half * rate.quantity.value + result.quantity.half) / result.quantity.scale
            verdict = judge(computed, result.quantity.number, off if result.quantity.decimals else Decimal(0))
            told = f"{base.quantity.printed} * {rate.quantity.printed}"
            terms = (base.quantity, rate.quantity)
            relation = Relation(RATE, passage, result.quantity, terms, verdict, computed, shown=told)
            if verdict == Verdict.HOLDS:
                best = relation
                break
            ratio = computed / result.quantity.number if result.quantity.number else Decimal(0)
            if best is None and base is bases[-1] and Decimal("0.75") <= ratio <= Decimal("1.25"):
                best = relation
            elif best is None and base is bases[-1] and _BY_RULE.search(rate.before) and Decimal("0.1") <= ratio <= 10:
                best = replace(relation, severity=Severity.WARNING)
        if best is not None:
            yield best


def _payments(passage: Passage) -> Iterator[Relation]:
    """合同价 less 已支付 is 未支付; an advance taken off a request is what is still asked for."""
    for left in passage.mentions:
        if not left.is_money or left.quantity.about or not is_unpaid(left):
            continue
        paid = _paid_before(passage, left)
        if not paid:
            continue
        dues = [
            one
            for one in passage.mentions[: paid[0].index]
            if one.is_money and not is_change(one) and not is_unpaid(one) and not is_paid(one)
        ]
        # What a bracket tells is complete in itself when it names what was due.
        dues = [one for one in dues if left.bracket and one.bracket == left.bracket] or dues
        relation = _rest(passage, left, paid, dues)
        if relation is not None:
            yield relation


def _paid_before(passage: Passage, left: Mention) -> list[Mention]:
    found: list[Mention] = []
    for one in reversed(passage.mentions[: left.index]):
        if one.sentence != left.sentence or (one.depth == left.depth and one.bracket != left.bracket):
            break
        if one.is_money and is_paid(one):
            found.insert(0, one)
        elif one.is_money and one.depth == left.depth and (found or is_unpaid(one)):
            strong = _STRONG_DUE.search(one.before)
            if strong or is_unpaid(one) or one.item != left.item:
                break
    return found


def _rest(passage: Passage, left: Mention, paid: list[Mention], dues: list[Mention]) -> Relation | None:
    target = left.quantity
    between = [one for one in passage.mentions[paid[0].index : left.index] if one.is_money and not one.quantity.per]
    for due in _sums_of_dues(dues):
        for size in range(1, min(4, len(between)) + 1):
            for way in combinations(between[-6:], size):
                taken = [one.quantity for one in way]
                computed = sum((one.value for one in due), Decimal(0)) - sum((one.value for one in taken), Decimal(0))
                if judge(computed, target.value, slack([*due, *taken], target)) == Verdict.HOLDS:
                    return _minus(passage, target, due, taken, Verdict.HOLDS)
    if not dues:
        return None
    due_one = dues[-1]
    strong = _STRONG_DUE.search(due_one.before) is not None
    around = due_one.bracket == left.bracket or passage.bracket_after(due_one.end) == left.bracket != 0
    next_to = due_one.item == left.item and around and due_one.index >= paid[0].index - 1
    taken = [one.quantity for one in paid]
    relation = _minus(passage, target, (due_one.quantity,), taken, Verdict.BROKEN)
    near = target.number and abs(relation.computed - target.number) <= _FAR * abs(due_one.quantity.value / target.scale)
    asks = _ASKS.search(left.before) is not None
    if (strong or asks or is_due(due_one)) and (next_to or near):
        return relation
    return None


def _sums_of_dues(dues: list[Mention]) -> Iterator[tuple[Quantity, ...]]:
    for one in reversed(dues[-10:]):
        yield (one.quantity,)
    top = [one for one in dues if one.depth == min((due.depth for due in dues), default=0)]
    if len(top) >= 2:
        yield (top[-1].quantity, top[-2].quantity)


def _minus(
    passage: Passage, total: Quantity, due: tuple[Quantity, ...], taken: list[Quantity], verdict: Verdict
) -> Relation:
    computed = (sum(one.value for one in due) - sum(one.value for one in taken)) / total.scale
    told = " + ".join(one.printed for one in due) + " - " + " - ".join(one.printed for one in taken)
    return Relation(PAID, passage, total, (*due, *taken), verdict, Decimal(computed), shown=told)


def _last_payments(passage: Passage) -> Iterator[Relation]:
    """中标价 told first, paid year by year, 尾款 at the end: what is left of the price after all that was paid."""
    for left in passage.mentions:
        if not left.is_money or left.quantity.about or not _LAST_PAYMENT.search(left.before):
            continue
        before = [one for one in passage.mentions[: left.index] if one.is_money and one.depth == left.depth]
        dues = [at for at, one in enumerate(before) if _STRONG_DUE.search(one.before) and not is_paid(one)]
        if not dues:
            continue
        due, between = before[dues[-1]].quantity, before[dues[-1] + 1 :]
        paid = [one for one in between if is_paid(one)]
        summed = [one for one in paid if "累计" in one.before]
        taken = [one.quantity for one in (summed[-1:] or paid)]
        if not taken or any(is_unpaid(one) for one in between):
            continue
        computed = due.value - sum(one.value for one in taken)
        verdict = judge(computed, left.quantity.value, slack([due, *taken], left.quantity))
        if verdict == Verdict.HOLDS or abs(computed - left.quantity.value) <= _LEFT_NEAR * due.value:
            yield _minus(passage, left.quantity, (due,), taken, verdict)


def _unchanged(passage: Passage) -> Iterator[Relation]:
    """按原中标价申请…: the amount is that which was told as 中标价 before."""
    for one in passage.mentions:
        found = _AS_BEFORE.search(passage.text[max(0, one.start - 40) : one.start])
        if found is None or not one.is_money or one.quantity.about:
            continue
        earlier = [
            other
            for other in passage.mentions[: one.index]
            if other.is_money and re.search(rf"{found[1]}格?(?:为|是)?$", other.before)
        ]
        if earlier:
            first = earlier[-1].quantity
            off = (first.half if first.decimals else Decimal(0)) if first.scale > one.quantity.scale else Decimal(0)
            off += one.quantity.half if one.quantity.scale > first.scale else Decimal(0)
            verdict = judge(first.value, one.quantity.value, off)
            computed = first.value / one.quantity.scale
            yield Relation(UNCHANGED, passage, one.quantity, (first,), verdict, computed, Severity.WARNING)


def _over_years(passage: Passage) -> Iterator[Relation]:
    """A total, and then what each of the years that follow one another gets of it."""
    run: list[tuple[int, Mention]] = []
    for one in [*passage.mentions, None]:
        year = _year_of(passage, one) if one is not None and one.is_money and not one.quantity.per else None
        if run and (one is None or year != run[-1][0] + 1 or one.sentence != run[-1][1].sentence):
            yield from _split(passage, [mention for _, mention in run])
            run = []
        if one is not None and year is not None and not is_change(one) and not is_paid(one):
            run.append((year, one))
    return


def _year_of(passage: Passage, one: Mention) -> int | None:
    found = _YEAR.search(passage.text[max(0, one.start - 24) : one.start])
    return int(found[1]) if found else None


def _split(passage: Passage, years: list[Mention]) -> Iterator[Relation]:
    if len(years) < 2:
        return
    before = [one for one in passage.mentions[: years[0].index] if one.is_money and one.depth == years[0].depth]
    parts = [one.quantity for one in years]
    computed = sum((part.value for part in parts), Decimal(0))
    for head in reversed(before[-3:]):
        total = head.quantity
        if judge(computed, total.value, slack(parts, total)) == Verdict.HOLDS:
            yield Relation(YEARS, passage, total, tuple(parts), Verdict.HOLDS, computed / total.scale)
            return
    # A total that says so is the years' whole even if it is far off; another amount only if it is near.
    far = _MOST if before and is_total(before[-1]) else _FAR
    if before and abs(computed - before[-1].quantity.value) <= far * before[-1].quantity.value:
        total = before[-1].quantity
        yield Relation(YEARS, passage, total, tuple(parts), Verdict.BROKEN, computed / total.scale)


def _each_year(passage: Passage) -> Iterator[Relation]:
    """3年364.8240万元, 每年121.6080万元."""
    for one, whole in zip(passage.mentions, passage.mentions[1:], strict=False):
        span = one.quantity
        fits = span.dimension == TIME and "年" in span.unit and 2 <= span.number <= 30 and whole.is_money
        if not fits or whole.start - one.end > 4:
            continue
        for each in passage.mentions[whole.index + 1 :]:
            if each.quantity.per == ("年",) and each.quantity.dimension == MONEY and each.sentence == whole.sentence:
                total = each.quantity
                computed = whole.quantity.value / span.number / total.scale
                off = (whole.quantity.half / span.number + total.half) / total.scale
                verdict = judge(computed, total.number, off)
                told = f"{whole.quantity.printed} / {span.number}"
                yield Relation(EACH_YEAR, passage, total, (span, whole.quantity), verdict, computed, shown=told)
                break


def _broken(rule: str, passage: Passage, total: Quantity, terms: tuple[Quantity, ...], computed: Decimal) -> Relation:
    return Relation(rule, passage, total, terms, Verdict.BROKEN, computed, Severity.ERROR)
