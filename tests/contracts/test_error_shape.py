"""Every door answers errors in one JSON shape, and says so in the OpenAPI document."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from chengmai.core.messages import LANGUAGES, catalogue
from chengmai.portal.api import api

WRONG = [
    ("GET", "/api/v1/alarms", 401),
    ("GET", "/api/v1/no-such-door", 404),
    ("PATCH", "/api/v1/alarms", 405),
    ("GET", "/no-such-file.js", 404),
    ("POST", "/api/v1/session", 403),
]


def answer(method: str, path: str, language: str) -> HttpResponse:
    """What a stranger gets."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    response: Any = client.generic(method, path, "{", "application/json", headers={"Accept-Language": language})
    return response


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("method", "path", "status"), WRONG)
def test_every_error_has_the_one_shape(method: str, path: str, status: int, language: str) -> None:
    response = answer(method, path, language)
    assert response.status_code == status
    body = json.loads(response.content)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "params", "message"}
    sentence = catalogue(language)[body["error"]["code"]]
    assert body["error"]["message"] == sentence.format_map(body["error"]["params"])


def test_every_operation_declares_the_shape_of_its_errors() -> None:
    document = api.get_openapi_schema()
    shape = {"$ref": "#/components/schemas/ErrorAnswer"}
    operations = [
        (f"{method} {path}", details) for path, found in document["paths"].items() for method, details in found.items()
    ]
    assert len(operations) > 20
    silent = [
        name
        for name, details in operations
        if details["responses"]["default"]["content"]["application/json"]["schema"] != shape
    ]
    assert silent == []
    facts = document["components"]["schemas"]["ErrorFacts"]
    assert set(facts["properties"]) == {"code", "params", "message"}
    assert set(facts["required"]) == {"code", "params", "message"}
