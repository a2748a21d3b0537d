from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chengmai.access"
    label = "access"
