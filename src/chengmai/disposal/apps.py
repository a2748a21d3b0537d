from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "chengmai.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Hand down what those may not import us for: what is left open of a warning's disposal, and its story."""
        from chengmai.casework.cases import timeline
        from chengmai.disposal.checks import hindrances
        from chengmai.disposal.story import story_of
        from chengmai.warning import lifting

        lifting.provide(hindrances)
        timeline.provide(story_of)
