from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "chengmai.budget"
    label = "budget"
