"""The words a survey may use, and what they mean (practice of CJJ 61); materials and facilities are those of water."""

from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind

FEATURE_DEGREES: dict[str, tuple[int, int]] = {
    "起点": (1, 1), "止点": (1, 1), "起讫点": (1, 1), "端点": (1, 1), "预留口": (1, 1), "管帽": (1, 1), "入户": (1, 1),
    "进出水口": (1, 9), "直线点": (2, 2), "弯头": (2, 2), "转折点": (2, 2), "变径": (2, 2), "变材": (2, 2),
    "变深": (2, 2),
    "三通": (3, 3), "四通": (4, 4), "五通": (5, 5), "多通": (5, 99), "探测点": (1, 9), "": (0, 99),
}  # fmt: skip
"""A point's feature and how many lines may meet there, least and most."""

SUBSIDIARIES = frozenset(
    {
        *("", "阀门", "阀门井", "检修井", "消防栓", "消火栓", "水表", "水表井", "排气阀", "排泥阀", "减压阀", "水塔"),
        *("水池", "水源井", "泵站", "加压站", "水厂", "测压点", "流量计", "窨井", "预留口"),
    }
)
MATERIALS: dict[str, float] = {
    "PE": 140.0, "PVC": 140.0, "UPVC": 140.0, "玻璃钢": 140.0, "球墨铸铁": 120.0, "铸铁": 100.0, "灰口铸铁": 90.0,
    "钢": 120.0, "钢管": 120.0, "镀锌钢": 110.0, "不锈钢": 130.0, "混凝土": 110.0, "钢筋混凝土": 110.0, "水泥": 110.0,
}  # fmt: skip
"""Pipe materials with the Hazen-Williams coefficient taken where a table tells none (default)."""
EMBEDDINGS = frozenset(
    ("", "直埋", "管沟", "管块", "架空", "地面", "上架", "小通道", "综合管廊", "管廊", "人防", "井内连线", "顶管")
)
ABOVE_GROUND = frozenset(("架空", "地面", "上架"))
"""Where a pipe may lie above the ground."""
DATA_SOURCES = frozenset(("", "探测", "实测", "图纸", "调绘", "竣工", "竣工图", "推测", "推断"))
STATUSES = frozenset(("", "新建", "改建", "扩建", "废弃", "现有", "在用", "停用", "已有"))
ABANDONED = frozenset(("废弃", "停用"))
STATES: dict[str, LinkStatus] = {
    "开": LinkStatus.OPEN, "常开": LinkStatus.OPEN, "open": LinkStatus.OPEN,
    "关": LinkStatus.CLOSED, "常闭": LinkStatus.CLOSED, "closed": LinkStatus.CLOSED,
    "单向": LinkStatus.CHECK, "止回": LinkStatus.CHECK, "cv": LinkStatus.CHECK,
    "调节": LinkStatus.ACTIVE, "active": LinkStatus.ACTIVE,
}  # fmt: skip
NODE_FACILITIES: dict[str, NodeKind] = {
    "水库": NodeKind.RESERVOIR, "水源": NodeKind.RESERVOIR, "水厂": NodeKind.RESERVOIR, "reservoir": NodeKind.RESERVOIR,
    "水池": NodeKind.TANK, "水塔": NodeKind.TANK, "tank": NodeKind.TANK,
}  # fmt: skip
LINK_FACILITIES: dict[str, LinkKind] = {
    "水泵": LinkKind.PUMP, "泵": LinkKind.PUMP, "pump": LinkKind.PUMP,
    "减压阀": LinkKind.PRV, "prv": LinkKind.PRV, "稳压阀": LinkKind.PSV, "psv": LinkKind.PSV,
    "流量控制阀": LinkKind.FCV, "fcv": LinkKind.FCV, "节流阀": LinkKind.TCV, "tcv": LinkKind.TCV, "pbv": LinkKind.PBV,
}  # fmt: skip
PRESSURE_CLASSES: dict[str, str] = {
    "低压": "low", "中压B": "medium_b", "中压A": "medium_a", "中压": "medium_a", "次高压B": "sub_high_b",
    "次高压A": "sub_high_a", "高压B": "high_b", "高压A": "high_a", "高压": "high_a",
} | {
    name: name
    for name in ("low", "medium_b", "medium_a", "sub_high_b", "sub_high_a", "high_b", "high_a")
}  # fmt: skip
"""Classes of gas pipes by design pressure (GB 50028): low < 10 kPa, medium B to 0.2 MPa, medium A to 0.4 MPa, ..."""
