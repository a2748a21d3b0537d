"""One table: kind of rule -> detector. Each turns stored rows and its memory into signals, and knows no clock."""

from collections.abc import Callable

from chengmai.core.errors import InvalidInput
from chengmai.warning.baseline_detector import BaselineDetector
from chengmai.warning.combination_detector import CombinationDetector
from chengmai.warning.device_detector import DeviceDetector
from chengmai.warning.drift_detector import DriftDetector
from chengmai.warning.heat_detector import ColdStationDetector, HeatBurstDetector, MakeUpDetector
from chengmai.warning.limit_detector import LimitDetector
from chengmai.warning.methane_detector import MethaneDetector
from chengmai.warning.models import RuleKind
from chengmai.warning.night_flow_detector import NightFlowDetector
from chengmai.warning.pressure_drop_detector import PressureDropDetector
from chengmai.warning.rate_detector import RateDetector
from chengmai.warning.rule_facts import Detector

_KINDS: dict[str, Callable[[], Detector]] = {
    RuleKind.NIGHT_FLOW.value: NightFlowDetector,
    RuleKind.PRESSURE_DROP.value: PressureDropDetector,
    RuleKind.LIMIT.value: LimitDetector,
    RuleKind.COLD_STATION.value: ColdStationDetector,
    RuleKind.MAKE_UP.value: MakeUpDetector,
    RuleKind.HEAT_BURST.value: HeatBurstDetector,
    RuleKind.RATE.value: RateDetector,
    RuleKind.BASELINE.value: BaselineDetector,
    RuleKind.COMBINATION.value: CombinationDetector,
    RuleKind.DEVICE.value: DeviceDetector,
    RuleKind.DRIFT.value: DriftDetector,
    RuleKind.METHANE.value: MethaneDetector,
}
DETECTORS: dict[str, Detector] = {kind: made() for kind, made in _KINDS.items()}
BY_THE_CLOCK = frozenset({RuleKind.SILENT.value})
"""Kinds that no row can tell of: ``silence_watch`` looks at them from time to time."""


def new_detector(kind: str) -> Detector:
    """A detector for a preview, sharing nothing it learns with the running ones; raises InvalidInput without one."""
    if kind not in _KINDS:
        raise InvalidInput("rule.unknown_kind", kind=kind)
    return _KINDS[kind]()


def detector_for(kind: str) -> Detector:
    """The detector of a kind of rule; raises InvalidInput when there is none."""
    if kind not in DETECTORS:
        raise InvalidInput("rule.unknown_kind", kind=kind)
    return DETECTORS[kind]
