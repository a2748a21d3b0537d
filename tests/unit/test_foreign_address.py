"""The address of a foreign broker: what is no address is refused by name, and the password is never told."""

from dataclasses import replace

import pytest

from chengmai.connectors.mqtt.address import address_of
from chengmai.core.errors import InvalidInput
from chengmai.portal.commands import PASSWORD
from chengmai.settings import Settings

COMPLETE = replace(
    Settings(),
    foreign_mqtt_url="mqtt://user:s%40cret@broker.example:1884",
    foreign_mqtt_topic="plant/+/readings",
    foreign_mqtt_gateway="PLANT",
)


def test_nothing_set_is_no_broker() -> None:
    assert address_of(Settings()) is None


def test_an_address_is_read_and_hides_its_password() -> None:
    address = address_of(COMPLETE)
    assert address is not None
    assert (address.host, address.port, address.user, address.password) == ("broker.example", 1884, "user", "s@cret")
    assert "s@cret" not in repr(address)
    plain = address_of(replace(COMPLETE, foreign_mqtt_url="mqtt://broker.example"))
    assert plain is not None
    assert (plain.port, plain.user) == (1883, "")


@pytest.mark.parametrize(
    "url",
    [
        "mqtts://u:s%40cret@broker.example",
        "broker.example:1883",
        "mqtt://u:s%40cret@:1883",
        "mqtt://u:s%40cret@broker.example:port",
        "mqtt://u:s%40cret@broker.example:99999",
        "mqtt://u:s%40cret@broker.example/path",
        "mqtt://u:s%40cret@[broker",
    ],
)
def test_what_is_no_address_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        address_of(replace(COMPLETE, foreign_mqtt_url=url))
    assert caught.value.code == "foreign_mqtt.bad_url"
    assert caught.value.params == {"name": "CHENGMAI_FOREIGN_MQTT_URL"}


@pytest.mark.parametrize("name", ["foreign_mqtt_topic", "foreign_mqtt_gateway", "foreign_mqtt_client"])
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        address_of(replace(COMPLETE, **{name: ""}))  # type: ignore[arg-type]
    assert caught.value.params == {"name": f"CHENGMAI_{name.upper()}"}


@pytest.mark.parametrize(
    ("topic", "good"),
    [("#", True), ("a/#", True), ("+/b/+", True), ("a", True), ("a/#/b", False), ("a#", False), ("a+/b", False)],
)
def test_a_topic_filter_is_checked(topic: str, good: bool) -> None:
    settings = replace(COMPLETE, foreign_mqtt_topic=topic)
    if good:
        assert address_of(settings) is not None
    else:
        with pytest.raises(InvalidInput) as caught:
            address_of(settings)
        assert caught.value.code == "foreign_mqtt.bad_topic"


def test_addresses_are_shown_without_their_passwords() -> None:
    assert PASSWORD.sub(r"\1***@", "mqtt://user:a@b/c@host:1") == "mqtt://user:***@host:1"
    assert PASSWORD.sub(r"\1***@", "https://host:8620") == "https://host:8620"
