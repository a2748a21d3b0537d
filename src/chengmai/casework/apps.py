from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "chengmai.casework"
    label = "casework"
