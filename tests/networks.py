"""Networks for tests: files of the test data, and stored networks with an owner."""

import io
import zipfile
from pathlib import Path

from chengmai.access.models import Organisation
from chengmai.assets.models import Network, NetworkEdition, NetworkLink, NetworkNode
from chengmai.assets.queries import SUMMARY
from chengmai.assets.services import summary_of
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.network.documents import link_documents, model_document, node_documents
from chengmai.network.pipe_network import PipeNetwork

DATA = Path(__file__).parent / "data" / "networks"


def sample(name: str) -> bytes:
    """The bytes of a file of the test data."""
    return (DATA / name).read_bytes()


def add_network(code: str, owner: Organisation) -> Network:
    """A network without an edition."""
    return Network.objects.create(code=code, name_zh=code, name_en=code, utility="water", owner=owner)


def publish(network: Network, arrays: PipeNetwork) -> NetworkEdition:
    """Store arrays as the edition people see, without reading a file."""
    moment = now()
    edition = NetworkEdition.objects.create(
        network=network,
        source="test",
        source_hash=new_id().hex,
        loaded_at=moment,
        published_at=moment,
        model={**model_document(arrays), SUMMARY: summary_of(arrays)},
    )
    NetworkNode.objects.bulk_create(
        NetworkNode(
            edition=edition,
            code=node.code,
            kind=node.kind,
            longitude=node.x,
            latitude=node.y,
            elevation_m=node.elevation_m,
            attributes={"hydraulic": node.hydraulic, "survey": node.survey},
        )
        for node in node_documents(arrays)
    )
    NetworkLink.objects.bulk_create(
        NetworkLink(
            edition=edition,
            code=link.code,
            kind=link.kind,
            start=link.start,
            end=link.end,
            length_m=link.length_m,
            diameter_mm=link.diameter_mm,
            material=link.material,
            path=link.path,
            attributes={"hydraulic": link.hydraulic, "survey": link.survey},
        )
        for link in link_documents(arrays)
    )
    network.edition = edition
    network.save(update_fields=["edition"])
    return edition


def packed(tables: dict[str, str]) -> bytes:
    """Survey tables (name -> CSV text) as the archive people send."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text.encode())
    return target.getvalue()
