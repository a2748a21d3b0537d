"""The layouts of reports on warnings and hand-overs, set as PDF."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from chengmai.core import typesetting

LAYOUTS = Path(str(files("chengmai.disposal"))) / "layouts"


def typeset(layout: str, document: bytes, pictures: Mapping[str, bytes]) -> bytes:
    """The PDF of a JSON document under one of these layouts; pictures are found by the names the document gives."""
    layouts = {source.name: source.read_bytes() for source in LAYOUTS.glob("*.typ")}
    return typesetting.typeset(layout, document, layouts | dict(pictures))
