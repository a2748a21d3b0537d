from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "chengmai.devices"
    label = "devices"
