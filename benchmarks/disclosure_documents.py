"""Published budgets of units that do not exist: consistent by construction, in varied words, with one fault on demand.

Every figure or word that a fault may change is printed as ``⟦kind|text⟧``; what is left when the marks are taken away is a
document without faults. Names, amounts, years, wordings and the order of what is told follow the seed.
"""

import random
from decimal import ROUND_HALF_UP, Decimal

from benchmarks.disclosure_oddities import Projects
from benchmarks.disclosure_projects import CENT, MARK, Project, mark, wan

CITIES = ("临川", "安河", "永宁", "长岭", "清江", "太和", "东原", "广丰")
UNITS = ("住房和城乡建设局", "水务局", "公用事业管理局", "园林绿化局", "城市综合执法局", "交通运输局")
ITEMS = (
    ("2080505", "机关事业单位基本养老保险缴费支出", "basic"),
    ("2080506", "机关事业单位职业年金缴费支出", "basic"),
    ("2101101", "行政单位医疗", "basic"),
    ("2101103", "公务员医疗补助", "basic"),
    ("2120101", "行政运行", "basic"),
    ("2120102", "一般行政管理事务", "project"),
    ("2120303", "小城镇基础设施建设", "project"),
    ("2210201", "住房公积金", "basic"),
)
NAMES = {
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "210": "卫生健康支出", "21011": "行政事业单位医疗",
    "212": "城乡社区支出", "21201": "城乡社区管理事务", "21203": "城乡社区公共设施", "221": "住房保障支出",
    "22102": "住房改革支出", "21208": "国有土地使用权出让收入安排的支出", "2120803": "城市建设支出",
}  # fmt: skip
CLASSES = ("208", "210", "212", "221")


class Generator(Projects):
    """Writes one document from its seed."""

    def __init__(self, seed: int, projects: int = 20) -> None:
        self.chance = random.Random(seed)
        self.year = self.chance.choice((2024, 2025, 2026))
        self.unit = f"{self.chance.choice(CITIES)}市{self.chance.choice(UNITS)}"
        self.papers = self.chance.randrange(3, 40)
        first = self.chance.randrange(100)
        self.projects = [self.project(first + number) for number in range(projects)]
        self.fund = {id(one) for one in self.chance.sample(self.projects, projects // 3)}

    def write(self) -> str:
        """The document with its marks."""
        self._plan_money()
        return "\n".join([*self._front(), *self._tables(), *self._explanation(), *self._sheets(), *self._end()]) + "\n"

    # -- money -------------------------------------------------------------------------------------------------------

    def _plan_money(self) -> None:
        self.general = sum(one.yuan for one in self.projects if id(one) not in self.fund)
        self.funds = sum(one.yuan for one in self.projects if id(one) in self.fund)
        self.carried = self.chance.randrange(20, 400) * 10_000
        self.lines: dict[str, int] = {}
        rest = self.general
        for code, _, kind in ITEMS:
            self.lines[code] = self.chance.randrange(40, 900) * 10_100 if kind == "basic" else 0
        first = rest * self.chance.randrange(20, 60) // 100 // 100 * 100
        self.lines["2120102"], self.lines["2120303"] = first, rest - first
        self.basic = sum(amount for code, amount in self.lines.items() if not code.startswith(("2120102", "2120303")))
        self.public = self.basic * self.chance.randrange(8, 20) // 100 // 100 * 100

    def _sum(self, prefix: str, kind: str = "") -> int:
        kinds = {code: what for code, _, what in ITEMS}
        return sum(
            amount for code, amount in self.lines.items() if code.startswith(prefix) and kind in ("", kinds[code])
        )

    def _coded(self, fund: bool, carried: bool) -> list[tuple[str, str, int, int]]:
        """Code, name, basic and project [yuan] of every level; carried-over money stands in 2120102."""
        rows: list[tuple[str, str, int, int]] = []
        more = self.carried if carried else 0
        for head in CLASSES:
            extra = (self.funds if fund else 0) if head == "212" else 0
            rows.append(
                (
                    head,
                    NAMES[head],
                    self._sum(head, "basic"),
                    self._sum(head, "project") + extra + (more if head == "212" else 0),
                )
            )
            for section in sorted({code[:5] for code, _, _ in ITEMS if code.startswith(head)}):
                plus = more if section == "21201" else 0
                rows.append(
                    (section, NAMES[section], self._sum(section, "basic"), self._sum(section, "project") + plus)
                )
                for code, name, _ in ITEMS:
                    if code.startswith(section):
                        plus = more if code == "2120102" else 0
                        rows.append((code, name, self._sum(code, "basic"), self._sum(code, "project") + plus))
            if head == "212" and fund:
                rows.append(("21208", NAMES["21208"], 0, self.funds))
                rows.append(("2120803", NAMES["2120803"], 0, self.funds))
        return rows

    # -- tables ------------------------------------------------------------------------------------------------------

    def _front(self) -> list[str]:
        return [self.unit, "", f"{self.year}年度单位预算公开", "", "第一部分 概况", "", "一、本单位职责", "", "负责有关公用事业的建设和管理。", "",
                f"第二部分 {self.year}年单位预算报表", ""]  # fmt: skip

    def _title(self, title: str) -> list[str]:
        apart = self.chance.random() < 0.5
        told = [f"单位名称：{self.unit}", "", "单位：万元"] if apart else [f"单位名称：{self.unit} 单位：万元"]
        return [f"{self.year}年{title}", "", *told, ""]

    def _row(self, *cells: str | int | None, kind: str = "table") -> str:
        return "\t".join(cell if isinstance(cell, str) else mark(kind, wan(cell)) if cell else "" for cell in cells)

    def _tables(self) -> list[str]:
        current = self.basic + self.general + self.funds
        whole = current + self.carried
        year = self.year
        out = self._title("预算收支总表")
        out += ["收入\t\t支出\t\t\t", f"项目\t{year}年\t项目\t{year}年合计\t当年预算安排\t上年结转安排"]
        income = [
            ("一、一般公共预算", self.basic + self.general),
            ("二、政府性基金预算", self.funds),
            ("三、国有资本经营预算", 0),
        ]
        numbers = {"208": "八", "210": "十", "212": "十二", "221": "二十"}
        for index, code in enumerate(CLASSES):
            name, amount = income[index] if index < len(income) else ("", 0)
            now = self._sum(code) + (self.funds if code == "212" else 0)
            plus = self.carried if code == "212" else 0
            out.append(self._row(name, amount or "", f"{numbers[code]}、{NAMES[code]}", now + plus, now, plus or ""))
        out.append(self._row("本年收入合计", current, "本年支出合计", whole, current, self.carried))
        out.append(self._row("上年结转", self.carried, "年终结转", "", "", ""))
        out += [self._row("收入总计", whole, "支出总计", whole, current, self.carried), ""]
        out += self._title("预算收入总表")
        out += [
            "项目\t\t本年收入\t\t\t\t\t\t上年结转",
            "科目编码\t科目名称\t合计\t一般公共预算\t政府性基金\t国有资本经营预算\t财政专户管理资金\t单位资金\t",
        ]
        out.append(self._row("合计", "", current, self.basic + self.general, self.funds, "", "", "", self.carried))
        for code, name, basic, project in self._coded(fund=True, carried=False):
            fund = self.funds if code in ("212", "21208", "2120803") else 0
            general = basic + project - fund
            carried = self.carried if code in ("212", "21201", "2120102") else 0
            out.append(self._row(code, name, basic + project, general or "", fund or "", "", "", "", carried or ""))
        out += [
            "",
            *self._title("预算支出总表"),
            f"项目\t\t{year}年预算数\t\t",
            "科目编码\t科目名称\t合计\t基本支出\t项目支出",
        ]
        out.append(self._row("合计", "", whole, self.basic, self.general + self.funds + self.carried))
        out += [self._row(c, n, b + p, b or "", p or "") for c, n, b, p in self._coded(True, True)]
        out += [
            "",
            *self._title("财政拨款收支总表"),
            "收入\t\t支出\t\t\t\t",
            "项目\t金额\t项目\t金额\t\t\t",
            "\t\t\t小计\t一般公共预算\t政府性基金预算\t国有资本经营预算",
        ]
        for index, code in enumerate(CLASSES):
            name, amount = income[index] if index < len(income) else ("", 0)
            fund = self.funds if code == "212" else 0
            general = self._sum(code) + (self.carried if code == "212" else 0)
            out.append(
                self._row(
                    name, amount or "", f"{numbers[code]}、{NAMES[code]}", general + fund, general, fund or "", ""
                )
            )
        general = self.basic + self.general + self.carried
        out.append(self._row("本年收入合计", current, "本年支出合计", whole, general, self.funds, ""))
        out.append(self._row("上年财政拨款结转", self.carried, "年终结转", "", "", "", ""))
        out.append(self._row("一、一般公共预算", self.carried, "", "", "", "", ""))
        out += [self._row("收入总计", whole, "支出总计", whole, general, self.funds, ""), ""]
        out += [
            *self._title("一般公共预算支出预算表（不含上年结转）"),
            f"项目\t\t{year}年预算数\t\t",
            "科目编码\t科目名称\t合计\t基本支出\t项目支出",
        ]
        out.append(self._row("合计", "", self.basic + self.general, self.basic, self.general))
        out += [self._row(c, n, b + p, b or "", p or "") for c, n, b, p in self._coded(False, False)]
        out += ["", *self._economic(), *self._fund_tables(), *self._public_tables(), *self._project_tables()]
        return out

    def _economic(self) -> list[str]:
        wages, office = self.basic - self.public, self.public
        parts = self._split(wages, 3)
        goods = self._split(office - 10_000, 2)
        out = self._title("一般公共预算安排基本支出分经济科目表（不含上年结转）")
        out += [
            f"部门预算支出经济科目名称\t政府预算支出经济科目名称\t{self.year}年预算数\t\t",
            "\t\t合计\t人员经费\t公用经费",
        ]
        out += [self._row("合计", "", self.basic, wages, office), self._row("工资福利支出", "", wages, wages, "")]
        for name, amount in zip(("基本工资", "津贴补贴", "奖金"), parts, strict=True):
            out.append(self._row(name, "工资奖金津补贴", amount, amount, ""))
        out.append(self._row("商品和服务支出", "", office, "", office))
        for name, amount in zip(("办公费", "差旅费"), goods, strict=True):
            out.append(self._row(name, "办公经费", amount, "", amount))
        out += [self._row("公务接待费", "公务接待费", 10_000, "", 10_000), ""]
        return out

    def _split(self, amount: int, parts: int) -> list[int]:
        """An amount in parts that are whole in the tables' last digit."""
        found = []
        for left in range(parts, 1, -1):
            piece = amount // left * self.chance.randrange(60, 140) // 100 // 100 * 100
            found.append(piece)
            amount -= piece
        return [*found, amount]

    def _fund_tables(self) -> list[str]:
        out = [
            *self._title("政府性基金预算收入表（不含上年结转）"),
            "项目\t\t政府性基金收入预算",
            "收入科目编码\t科目名称\t",
        ]
        out += [self._row("合计", "", self.funds), self._row("103", "非税收入", self.funds)]
        out += [
            self._row("10301", "政府性基金收入", self.funds),
            self._row("1030148", "国有土地使用权出让收入", self.funds),
            "",
        ]
        out += [*self._title("政府性基金预算支出表（不含上年结转）"), "科目编码\t科目名称\t合计\t基本支出\t项目支出"]
        for code, name in (
            ("合计", ""),
            ("212", NAMES["212"]),
            ("21208", NAMES["21208"]),
            ("2120803", NAMES["2120803"]),
        ):
            out.append(self._row(code, name, self.funds, "", self.funds))
        note = self.chance.choice(
            ("注：本表无数据", "说明：本单位没有国有资本经营预算，故本表为空", "本单位无国有资本经营预算收支")
        )
        out += [
            "",
            *self._title("国有资本经营预算收支预算表（不含上年结转）"),
            "国有资本经营预算收入\t\t\t国有资本经营预算支出\t\t\t\t",
        ]
        out += [
            "项目\t\t国有资本经营收入预算\t科目编码\t科目名称\t合计\t基本支出\t项目支出",
            "收入科目编码\t科目名称\t\t\t\t\t\t",
        ]
        return [*out, "合计\t\t\t\t\t\t\t", "", mark("empty_note", note), ""]

    def _public_tables(self) -> list[str]:
        year = self.year
        out = [
            *self._title("财政拨款安排“三公”经费支出预算表"),
            f"项目\t{year}年预算数\t\t\t",
            "\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算",
        ]
        running = 60_000
        rows = [
            ("因公出国（境）费", 0),
            ("公务接待费", 10_000),
            ("公务用车购置及运行费", running),
            ("①公务用车购置费", 0),
            ("②公务用车运行维护费", running),
            ("合计", running + 10_000),
        ]
        out += [self._row(name, amount or "", amount or "", "", "") for name, amount in rows]
        out += [
            "",
            *self._title("财政拨款安排机关运行经费预算表"),
            f"单位名称\t{year}预算数\t\t\t",
            "\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算",
        ]
        return [
            *out,
            self._row("部门合计", self.public, self.public, "", ""),
            self._row(self.unit, self.public, self.public, "", ""),
            "",
        ]

    def _project_tables(self) -> list[str]:
        out = [
            *self._title("项目支出预算表（本年预算）"),
            f"项目名称\t合计\t{self.year}年财政拨款\t\t\t财政专户管理资金\t单位资金",
            "\t\t一般公共预算\t政府性基金预算\t国有资本经营预算\t\t",
            "1\t2\t3\t4\t5\t6\t7",
        ]
        out.append(self._row(self.unit, self.general + self.funds, self.general, self.funds, "", "", ""))
        for one in self.projects:
            fund = id(one) in self.fund
            out.append(self._row(one.name, one.yuan, "" if fund else one.yuan, one.yuan if fund else "", "", "", ""))
        out += [
            "",
            *self._title("项目支出预算表（上年结转）"),
            f"项目名称\t合计\t{self.year}年财政拨款\t\t",
            "\t\t一般公共预算\t政府性基金预算\t国有资本经营预算",
            "1\t2\t3\t4\t5",
        ]
        out.append(self._row(self.unit, self.carried, self.carried, "", ""))
        return [*out, self._row("上年奖励补助资金", self.carried, self.carried, "", ""), "", ""]

    # -- text --------------------------------------------------------------------------------------------------------

    def _explanation(self) -> list[str]:
        pick, year = self.chance.choice, self.year
        current, whole = self.basic + self.general + self.funds, self.basic + self.general + self.funds + self.carried
        grown = current * self.chance.randrange(5, 40) // 100 // 100 * 100
        rate = (Decimal(grown) / (whole - grown) * 100).quantize(CENT, ROUND_HALF_UP)
        why = pick(("主要原因是专项项目经费增加", "原因是人员工资调增", "主要是由于新增项目"))

        def amount(yuan: int) -> str:
            return mark("text_amount", f"{Decimal(wan(yuan)):,}")

        def shared(part: int, of: int = whole) -> str:
            return mark("share", (Decimal(part) / of * 100).quantize(CENT, ROUND_HALF_UP))

        general = self.basic + self.general
        goods, works = self.chance.randrange(10, 90) * 10_100, self.chance.randrange(10, 90) * 10_300
        services = self.chance.randrange(100, 900) * 10_700
        cars = (self.chance.randrange(2, 20), self.chance.randrange(1, 9))
        subject = f"{year}年度{self.unit}"
        out = [f"第三部分 {year}年度单位预算情况说明", "", "一、单位预算收支数据变动情况及原因", ""]
        verb = pick(("比上年增加", "较上年增加", "比2024年增加" if year != 2024 else "比上年增加"))
        out.append(
            f"{mark('year', year)}年度{self.unit}预算收入总计{amount(whole)}万元，其中：本年收入{amount(current)}万元，上年结转{amount(self.carried)}万元，{verb}{wan(grown)}万元，增长{mark('growth', rate)}%，{mark('reason', why)}。"
        )
        out += ["", "二、收入预算情况说明", ""]
        out.append(
            f"{subject}预算收入{amount(whole)}万元，{pick(('主要包括', '其中：', '包括'))}一般公共预算拨款收入{amount(general)}万元，占{shared(general)}%；政府性基金预算拨款收入{amount(self.funds)}万元，占{shared(self.funds)}%；上年结转{amount(self.carried)}万元，占{shared(self.carried)}%。"
        )
        out += ["", "三、支出预算情况说明", ""]
        project = self.general + self.funds + self.carried
        out.append(
            f"{subject}支出预算{amount(whole)}万元，其中：基本支出{amount(self.basic)}万元，占{shared(self.basic)}%；项目支出{amount(project)}万元，占{shared(project)}%。"
        )
        out += ["", "五、一般公共预算支出情况说明", ""]
        classes = "；".join(
            f"{NAMES[c]}{amount(self._sum(c))}万元，占{shared(self._sum(c), general)}%" for c in CLASSES
        )
        out.append(f"{subject}一般公共预算当年支出{amount(general)}万元，主要用于以下方面：{classes}。")
        out += ["", "六、一般公共预算基本支出情况说明", ""]
        out.append(
            f"{subject}一般公共预算安排基本支出{amount(self.basic)}万元，其中：人员经费{amount(self.basic - self.public)}万元；公用经费{amount(self.public)}万元。"
        )
        out += ["", "八、机关运行经费增减变动原因说明", ""]
        less = self.public // 20 // 100 * 100
        fell = (Decimal(less) / (self.public + less) * 100).quantize(CENT, ROUND_HALF_UP)
        out.append(
            f"本单位机关运行经费财政拨款预算{amount(self.public)}万元，比上年预算减少{wan(less)}万元，{pick(('下降', '减少'))}{mark('growth', fell)}%，{mark('reason', pick(('原因是人员减少', '主要是压减印刷费所致')))}。"
        )
        out += ["", "九、政府采购情况", ""]
        bought = goods + works + services
        out.append(
            f"{year}年{self.unit}政府采购预算{pick(('总额', '合计'))}{mark('parts', wan(bought))}万元。其中：政府采购货物预算{wan(goods)}万元、政府采购工程预算{wan(works)}万元、政府采购服务预算{wan(services)}万元。"
        )
        out += ["", "十、绩效管理情况", ""]
        out.append(
            f"{year}年{self.unit}纳入绩效目标管理的二级项目{mark('count', len(self.projects))}个，共计金额{amount(self.general + self.funds)}万元。"
        )
        out += ["", "十一、国有资产占有使用情况", ""]
        out.append(
            f"截至{year - 1}年12月31日，{self.unit}共有公务用车编制{sum(cars) + 2}辆，实有{mark('parts', sum(cars))}辆，其中：执法执勤用车{cars[0]}辆，其他公务用车{cars[1]}辆。"
        )
        return [*out, "", mark("placeholder", ""), ""]

    def _sheets(self) -> list[str]:
        out: list[str] = []
        for one in self.projects:
            out += [*self._sheet(one), ""]
        return out

    def _sheet(self, one: Project) -> list[str]:
        people = self.chance.randrange(20, 900)
        money = f"{one.yuan:,}"
        name = mark("sheet_name", one.name)
        goal = self.chance.choice(
            ("完成全年任务，服务群众{n}人，保障设施正常运行。", "为{n}名职工和群众提供服务，完成预算资金支付。")
        )
        out = [f"{self.unit}项目支出绩效目标表", f"({self.year}年度)", "", f"项目名称\t\t{name}\t\t\t\t\t", f"主管部门及代码\t\t215-{self.unit}\t\t实施单位\t{self.unit}\t\t",
               "项目属性\t\t经常性项目（长期开展）\t\t项目期\t99年\t\t",
               f"项目资金（元）\t实施期资金总额：\t{money}\t\t年度资金总额：\t{mark('sheet_amount', money)}\t\t",
               "\t其中：中央财政资金\t0\t\t其中：中央财政资金\t0\t\t", "\t省级财政资金\t0\t\t省级财政资金\t0\t\t",
               f"\t市县（区）财政资金\t{money}\t\t市县（区）财政资金\t{mark('sources', money)}\t\t", "\t单位自筹\t0\t\t单位自筹\t0\t\t", "\t其他资金\t\t\t其他资金\t\t\t",
               f"项目概况\t\t{one.overview}\t\t\t\t\t", "立项依据\t\t单位职责。\t\t\t\t\t",
               f"项目设立必要性\t\t{one.necessity}\t\t\t\t\t", f"保证项目实施的制度、措施\t\t{one.measures}\t\t\t\t\t", f"项目实施计划\t\t{one.plan}\t\t\t\t\t", "\t实施期目标\t\t\t年度目标\t\t\t",
               f"总体目标\t{goal.format(n=people)}\t\t\t{goal.format(n=mark('goal', people))}\t\t\t",
               "绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值"]  # fmt: skip
        for level, second, target, value in one.targets:
            twice = value.startswith(("⟦reworded|", "⟦list_bound|"))
            plain = value if twice else MARK.sub(r"\2", value)
            out.append(f"\t{level}\t{second}\t{target}\t{plain}\t{second}\t{target}\t{value}")
        out.append("满意度指标\t\t服务对象满意度\t群众满意度\t≥90%\t服务对象满意度\t群众满意度\t≥90%")
        return [*out, f"负责人：\t\t经办人：\t\t联系电话：\t\t填报日期：\t{self.year - 1}1115"]

    def _end(self) -> list[str]:
        return [
            "第四部分 名词解释",
            "",
            "一、基本支出：指为保障机构正常运转而发生的支出。",
            "",
            "二、项目支出：指基本支出之外的支出。",
            "",
        ]
