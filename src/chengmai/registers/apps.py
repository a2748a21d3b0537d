"""The registers package as Django knows it."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Tables of registers' kinds and entries, of checklists and their runs."""

    name = "chengmai.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"
