"""Time: aware UTC inside, the city's local time at the edge."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def month_span(year: int, month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of a local calendar month and of the next one, in UTC."""
    start = datetime(year, month, 1, tzinfo=zone)
    following = (start + timedelta(days=32)).replace(day=1)
    return start.astimezone(UTC), following.astimezone(UTC)
