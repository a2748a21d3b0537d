"""What a city starts from: classes of cases, kinds of devices, plans and their parties, registers, as they ship."""

from dataclasses import dataclass

from chengmai.casework.classes.editions import load_classes
from chengmai.casework.models import CaseClass
from chengmai.devices.type_changes import load_customary as load_device_types
from chengmai.disposal.customary_plans import load_customary as load_plans
from chengmai.registers.kinds import load_customary as load_registers


@dataclass(frozen=True, slots=True)
class LoadedDefaults:
    """How many of each were missing and were loaded."""

    classes: int
    device_types: int
    plans: int
    registers: int


def load_defaults() -> LoadedDefaults:
    """Load what is missing; what is there stays as it is. Safe to call twice.

    Classes have no department yet: which one answers for which trade is the city's to say.
    """
    before = CaseClass.objects.count()
    load_classes({})
    return LoadedDefaults(CaseClass.objects.count() - before, load_device_types(), len(load_plans()), load_registers())
