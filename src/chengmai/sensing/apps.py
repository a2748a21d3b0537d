from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "chengmai.sensing"
    label = "sensing"
