from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "chengmai.settlement"
    label = "settlement"

    def ready(self) -> None:
        """Register where quantities come from."""
        from chengmai.settlement import metering, ticketing  # noqa: F401 - each registers itself
