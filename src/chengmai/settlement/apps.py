from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "chengmai.settlement"
    label = "settlement"
