from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "chengmai.events"
    label = "events"
