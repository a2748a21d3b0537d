from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "chengmai.risk"
    label = "risk"
