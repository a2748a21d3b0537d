"""Readable codes that count per local day: GJ-20261122-0001."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from chengmai.settings import current
from chengmai.warning.models import DailyNumber

ALARM_PREFIX = "GJ"
WARNING_PREFIX = "YJ"
CASE_PREFIX = "AJ"
WORK_PREFIX = "ZY"


def next_code(prefix: str, at: datetime) -> str:
    """The next code under a prefix on the local day of ``at``; unique under any number of writers, gaps may occur."""
    day = at.astimezone(current().zone).date()
    with transaction.atomic():
        counter, _ = DailyNumber.objects.get_or_create(prefix=prefix, day=day)
        # The update takes the row's lock; what is read after it is ours until the transaction ends.
        DailyNumber.objects.filter(pk=counter.pk).update(last=F("last") + 1)
        counter.refresh_from_db(fields=["last"])
    return f"{prefix}-{day:%Y%m%d}-{counter.last:04d}"
