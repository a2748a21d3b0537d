"""The networks below the demonstration city: what lies in each, whose it is, and the folder of its survey tables."""

from dataclasses import dataclass

from chengmai.demo import people
from chengmai.network.utilities import Utility


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network and where its survey lies in the package's data."""

    code: str
    name_zh: str
    name_en: str
    utility: Utility
    owner: str
    folder: str


@dataclass(frozen=True, slots=True)
class GatewayRow:
    """A gateway and whose devices speak through it."""

    code: str
    name: str
    owner: str


WATER, GAS, HEAT = "JC-WATER", "JC-GAS", "JC-HEAT"
STORM, SEWER, POWER, TELECOM = "JC-STORM", "JC-SEWER", "JC-POWER", "JC-TELECOM"
NETWORKS = (
    NetworkRow(WATER, "城区供水管网（演示数据）", "City water network (demonstration)", Utility.WATER,
               people.WATER_COMPANY, "survey"),
    NetworkRow(GAS, "城区燃气管网（演示数据）", "City gas network (demonstration)", Utility.GAS,
               people.GAS_COMPANY, "gas"),
    NetworkRow(HEAT, "城区供热一次网（演示数据）", "City primary heat network (demonstration)", Utility.HEAT,
               people.HEAT_COMPANY, "heat"),
    NetworkRow(STORM, "雨水管网（演示数据）", "Storm drains (demonstration)", Utility.STORM, people.BUREAU, "storm"),
    NetworkRow(SEWER, "污水管网（演示数据）", "Sewers (demonstration)", Utility.SEWER, people.BUREAU, "sewer"),
    NetworkRow(POWER, "电力管沟（演示数据）", "Power conduits (demonstration)", Utility.POWER, people.BUREAU, "power"),
    NetworkRow(TELECOM, "通信管道（演示数据）", "Telecom conduits (demonstration)", Utility.TELECOM,
               people.BUREAU, "telecom"),
)  # fmt: skip
SIMULATOR, RECORD = "SIM", "BM19"
"""Gateways of the water network: the running simulator, and the recorded benchmark year 2019 when it is replayed."""
GAS_SIMULATOR, HEAT_SIMULATOR, SPACE_SIMULATOR = "SIM-GAS", "SIM-HEAT", "SIM-SPACE"
GATEWAYS = (
    GatewayRow(SIMULATOR, "供水运行模拟器 / water simulator", people.WATER_COMPANY),
    GatewayRow(RECORD, "2019 年基准记录 / benchmark record 2019", people.WATER_COMPANY),
    GatewayRow(GAS_SIMULATOR, "燃气运行模拟器 / gas simulator", people.GAS_COMPANY),
    GatewayRow(HEAT_SIMULATOR, "供热运行模拟器 / heat simulator", people.HEAT_COMPANY),
    GatewayRow(SPACE_SIMULATOR, "相邻空间模拟器 / simulator of adjacent spaces", people.GAS_COMPANY),
)
