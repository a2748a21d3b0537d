"""A person of the network's owner who says one thing of one step, in a process that may be killed at named points.

``python -m ... DATABASE STEP VERSION ID ACTION``
"""

import sys
from uuid import UUID

import django
from django.conf import settings


def main() -> None:
    database, step, version, said, action = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from chengmai.access.models import User
    from chengmai.casework.joint_steps import JointStep
    from chengmai.disposal.valve_plans import StepAct, act_on_valve_step
    from chengmai.disposal.valve_states import ValveStepAction

    person = User.objects.get(username="water_dispatcher")
    act = StepAct(ValveStepAction(action), int(version))
    act_on_valve_step(person, UUID(step), act, JointStep(UUID(said), "seen on site"))


if __name__ == "__main__":
    main()
