"""Projects with what only a careful reader sees: figures sentences apart, dates out of order, a thing told in two ways."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from benchmarks.disclosure_projects import PLACES, PlainProjects, Project, mark, wan


class Projects(PlainProjects):
    """All kinds of projects, in turn, so that each document has one of every kind."""

    def project(self, number: int) -> Project:
        """The project of a number: its kind by turns, its place by chance, no name twice."""
        kinds = self.kinds()
        where = f"{self.chance.choice(PLACES)}{self.chance.choice(('片区', '街道', '新区', '园区'))}"
        place = f"{where}{number + 1}号"
        return kinds[number % len(kinds)](place)

    def kinds(self) -> Sequence[Callable[[str], Project]]:
        """Every kind, each made for a place."""
        return (
            *super().kinds(),
            self._assessment,
            self._renewal,
            self._lighting,
            self._offices,
            self._judgements,
            self._two_years,
            self._building,
            self._news,
            self._sewage,
            self._posts,
            self._tyres,
            self._archive,
        )

    def _assessment(self, place: str) -> Project:
        """Paid year by year out of one contract; its years are told in two fields."""
        whole = self.chance.randrange(60, 300) * 10_100
        first, second = whole * 4 // 10 // 100 * 100, whole * 3 // 10 // 100 * 100
        rest, year = whole - first - second, self.year
        told = self.chance.choice(
            (
                f"{year - 2}年进行政府采购，中标价{wan(whole)}万元，分三年执行，当年已支付{wan(first)}万元；{year - 1}年按合同已支付{wan(second)}万元；预计{year}年支付合同尾款{mark('last_payment', wan(rest))}万元",
                f"合同价{wan(whole)}万元，{year - 2}年已付合同款{wan(first)}万元，{year - 1}年已付合同款{wan(second)}万元，{year}年支付余款{mark('last_payment', wan(rest))}万元",
            )
        )
        work = self.chance.choice(("污水治理提质增效评估报告", "绿地养护质量评价报告", "桥梁安全检测评定报告"))
        return Project(f"{place}评估服务", rest, f"编制{year - 3}年-{year - 1}年城区{work}，{told}。", f"{year}年8月完成{work}。",
                       [("产出指标", "数量指标", "评估报告份数", "1份"), ("成本指标", "成本指标", "评估成本", mark("cost", f"≤{wan(rest)}万元"))],
                       necessity=f"按照工作安排编制{mark('period', f'{year - 3}-{year - 1}年')}城区{work}，对全市情况进行评估，推进整治工作进程。")  # fmt: skip

    def _renewal(self, place: str) -> Project:
        """A new year at the price of the old contract."""
        yuan = self.chance.randrange(30, 500) * 10_100
        told = self.chance.choice(("现按原中标价申请", "暂按照原中标价安排"))
        return Project(f"{place}信息采集服务", yuan, f"聘用信息采集员开展日常巡查。此项目{self.year - 1}年中标价{wan(yuan)}万元，{self.year}年重新进行政府采购，{told}{self.year}年预算{mark('unchanged', wan(yuan))}万元。", "按合同约定支付。",
                       [("产出指标", "质量指标", "采集准确率", "100%"), ("成本指标", "成本指标", "采集成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _lighting(self, place: str) -> Project:
        """Days of work times a wage; materials apart."""
        days, wage, goods = (
            self.chance.randrange(20, 200) * 100,
            self.chance.randrange(110, 260),
            self.chance.randrange(20, 90) * 10_000,
        )
        pay = days * wage
        told = self.chance.choice(
            (
                f"人工费按照{wage}元/工日，预计需{days}工日，人工费用{mark('tenfold', wan(pay))}万元",
                f"人工单价{wage}元/工日，安装需{days}工日，安装费{mark('tenfold', wan(pay))}万元",
            )
        )
        return Project(f"{place}亮化工程", pay + goods, f"负责节日亮化工作，购置材料{wan(goods)}万元；{told}。{self.year}年申请{mark('request', wan(pay + goods))}万元。", "按合同约定支付。",
                       [("产出指标", "质量指标", "亮化完好率", "100%"), ("成本指标", "成本指标", "亮化成本", mark("cost", f"≤{wan(pay + goods)}万元"))])  # fmt: skip

    def _offices(self, place: str) -> Project:
        """Rents of the branches one by one, and what they come to."""
        count = self.chance.randrange(3, 8)
        noun = self.chance.choice(("大队", "中队", "分局"))
        rents = [self.chance.randrange(40, 400) * 1_000 for _ in range(count)]
        areas = [self.chance.randrange(120, 700) for _ in range(count)]
        garage = self.chance.randrange(40, 400) * 1_000
        parts = [
            f"{'一二三四五六七八九十'[at]}{noun}：面积{areas[at]}平米，{wan(rents[at])}万元" for at in range(count)
        ]
        whole, area = sum(rents) + garage, sum(areas)
        return Project(f"{place}办公用房租赁", whole, f"依据租赁合同测算：{'；'.join(parts)}；车库：面积300平米，{wan(garage)}万元；按合同价据实支付。{self.year}年{self.chance.choice(('需租金', '共需资金'))}{mark('list', wan(whole))}万元。", "于6月、10月分两次支付租金。",
                       [("产出指标", "数量指标", f"{noun}办公用房租赁面积", mark("list_bound", f"≤{area}平米")), ("成本指标", "成本指标", "租赁成本", mark("cost", f"≤{wan(whole)}万元"))])  # fmt: skip

    def _judgements(self, place: str) -> Project:
        """So many payments, told one by one and together."""
        one, two, three = (self.chance.randrange(200, 9000) * 100 for _ in range(3))
        whole = one + two + three
        return Project(f"{place}赔偿款", whole, f"判决一认定应当支付服务费{wan(one)}万元。判决二认定赔偿{two}元。判决三认定赔偿{three}元。{self.year}年共申请三项赔偿款{mark('several', wan(whole))}万元。", "判决生效后及时支付。",
                       [("产出指标", "质量指标", "支付准确率", "100%"), ("成本指标", "成本指标", "赔偿成本", mark("cost", f"≤{wan(whole)}万元"))])  # fmt: skip

    def _two_years(self, place: str) -> Project:
        """What two years need together."""
        before, now, year = self.chance.randrange(50, 400) * 10_100, self.chance.randrange(50, 400) * 10_100, self.year
        whole = before + now
        return Project(f"{place}飞灰处置", whole, f"由中标企业进行填埋处置。1.{year - 1}年度产生处置费用{before}元；2.{year}年度预计处置费用{wan(now)}万元。{year - 1}、{year}年共安排预算{mark('two_years', wan(whole))}万元。", "据实支付。",
                       [("产出指标", "质量指标", "处置达标率", "100%"), ("成本指标", "成本指标", "处置成本", mark("cost", f"≤{wan(whole)}万元"))])  # fmt: skip

    def _building(self, place: str) -> Project:
        """Works with their dates in order, and a body that was founded before it was renamed."""
        yuan, year = self.chance.randrange(50, 900) * 10_100, self.year
        area, number = self.chance.randrange(300, 9000), self.chance.randrange(3, 90)
        begun, done = self.chance.randrange(3, 6), self.chance.randrange(7, 9)
        body = f"{place}设施管理所"
        return Project(f"{place}临时堆放场工程", yuan, f"根据关于成立{body}的通知（临编字〔{year - 9}〕{number}号）和关于{body}更名为设施服务中心的通知（临编办字〔{mark('founded', year - 3)}〕{number + 1}号）实施，{self.chance.choice(('占地面积约', '单层面积'))}{area}{mark('unit_of', '平方米')}，申请{wan(yuan)}万元。", f"{year - 1}年{begun}月9日开工建设，{mark('order', f'{done}月20日')}建设完成，10月8日验收。",
                       [("产出指标", "质量指标", "验收合格率", "100%"), ("成本指标", "成本指标", "工程成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _news(self, place: str) -> Project:
        """A target in other measure words than the text."""
        times, yuan = self.chance.randrange(2, 30), self.chance.randrange(5, 60) * 10_000
        told, target = self.chance.choice(
            (("每月新闻报道至少{n}次", "新闻报道数量"), ("全年办理信访案件不少于{n}起", "办理信访案件数量"))
        )
        return Project(f"{place}融媒体宣传", yuan, f"签订宣传合作协议，{told.format(n=times)}，预算{wan(yuan)}万元。", "按合同约定支付。",
                       [("产出指标", "数量指标", target, mark("other_measure", f"≥{times}件")), ("成本指标", "成本指标", "宣传费用", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _sewage(self, place: str) -> Project:
        """Two years' volumes in one text; the target is this year's, in other words."""
        last, now = (Decimal(self.chance.randrange(9_000, 60_000)) / 100 for _ in range(2))
        yuan, year = self.chance.randrange(90, 900) * 10_100, self.year
        words = self.chance.choice(("基本污水处理量", "基本处理水量"))
        return Project(f"{place}污水处理厂运营费", yuan, f"项目按合同运营。1.{year - 1}年度运维服务费据实结算，基本处理水量{last}万吨；2.{year}年度运维服务费按基本处理水量{now}万吨测算。{year}年预算安排{wan(yuan)}万元。", "每季度据实支付。",
                       [("产出指标", "数量指标", f"{year}年{words}", mark("reworded", f"≤{now}万吨")), ("成本指标", "成本指标", "运营成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _posts(self, place: str) -> Project:
        """Wages by the month in both fields that speak of it."""
        people, each = self.chance.randrange(3, 20), self.chance.randrange(20, 60) * 1_000
        yuan = people * each
        return Project(f"{place}协勤人员劳务费", yuan, f"安排{people}名辅助人员协助工作，每人每年{each}元，共计{mark('price', wan(yuan))}万元。", f"预算批复后，{mark('pace', '按月支付')}给第三方机构。",
                       [("产出指标", "质量指标", "考勤合格率", "100%"), ("成本指标", "成本指标", "劳务成本", mark("cost", f"≤{wan(yuan)}万元"))],
                       measures="依据考勤核算工资表，按月及时支付劳务费。")  # fmt: skip

    def _tyres(self, place: str) -> Project:
        """Words that a hand may type twice."""
        yuan = self.chance.randrange(5, 90) * 10_100
        word = self.chance.choice(("更新", "维护", "采购", "检测"))
        return Project(f"{place}机具维护", yuan, f"用于机具的日常保养、配件{mark('word_twice', word)}和保险，申请{wan(yuan)}万元。", "按合同约定支付。",
                       [("产出指标", "质量指标", "机具完好率", "100%"), ("成本指标", "成本指标", "维护成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip

    def _archive(self, place: str) -> Project:
        """Nothing to be found: ordinary sentences with dates, spans, dashes and brackets that a rule may stumble over."""
        yuan, year = self.chance.randrange(5, 90) * 10_100, self.year
        return Project(f"{place}档案整理", yuan, f"{year - 2}-{year}年三年规划内整理{year - 5}年-{year - 3}年档案约1200卷，库房距离单位约3公里、面积180平方米（长15米、宽12米），{year - 1}年11月完成采购，{year}年3月开工，9月底前验收。根据关于成立档案室的通知（临编字〔{year - 8}〕6号），按原合同约定，{year}年预算{wan(yuan)}万元。", "6月、10月分两次支付，每月报送进度。",
                       [("产出指标", "数量指标", "档案室面积", "180平方米"), ("成本指标", "成本指标", "整理成本", mark("cost", f"≤{wan(yuan)}万元"))])  # fmt: skip
