"""The custody package as Django knows it."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Tables of manifests, weighing, registers and decisions on what does not reconcile."""

    name = "chengmai.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"
