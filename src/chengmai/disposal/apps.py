from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "chengmai.disposal"
    label = "disposal"
