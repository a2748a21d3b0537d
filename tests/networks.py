"""Networks for tests: files of the test data, and stored networks with an owner."""

from pathlib import Path

from chengmai.access.models import Organisation
from chengmai.assets.models import Network

DATA = Path(__file__).parent / "data" / "networks"


def sample(name: str) -> bytes:
    """The bytes of a file of the test data."""
    return (DATA / name).read_bytes()


def add_network(code: str, owner: Organisation) -> Network:
    """A network without an edition."""
    return Network.objects.create(code=code, name_zh=code, name_en=code, utility="water", owner=owner)
