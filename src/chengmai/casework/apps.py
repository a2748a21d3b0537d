from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "chengmai.casework"
    label = "casework"

    def ready(self) -> None:
        """Tell warnings about their cases: they may not import us, so we hand our answer down; hear of log-outs."""
        from chengmai.access import sessions
        from chengmai.casework.cases.queries import field_work
        from chengmai.casework.hotline.seats import session_ended
        from chengmai.warning.fieldwork import provide

        provide(field_work)
        sessions.ended.append(session_ended)
