from django.apps import AppConfig


class WarningConfig(AppConfig):
    name = "chengmai.warning"
    label = "warning"
