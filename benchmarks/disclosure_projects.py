"""Projects of units that do not exist, each kind in several wordings: sums, prices, payments, dates and targets."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MARK = re.compile(r"⟦([a-z_.]+)\|([^⟧]*)⟧")
PLACES = ("南湖", "西山", "北郊", "滨河", "新港", "老城", "东苑", "高铁站")
CENT = Decimal("0.01")


@dataclass
class Project:
    """One project: its name, its money of the year [yuan], its sheet's overview, plan and targets."""

    name: str
    yuan: int
    overview: str
    plan: str
    targets: list[tuple[str, str, str, str]]
    measures: str = "执行政府采购和国库集中支付制度。"
    necessity: str = "保障公用设施正常运行。"


def mark(kind: str, text: object) -> str:
    """A piece of print that a fault of this kind may change."""
    return f"⟦{kind}|{text}⟧"


def wan(yuan: int | Decimal) -> str:
    """Yuan as 万元 with two decimals."""
    return str((Decimal(yuan) / 10000).quantize(CENT, ROUND_HALF_UP))


class PlainProjects:
    """Projects whose figures belong together by what their own sentence says."""

    chance: random.Random
    year: int
    papers: int

    def kinds(self) -> Sequence[Callable[[str], Project]]:
        """Every kind, each made for a place."""
        return (
            self._wages,
            self._disposal,
            self._contract,
            self._works,
            self._plan,
            self._vehicles,
            self._repay,
            self._lease,
        )

    def _month(self) -> int:
        return self.chance.randrange(4, 11)

    def _wages(self, place: str) -> Project:
        people, pay = self.chance.randrange(12, 180), self.chance.randrange(21, 60) * 50
        yuan = people * pay * 12
        told = self.chance.choice(
            (
                f"全年需资金{wan(yuan)}万元（{people}人*{pay}元*12月={mark('formula', yuan)}元）",
                f"按{people}人×{pay}元/人/月×12月={mark('formula', wan(yuan))}万元测算",
            )
        )
        return Project(f"{place}辅助人员经费", yuan, f"聘用辅助人员{people}名，{told}。{self.year}年预算安排{mark('request', wan(yuan))}万元。", "按月发放。",
                       [("产出指标", "数量指标", "辅助人员数量", mark("target_text", f"≤{people}人")), ("成本指标", "成本指标", "人员经费成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _disposal(self, place: str) -> Project:
        tonnes, price = Decimal(self.chance.randrange(30_000, 900_000)) / 100, self.chance.randrange(60, 520)
        yuan = int((tonnes * price).quantize(Decimal(1), ROUND_HALF_UP))
        share = self.chance.choice((50, 60, 70))
        part = (Decimal(yuan) * share / 100 / 10000).quantize(CENT, ROUND_HALF_UP)
        told = self.chance.choice(
            (
                f"预计处置污泥{tonnes}吨，处置费用{mark('price', yuan)}元，中标价{price}元/吨",
                f"中标单价为每吨{price}元，全年处置垃圾{tonnes}吨，需费用{mark('price', yuan)}元",
            )
        )
        return Project(f"{place}处置费", int(part * 10000), f"{told}，按财政要求{share}%列入预算，金额为{mark('rate', part)}万元。", f"{self.year}年每季度据实支付。",
                       [("产出指标", "质量指标", "处置达标率", "100%"), ("成本指标", "成本指标", "处置单价", f"{price}元/吨")])  # fmt: skip

    def _contract(self, place: str) -> Project:
        whole, paid = self.chance.randrange(200, 3000) * 10_100, 0
        paid = whole * self.chance.randrange(20, 80) // 100 // 100 * 100
        rest = whole - paid
        told = self.chance.choice(
            (
                f"合同金额{wan(whole)}万元，已支付{wan(paid)}万元，剩余{mark('paid', wan(rest))}万元",
                f"中标价{wan(whole)}万元，截至{self.year - 1}年底已拨付{wan(paid)}万元，未支付{mark('paid', wan(rest))}万元",
                f"总投资{wan(whole)}万元（已付{wan(paid)}万元，{mark('paid', wan(rest))}万元未付）",
            )
        )
        month = self._month()
        return Project(f"{place}改造工程尾款", rest, f"项目{told}，{self.year}年申请预算资金{wan(rest)}万元。", f"待预算批复后，于{month}月底前完成支付。",
                       [("产出指标", "时效指标", "尾款支付完成时间", mark("month", f"{self.year}年{month}月底前")), ("成本指标", "成本指标", "工程尾款", mark("cost", f"≤{wan(rest)}万元"))])  # fmt: skip

    def _works(self, place: str) -> Project:
        a, b, c = (self.chance.randrange(50, 900) * 10_100 for _ in range(3))
        whole = a + b + c
        told = self.chance.choice(
            (
                f"总投资{mark('items', wan(whole))}万元，主要内容：1.设备购置费{wan(a)}万元；2.安装费{wan(b)}万元；3.监理费{wan(c)}万元。",
                f"设备购置费{wan(a)}万元，安装费{wan(b)}万元，监理费{wan(c)}万元，共计{mark('sum', wan(whole))}万元。",
                f"需资金{mark('detail', wan(whole))}万元（设备购置费{wan(a)}万元；安装费{wan(b)}万元；监理费{wan(c)}万元）。",
            )
        )
        area = self.chance.randrange(300, 9000)
        return Project(f"{place}设施建设项目", whole, f"建设面积{area}平方米。{told}", f"{self.year}年12月底前完成验收。",
                       [("产出指标", "数量指标", "建设面积", mark("target_text", f"≤{area}平方米")), ("成本指标", "成本指标", "建设成本", mark("cost", f"≤{wan(whole)}万元"))])  # fmt: skip

    def _plan(self, place: str) -> Project:
        first, second = self.chance.randrange(20, 90) * 10_100, self.chance.randrange(20, 90) * 10_300
        self.papers += 1
        number, month = self.papers, self._month()
        return Project(f"{place}专项规划", first, f"根据《关于编制{place}专项规划的通知》（临政办发〔{self.year - 1}〕{number}号），规划经费总计{mark('years', wan(first + second))}万元，{self.year}年预算安排{wan(first)}万元，{self.year + 1}年安排{wan(second)}万元。", f"{self.year}年{month}月底前，完成采购工作。",
                       [("产出指标", "时效指标", "采购完成时间", mark("month", f"{self.year}年{month}月")), ("成本指标", "成本指标", "规划成本", mark("cost", f"≤{wan(first)}万元"))])  # fmt: skip

    def _vehicles(self, place: str) -> Project:
        times, yuan = self.chance.randrange(12, 60), self.chance.randrange(20, 200) * 10_100
        return Project(f"{place}宣传服务", yuan, f"全年开展宣传活动不少于{times}次，预算资金{wan(yuan)}万元。", "按合同约定支付。",
                       [("产出指标", "数量指标", "宣传活动次数", mark("operator", f"≥{times}次")), ("成本指标", "成本指标", "宣传成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _repay(self, place: str) -> Project:
        asked, before = self.chance.randrange(200, 900) * 10_100, self.chance.randrange(10, 90) * 10_000
        return Project(f"{place}运营费", asked - before, f"{self.year}年应付运营费{wan(asked)}万元，1月已预拨{wan(before)}万元，现申请预算资金{mark('paid', wan(asked - before))}万元。", "每季度支付。",
                       [("产出指标", "质量指标", "运行合格率", "100%"), ("成本指标", "成本指标", "运营成本", mark("cost", f"≤{wan(asked - before)}万元"))])  # fmt: skip

    def _lease(self, place: str) -> Project:
        years, each = 3, self.chance.randrange(20, 200) * 10_100
        sets = self.chance.randrange(20, 300)
        return Project(f"{place}租赁费", each, f"租赁设备{sets}台，三年期采购，中标金额{years}年{wan(each * years)}万元，租金每年{mark('each_year', wan(each))}万元，租期为23.{mark('span', '3-24.6')}。", "每年支付一次。",
                       [("产出指标", "数量指标", "租赁设备数量", mark("target_text", f"{sets}台")), ("成本指标", "成本指标", "租赁成本", mark("cost", f"≤{wan(each)}万元"))])  # fmt: skip
