"""A network kept as documents, through JSON as a database keeps it, comes back as it was."""

import json
from dataclasses import asdict, replace

import numpy as np
from hypothesis import given, settings

from chengmai.network.documents import (
    LinkDocument,
    NodeDocument,
    link_documents,
    model_document,
    network_of,
    node_documents,
)
from chengmai.network.pipe_network import Demands, PipeNetwork
from tests.properties.test_inp_round_trip import assert_same, networks


def by_node(network: PipeNetwork) -> PipeNetwork:
    """The network with its demands in the order of their nodes, as documents keep them."""
    told = network.demands
    order = np.argsort(told.node, kind="stable")
    sorted_ = Demands(told.node[order], told.base[order], told.pattern[order], told.category[order])
    return replace(network, demands=sorted_)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_documents_lose_nothing(network: PipeNetwork) -> None:
    kept = json.dumps(
        {
            "nodes": [asdict(document) for document in node_documents(network)],
            "links": [asdict(document) for document in link_documents(network)],
            "model": model_document(network),
        }
    )
    told = json.loads(kept)
    back = network_of(
        [NodeDocument(**each) for each in told["nodes"]],
        [LinkDocument(**each) for each in told["links"]],
        told["model"],
    )
    assert_same(back, by_node(network))
    assert back.frame == network.frame
    assert back.rules == network.rules
