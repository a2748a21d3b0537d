"""A person of the network's owner who says one thing of one step, in a process that may be killed at named points."""

from collections.abc import Callable
from uuid import UUID

import django
from django.conf import settings


def main(arguments: tuple[str, str, str, str, str], _say: Callable[[str], None]) -> None:
    """Say on a database of a step in its version, by an id, an action."""
    database, step, version, said, action = arguments
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from chengmai.access.models import User
    from chengmai.casework.cases.joint_steps import JointStep
    from chengmai.disposal.valve_plans import StepAct, act_on_valve_step
    from chengmai.disposal.valve_states import ValveStepAction

    person = User.objects.get(username="water_dispatcher")
    act = StepAct(ValveStepAction(action), int(version))
    act_on_valve_step(person, UUID(step), act, JointStep(UUID(said), "seen on site"))
