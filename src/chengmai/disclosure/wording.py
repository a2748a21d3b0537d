"""What the words around a figure say it is: paid, still due, a change, a total of what stands before it."""

import re

from chengmai.disclosure.passages import Mention, Passage

_PAID = re.compile(
    r"(?:已|累计)[^,，;；。]{0,8}(?:付|拨|到位|结算|下达|缴纳|支出)|(?:实际到位|预拨|预付|下达资金|^支出)"
)
_UNPAID = re.compile(
    r"(?:还差|尚差|未支付|未付|未到位|未结算|尚欠|欠付|差额|剩余|结余|尚需|还需|仍需|现申请|现申报|本次申请|余款|尾款)[^,，;；。]*$"
)
_UNPAID_AFTER = re.compile(r"\s*(?:尚)?未(?:支付|付|到位|拨|结)")
_CHANGE = re.compile(
    r"(?:增加|减少|增长|下降|增收|减收|上升|提高|降低|压减)[^,，;；。]{0,4}$|[较比][^,，;；。]{0,12}[增减]\s*$"
)
_TOTAL = re.compile(r"(?:合计|共计|总计|小计|总共|共需|共安排|^共|共申请|总额|总投资)[^,，;；。]{0,16}$")
_SUM = re.compile(r"(?:合计|共计|总计|小计|总共|^共|共需|共安排|年共|共支付|共有)[^,，;；。]{0,16}$")
_DUE = re.compile(
    r"(?:应付|应支付|合同|中标价|中标金额|总投资|评审金额|决算|房租|租金|出资|应缴|总额|预算金额|造价|申报|价款|费用|处置费|应收)[^,，;；。]{0,10}$"
)

_OF_PROJECTS = re.compile(r"占[^\d,，。；;]{0,20}项目支出[^\d,，。；;]{0,6}$")


def is_of_projects(passage: Passage, one: Mention) -> bool:
    """占项目支出总额的: a share of all project expenditure, which a table tells."""
    return _OF_PROJECTS.search(passage.text[max(0, one.start - 30) : one.start]) is not None


def is_paid(one: Mention) -> bool:
    """已支付, 已到位, 已预拨."""
    return _PAID.search(one.before) is not None and not is_unpaid(one)


def is_unpaid(one: Mention) -> bool:
    """未支付 before or behind the figure, 还差, 差额, 剩余, 现申请."""
    return _UNPAID.search(one.before) is not None or _UNPAID_AFTER.match(one.after) is not None


def is_change(one: Mention) -> bool:
    """增加 or 减少 right before the figure."""
    return _CHANGE.search(one.before) is not None


def is_total(one: Mention) -> bool:
    """合计, 总额, 总投资 before the figure."""
    return _TOTAL.search(one.before) is not None


def is_sum(one: Mention) -> bool:
    """合计, 共计, 共: a total of what stands before it."""
    return _SUM.search(one.before) is not None


def is_due(one: Mention) -> bool:
    """应付, 合同价, 总投资: what payments are set against."""
    return _DUE.search(one.before) is not None
