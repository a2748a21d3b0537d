"""How surveys tell the networks of each utility: names of tables, materials, what stands on points (CJJ 61)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chengmai.network.pipe_network import LinkKind, NodeKind
from chengmai.network.survey_domains import LINK_FACILITIES, MATERIALS, NODE_FACILITIES, SUBSIDIARIES
from chengmai.network.utilities import Utility

TABLE_NAMES: dict[str, str] = {
    "point": "Point", "点": "Point", "管点": "Point", "管线点": "Point", "点表": "Point", "管点表": "Point",
    "line": "Line", "线": "Line", "管线": "Line", "线表": "Line", "管线表": "Line", "管段": "Line",
    "facility": "Facility", "设施": "Facility", "设施表": "Facility",
    "demand": "Demand", "用水量": "Demand", "用水量表": "Demand", "用气量": "Demand", "用气量表": "Demand",
    "pattern": "Pattern", "模式": "Pattern", "用水模式": "Pattern", "用气模式": "Pattern",
    "curve": "Curve", "曲线": "Curve", "control": "Control", "控制": "Control",
    "option": "Option", "参数": "Option", "参数表": "Option",
    "valve": "Valve", "阀门": "Valve", "阀门表": "Valve",
    "user": "User", "用户": "User", "用户表": "User",
}  # fmt: skip
"""Names of tables after the utility's code, as people write them."""

_GAS_MATERIALS = {"PE": 0.01, "钢": 0.1, "钢管": 0.1, "无缝钢": 0.1, "镀锌钢": 0.15, "铸铁": 0.5, "球墨铸铁": 0.25}
_HEAT_MATERIALS = {"钢": 0.5, "钢管": 0.5, "无缝钢": 0.5, "螺旋钢": 0.5, "预制保温管": 0.5, "PE-RT": 0.05}
_CHAMBER_MATERIALS = dict.fromkeys(
    (
        *("", "混凝土", "钢筋混凝土", "PVC", "UPVC", "HDPE", "PE", "PP", "MPP", "玻璃钢", "砖石", "砖", "陶", "铸铁"),
        *("球墨铸铁", "钢", "钢管", "碳素", "铜", "光纤", "铜/光纤"),
    ),
    110.0,
)
_DRAINAGE_SUBSIDIARIES = frozenset(
    (
        *(
            "",
            "检查井",
            "检修井",
            "雨水篦",
            "雨篦",
            "雨水口",
            "污水篦",
            "沉泥井",
            "跌水井",
            "水封井",
            "溢流井",
            "化粪池",
        ),
        *("进水口", "出水口", "排水泵站", "泵站", "闸阀", "窨井", "暗井"),
    )
)
_CABLE_SUBSIDIARIES = frozenset(
    (
        *("", "人孔", "手孔", "人孔井", "手孔井", "检修井", "工作井", "电缆井", "接线箱", "变压器", "配电室", "变电站"),
        *("路灯", "交接箱", "分线盒", "电话亭", "控制柜", "上杆", "窨井"),
    )
)


@dataclass(frozen=True, slots=True)
class SurveyCustoms:
    """How one utility is surveyed.

    ``code`` begins the names of its tables, ``others`` are other beginnings people use; ``materials`` give the
    roughness taken where a table tells none, told in units of ``roughness_unit_m`` where it is a height [m], 0 where it
    is a coefficient; ``sources`` and ``devices`` are kinds of facilities on points and between points.
    """

    code: str
    others: tuple[str, ...]
    materials: Mapping[str, float]
    subsidiaries: frozenset[str]
    sources: Mapping[str, NodeKind]
    devices: Mapping[str, LinkKind]
    roughness: float
    roughness_unit_m: float = 0.0
    stations: frozenset[str] = frozenset()

    @property
    def headloss(self) -> str:
        """The formula its roughness belongs to, as in ``Options``."""
        return "D-W" if self.roughness_unit_m else "H-W"


def _chambers(code: str, others: tuple[str, ...], subsidiaries: frozenset[str]) -> SurveyCustoms:
    return SurveyCustoms(code, others, _CHAMBER_MATERIALS, subsidiaries, {}, {}, 110.0)


CUSTOMS: dict[Utility, SurveyCustoms] = {
    Utility.WATER: SurveyCustoms(
        "JS", ("j", "给水", "供水", "自来水"), MATERIALS, SUBSIDIARIES, NODE_FACILITIES, LINK_FACILITIES, 110.0
    ),
    Utility.GAS: SurveyCustoms(
        "RQ",
        ("tr", "mq", "mr", "yh", "yr", "燃气", "天然气", "煤气"),
        _GAS_MATERIALS,
        frozenset(("", "阀门", "阀门井", "凝水缸", "抽水缸", "调压箱", "调压站", "调压柜", "门站", "检修井", "测试桩"))
        | frozenset(("阴极测试桩", "放散管", "波纹管", "窨井", "入户", "预留口", "检漏管")),
        {"门站": NodeKind.RESERVOIR, "气源": NodeKind.RESERVOIR, "储配站": NodeKind.RESERVOIR},
        {"调压箱": LinkKind.PRV, "调压站": LinkKind.PRV, "调压柜": LinkKind.PRV, "regulator": LinkKind.PRV},
        0.1,
        1e-3,
    ),
    Utility.HEAT: SurveyCustoms(
        "RS",
        ("rl", "zq", "热力", "供热", "热水"),
        _HEAT_MATERIALS,
        frozenset(("", "阀门", "阀门井", "检修井", "热力井", "热力站", "换热站", "热源厂", "补偿器", "固定支架"))
        | frozenset(("放气阀", "泄水阀", "窨井", "预留口")),
        {"热源厂": NodeKind.RESERVOIR, "热源": NodeKind.RESERVOIR, "首站": NodeKind.RESERVOIR},
        {},
        0.5,
        1e-3,
        frozenset(("热力站", "换热站", "station")),
    ),
    Utility.STORM: _chambers("YS", ("y", "雨水"), _DRAINAGE_SUBSIDIARIES),
    Utility.SEWER: _chambers("WS", ("ps", "hs", "w", "p", "污水", "排水", "合流"), _DRAINAGE_SUBSIDIARIES),
    Utility.POWER: _chambers("DL", ("电力", "供电"), _CABLE_SUBSIDIARIES),
    Utility.TELECOM: _chambers("TX", ("dx", "通信", "电信"), _CABLE_SUBSIDIARIES),
}
_INDUSTRIAL = ("gy", "工业")
"""Pipelines of factories, which no network here takes."""


def beginnings(utility: Utility) -> tuple[str, ...]:
    """What the names of a utility's tables begin with, small letters, longest first."""
    customs = CUSTOMS[utility]
    return tuple(sorted((customs.code.lower(), *customs.others), key=len, reverse=True))


def _pattern(beginnings_: tuple[str, ...]) -> re.Pattern[str]:
    tables = "|".join(sorted(TABLE_NAMES, key=len, reverse=True))
    return re.compile(rf"(?:{'|'.join(sorted(beginnings_, key=len, reverse=True))})[_-]?(?=管?(?:{tables}))")


_OTHERS = {
    utility: _pattern((*_INDUSTRIAL, *(one for other in Utility if other != utility for one in beginnings(other))))
    for utility in Utility
}


def named_table(name: str, utility: Utility) -> str:
    """The table a sheet's plain name stands for in a survey of a utility; '' when it is none of its tables."""
    for beginning in (*beginnings(utility), ""):
        if name.startswith(beginning):
            table = TABLE_NAMES.get(name[len(beginning) :].lstrip("_-"))
            if table:
                return table
    return ""


def of_another(name: str, utility: Utility) -> bool:
    """Whether a sheet's plain name says that it is about another kind of network."""
    return _OTHERS[utility].match(name) is not None
