from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "chengmai.assets"
    label = "assets"
