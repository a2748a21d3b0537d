"""The setting in which reconciliation is done here and now: thresholds in force, the city's calendar and zone."""

from datetime import datetime

from chengmai.casework.clocks.calendar_years import present_calendar
from chengmai.core.clock import now
from chengmai.custody.book import Setting
from chengmai.custody.models import ThresholdEdition
from chengmai.custody.thresholds import DEFAULTS, Thresholds, read_thresholds
from chengmai.settings import current


def thresholds_in_force() -> tuple[Thresholds, int]:
    """The thresholds and the version of their edition; version 0 for the customary ones."""
    edition = ThresholdEdition.objects.order_by("-version").first()
    return (DEFAULTS, 0) if edition is None else (read_thresholds(edition.document), edition.version)


def present_setting(at: datetime | None = None) -> Setting:
    """The setting at a moment, now without one."""
    return Setting(thresholds_in_force()[0], present_calendar(), current().zone, at or now())
