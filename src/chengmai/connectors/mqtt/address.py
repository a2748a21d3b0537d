"""Which foreign broker, which topic, and for which gateway: read from the settings; pure."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from chengmai.core.errors import InvalidInput
from chengmai.settings import PREFIX, Settings

_USUAL_PORT = 1883


@dataclass(frozen=True, slots=True)
class Address:
    """Where the readings are and whose they are; the password is never shown."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    topic: str
    gateway: str
    client_id: str


def address_of(settings: Settings) -> Address | None:
    """The foreign broker of the settings, None when none is set; raises InvalidInput, never telling the password."""
    if not settings.foreign_mqtt_url:
        return None
    for name in ("foreign_mqtt_topic", "foreign_mqtt_gateway", "foreign_mqtt_client"):
        if not getattr(settings, name):
            raise InvalidInput("foreign_mqtt.incomplete", name=PREFIX + name.upper())
    if not _is_filter(settings.foreign_mqtt_topic):
        raise InvalidInput("foreign_mqtt.bad_topic", topic=settings.foreign_mqtt_topic)
    try:
        url = urlsplit(settings.foreign_mqtt_url)
        port = url.port or _USUAL_PORT
    except ValueError:
        raise InvalidInput("foreign_mqtt.bad_url", name=PREFIX + "FOREIGN_MQTT_URL") from None
    if url.scheme != "mqtt" or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise InvalidInput("foreign_mqtt.bad_url", name=PREFIX + "FOREIGN_MQTT_URL")
    return Address(
        host=url.hostname,
        port=port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        topic=settings.foreign_mqtt_topic,
        gateway=settings.foreign_mqtt_gateway,
        client_id=settings.foreign_mqtt_client,
    )


def _is_filter(topic: str) -> bool:
    """Whether wildcards stand alone in their level, and ``#`` in the last."""
    *before, last = topic.split("/")
    alone = all("+" not in level or level == "+" for level in (*before, last))
    return alone and not any("#" in level for level in before) and ("#" not in last or last == "#")
