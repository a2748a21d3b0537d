"""What a city starts from is loaded once, and what a city made of it stays."""

import pytest

from chengmai.casework.models import CaseClass
from chengmai.devices.models import DeviceType
from chengmai.disposal.models import PlanTemplate
from chengmai.portal.defaults import LoadedDefaults, load_defaults
from chengmai.registers.models import Checklist, RegisterKind

pytestmark = pytest.mark.django_db


def test_defaults_fill_an_empty_city_once_and_what_was_changed_stays() -> None:
    loaded = load_defaults()
    there = (CaseClass.objects.count(), DeviceType.objects.count(), PlanTemplate.objects.count())
    assert (loaded.classes, loaded.device_types, loaded.plans) == there
    assert loaded.registers == RegisterKind.objects.count() + Checklist.objects.count() > 0
    assert min(there) > 0
    changed = DeviceType.objects.order_by("code")[0]
    DeviceType.objects.filter(pk=changed.pk).update(name_zh="本市名称")
    assert load_defaults() == LoadedDefaults(0, 0, 0, 0)
    assert DeviceType.objects.get(pk=changed.pk).name_zh == "本市名称"
