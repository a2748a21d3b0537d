"""One answer in both forms of GeoReport v2: XML, and JSON by the Spark convention (lists without their wrapper)."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse

XML, JSON = "xml", "json"
SINGULAR: Mapping[str, str] = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "errors": "error",
}
"""What the elements of a list are called in XML, by the list's own name."""
_CONTENT = {XML: "text/xml", JSON: "application/json"}
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def answer(root: str, told: Any, form: str, status: int = 200, *, bare: bool = False) -> HttpResponse:
    """An HTTP answer; ``bare`` leaves the encoding out of the header, and then writes ASCII only."""
    if form == JSON:
        body = json.dumps(told, ensure_ascii=bare).encode()
    else:
        tree = Element(root)
        _fill(tree, told)
        body = tostring(tree, encoding="ascii" if bare else "utf-8", xml_declaration=True)
        if bare:
            body = body.replace(b"encoding='ascii'", b"encoding='utf-8'", 1)
    kind = _CONTENT[form] if bare else f"{_CONTENT[form]}; charset=utf-8"
    response = HttpResponse(body, content_type=kind, status=status)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _fill(element: Element, told: Any) -> None:
    match told:
        case None:
            return
        case dict():
            for name, value in told.items():
                _fill(SubElement(element, name), value)
        case list():
            for one in told:
                _fill(SubElement(element, SINGULAR[element.tag]), one)
        case bool():
            element.text = "true" if told else "false"
        case _:
            element.text = _UNFIT.sub("\ufffd", str(told))
