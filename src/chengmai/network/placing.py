"""Brings a network read from a file without a reference system onto the map."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from chengmai.core.findings import Finding, Severity
from chengmai.network.pipe_network import Frame, PipeNetwork
from chengmai.network.projection import JINCHENG_ZONE, NORTHING_LIMITS, to_degrees, to_plane, zone_of
from chengmai.network.records import Place

Floats = npt.NDArray[np.float64]


def place(
    network: PipeNetwork, file: str, centre: tuple[float, float], zone: int = JINCHENG_ZONE
) -> tuple[PipeNetwork, list[Finding]]:
    """The network in degrees, by what its own figures say: degrees, a Gauss-Kruger plane (x east), or a plane of
    unknown origin, which is laid with its middle on ``centre`` (longitude, latitude) and told.
    """
    if network.frame == Frame.GEOGRAPHIC or len(network.nodes) == 0:
        return network, []
    x = np.concatenate([network.nodes.x, network.links.path[:, 0]])
    y = np.concatenate([network.nodes.y, network.links.path[:, 1]])
    zones = np.unique(zone_of(x))
    findings: list[Finding] = []
    in_plane = len(zones) == 1 and zones[0] > 0 and NORTHING_LIMITS[0] < y.min() and y.max() < NORTHING_LIMITS[1]
    if np.ptp(x) < 3 and np.ptp(y) < 3 and x.min() > 70 and x.max() < 140 and y.min() > 0 and y.max() < 56:
        longitude, latitude = x, y
    elif in_plane:
        longitude, latitude = to_degrees(y, x, int(zones[0]))
    else:
        north, east = to_plane(np.array([centre[0]]), np.array([centre[1]]), zone)
        middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        scale = min(1.0, 100_000 / max(float(np.ptp(x)), float(np.ptp(y)), 1.0))
        longitude, latitude = to_degrees(north[0] + (y - middle_y) * scale, east[0] + (x - middle_x) * scale, zone)
        where = f"{centre[0]:.4f}, {centre[1]:.4f}"
        findings.append(Place(file).finding("coordinates.local", severity=Severity.WARNING, centre=where))
    return _moved(network, longitude, latitude), findings


def _moved(network: PipeNetwork, x: Floats, y: Floats) -> PipeNetwork:
    n = len(network.nodes)
    return replace(
        network,
        nodes=replace(network.nodes, x=x[:n], y=y[:n]),
        links=replace(network.links, path=np.column_stack([x[n:], y[n:]])),
        frame=Frame.GEOGRAPHIC,
    )
