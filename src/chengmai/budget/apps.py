from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "chengmai.budget"
    label = "budget"

    def ready(self) -> None:
        """Hand settlement its purse: it may not import us."""
        from chengmai.budget.execution.paying import BudgetPurse
        from chengmai.settlement.purse import provide

        provide(BudgetPurse())
