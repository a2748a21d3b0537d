"""A methane alarm through its door: verdict, time, radii, ranked pipes, place in words; sealed, in both languages."""

import pytest

from chengmai.assets.models import Network
from chengmai.detection.signals import Element, Reason
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.services import apply_signal
from tests.disposal import City, build_city, no_readings, signal
from tests.people import client_of

pytestmark = pytest.mark.django_db

FACTS = {
    "verdict": "leak",
    "confidence": 0.93,
    "percent_lel": 46.2,
    "to_lel_s": 900,
    "chamber": {"network": "JC-SEWER", "code": "ws12", "kind": "sewer", "volume_m3": 5.1},
    "blast": {"heavy_m": 2.1, "light_m": 3.9},
}


def leak(city: City, **facts: object) -> Alarm:
    gas = Network.objects.create(code="JC-GAS", name_zh="燃气", name_en="Gas", utility="gas", owner=city.company)
    rule = Rule.objects.create(code="JC-CH4", kind="methane", network=gas, owner=city.company, parameters={})
    told = signal(
        city,
        subject="JC-CH4-ws12",
        size_m3h=None,
        facts={**FACTS, **facts},
        reasons=(
            Reason("methane.verdict_leak", {"percent": 93, "lel": 46.2}),
            Reason("methane.to_lel", {"minutes": 15}),
        ),
        elements=(Element("gp7", "pipe", 0.61), Element("gp8", "pipe", 0.2)),
    )
    alarm = apply_signal(rule, told, no_readings)
    assert alarm is not None
    return alarm


def test_the_door_gives_what_the_rule_told_and_it_is_sealed() -> None:
    city = build_city()
    client, alarm = client_of(city.people["operator"]), leak(city)
    english = client.get(f"/api/v1/alarms/{alarm.pk}", headers={"accept-language": "en"}).json()
    assert english["kind"] == "methane"
    assert english["facts"] == FACTS
    assert english["place"] == "sewer chamber ws12"
    assert [one["code"] for one in english["elements"]] == ["gp7", "gp8"]
    assert english["reasons"][0]["message"] == "Probably a gas leak (93 % sure): methane stands at 46.2 %LEL."
    assert english["sealed"]
    chinese = client.get(f"/api/v1/alarms/{alarm.pk}", headers={"accept-language": "zh-CN"}).json()
    assert chinese["place"] == "污水井 ws12"
    assert chinese["reasons"][1]["message"] == "按目前速度约 15 分钟后达到爆炸下限。"


def test_facts_changed_behind_the_platform_s_back_break_the_seal() -> None:
    city = build_city()
    alarm = leak(city)
    Alarm.objects.filter(pk=alarm.pk).update(facts={**FACTS, "verdict": "biogas"})
    assert not client_of(city.people["operator"]).get(f"/api/v1/alarms/{alarm.pk}").json()["sealed"]
