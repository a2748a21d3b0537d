from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "chengmai.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Tell warnings what is left open of their disposal: they may not import us, so we hand our answer down."""
        from chengmai.disposal.checks import hindrances
        from chengmai.warning.lifting import provide

        provide(hindrances)
