"""Components of the demonstration city: the manhole covers over its networks' surveyed points, with who keeps them."""

from django.db import transaction

from chengmai.access import audit
from chengmai.assets.models import CodeForm, Component, Network
from chengmai.assets.queries import cells_at, load_network
from chengmai.demo.make_survey import DISTRICT
from chengmai.network.utilities import Utility

COVERS = {
    Utility.WATER: ("0101", "上水井盖"),
    Utility.SEWER: ("0102", "污水井盖"),
    Utility.HEAT: ("0110", "热力井盖"),
    Utility.GAS: ("0111", "燃气井盖"),
}
"""Utility -> class and name of the covers over its points."""
MOST_OF_A_NETWORK = 60


def ensure_components() -> None:
    """Covers over the first points of each network, unless there are components already."""
    with transaction.atomic():
        if Component.objects.exists():
            return
        serials = dict.fromkeys((code for code, _ in COVERS.values()), 0)
        made = []
        for network in Network.objects.select_related("owner", "owner__parent", "edition").order_by("code"):
            cover = COVERS.get(Utility(network.utility))
            if cover is None or network.edition is None:
                continue
            nodes, above = load_network(network).nodes, network.owner.parent
            places = list(zip(nodes.x.tolist(), nodes.y.tolist(), strict=True))[:MOST_OF_A_NETWORK]
            for (longitude, latitude), cell in zip(places, cells_at(places), strict=True):
                class_code, name = cover
                serials[class_code] += 1
                made.append(
                    Component(
                        code=f"{DISTRICT}{class_code}{serials[class_code]:06d}",
                        form=CodeForm.TWO_TWO_SIX,
                        class_code=class_code,
                        name=name,
                        charge_code=above.code if above else "",
                        charge_name=above.name_zh if above else "",
                        owner_code=network.owner.code,
                        owner_name=network.owner.name_zh,
                        maintainer_code=network.owner.code,
                        maintainer_name=network.owner.name_zh,
                        cell=cell,
                        source="管网普查",
                        longitude=round(longitude, 7),
                        latitude=round(latitude, 7),
                    )
                )
        Component.objects.bulk_create(made)
        audit.record(None, "component.imported", "component", "*", after={"file": "demonstration", "new": len(made)})
