"""Reads of settlement, scoped: those who owe see their contracts, and so do those who are paid, nobody else."""

from uuid import UUID

from django.db.models import Q, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import reach, reaches
from chengmai.core.errors import NotAllowed, NotFound
from chengmai.settlement.models import Payment, QuantitySheet, ServiceContract, Statement
from chengmai.settlement.states import StatementState


def visible_contracts(user: User) -> QuerySet[ServiceContract]:
    """Contracts a person may see: of organisations within reach that owe or are paid."""
    rows = ServiceContract.objects.select_related("owner", "contractor")
    codes = reach(user)
    return rows if codes is None else rows.filter(Q(owner__code__in=codes) | Q(contractor__code__in=codes))


def visible_contract(user: User, contract_id: UUID) -> ServiceContract:
    """A contract within the person's reach; raises NotFound."""
    found = visible_contracts(user).filter(pk=contract_id).first()
    if found is None:
        raise NotFound("settlement.contract_not_found", id=contract_id)
    return found


def visible_sheet(user: User, sheet_id: UUID) -> QuantitySheet:
    """A sheet of a contract within the person's reach; raises NotFound."""
    rows = QuantitySheet.objects.filter(contract__in=visible_contracts(user))
    found = rows.select_related("contract__owner", "contract__contractor", "contract_version").filter(pk=sheet_id)
    if (sheet := found.first()) is None:
        raise NotFound("settlement.sheet_not_found", id=sheet_id)
    return sheet


def visible_statements(user: User) -> QuerySet[Statement]:
    """Statements a person may see; those who are paid see them once they are approved."""
    rows = Statement.objects.select_related("contract__owner", "contract__contractor", "contract_version")
    codes = reach(user)
    if codes is None:
        return rows
    told = Q(state__in=(StatementState.APPROVED, StatementState.REVERSED))
    return rows.filter(Q(contract__owner__code__in=codes) | Q(contract__contractor__code__in=codes) & told)


def visible_statement(user: User, statement_id: UUID) -> Statement:
    """A statement within the person's reach; raises NotFound."""
    found = visible_statements(user).filter(pk=statement_id).first()
    if found is None:
        raise NotFound("settlement.statement_not_found", id=statement_id)
    return found


def visible_payment(user: User, payment_id: UUID) -> Payment:
    """A payment on a contract within the person's reach; raises NotFound."""
    rows = Payment.objects.select_related("contract__owner", "contract__contractor", "statement")
    found = rows.filter(pk=payment_id, contract__in=visible_contracts(user)).first()
    if found is None:
        raise NotFound("settlement.payment_not_found", id=payment_id)
    return found


def demand_payer(user: User, contract: ServiceContract) -> None:
    """Raise NotAllowed for whoever does not belong to those who owe: who is paid reads, and writes nothing."""
    if not reaches(user, contract.owner):
        raise NotAllowed("settlement.not_the_payer")


def payer_contract(user: User, contract_id: UUID) -> ServiceContract:
    """A contract that the person may write on; raises NotFound or NotAllowed."""
    contract = visible_contract(user, contract_id)
    demand_payer(user, contract)
    return contract


def payer_sheet(user: User, sheet_id: UUID) -> QuantitySheet:
    """A sheet that the person may write on; raises NotFound or NotAllowed."""
    sheet = visible_sheet(user, sheet_id)
    demand_payer(user, sheet.contract)
    return sheet


def payer_statement(user: User, statement_id: UUID) -> Statement:
    """A statement that the person may write on; raises NotFound or NotAllowed."""
    statement = visible_statement(user, statement_id)
    demand_payer(user, statement.contract)
    return statement
