"""The API put together: every package's router, one error handler, one OpenAPI document."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.constants import NOT_SET
from ninja.parser import Parser

from chengmai.access.doors import Session
from chengmai.core.errors import ChengmaiError, InvalidInput
from chengmai.portal.failures import as_error, error_response, language_of

PACKAGES = (
    *("access", "assets", "sensing", "devices", "warning", "casework", "risk", "disposal", "registers"),
    *("custody", "settlement", "budget", "simulator"),
)
OF_THE_PORTAL = ("portal.deliveries", "portal.search", "portal.sensing_health", "portal.wall", "disposal.valve_api")
"""Doors beside the packages' own: those that join packages which may not know each other, and large subjects."""


class ErrorFacts(Schema):
    """What went wrong: a stable code, the figures of its sentence, the sentence in the caller's language."""

    code: str
    params: dict[str, Any]
    message: str


class ErrorAnswer(Schema):
    """The shape of every answer that is not a success."""

    error: ErrorFacts


class PlatformAPI(NinjaAPI):
    """The API with its error shape and its permissions declared in the OpenAPI document."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """``<package>_<function>``: short enough to be a function's name in a client."""
        package = operation.view_func.__module__.split(".")[1]
        return f"{package}_{operation.view_func.__name__}"

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document of the base class, with errors and permissions added."""
        document: dict[str, Any] = super().get_openapi_schema(**options)
        shape = ErrorAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"]["schemas"]
        schemas |= shape.pop("$defs")
        schemas["ErrorAnswer"] = shape
        document["components"]["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": "chengmai_session"},
            "gateway": {"type": "http", "scheme": "bearer"},
        }
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
        doors = {self.get_openapi_operation_id(operation): operation for operation in self.operations()}
        for methods in document["paths"].values():
            for details in methods.values():
                answers = {str(status): answer for status, answer in details["responses"].items()}
                details["responses"] = answers | {"default": {"description": "Any error", "content": content}}
                details |= _door_facts(doors[details["operationId"]])
        return document

    def operations(self) -> list[Any]:
        """Every operation of every router."""
        return [
            operation
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
        ]


def _door_facts(operation: Any) -> dict[str, Any]:
    if operation.auth_callbacks in ([], NOT_SET):
        return {"x-door": "none"}
    door = operation.auth_callbacks[0]
    facts: dict[str, Any] = {"x-door": type(door).__name__}
    facts["x-permissions"] = [permission.value for permission in getattr(door, "permissions", ())]
    if facts["x-door"] in {"Session", "OwnSession", "May"}:
        facts["security"] = [{"session": []}]
    elif facts["x-door"] != "Open":
        facts["security"] = [{"gateway": []}]
    return facts


class Reader(Parser):
    """Reads bodies, forms and queries; a NUL is refused here, because one of our databases cannot keep it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON of a body."""
        told = super().parse_body(request)
        _demand_no_nul(told)
        return told

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """The fields of a query or a form."""
        told = super().parse_querydict(data, list_fields, request)
        _demand_no_nul(told)
        return told


def _demand_no_nul(told: Any) -> None:
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and "\0" in one:
            raise InvalidInput("input.nul")
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


def _handle(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(as_error(error), language_of(request))


def logged_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for anybody who is logged in: what doors there are is not for everybody to know."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            Session()(request)
        except ChengmaiError as error:
            return _handle(request, error)
        return view(request, *arguments, **named)

    return guarded


def assemble() -> PlatformAPI:
    """The API with the routers of all packages that have one."""
    assembled = PlatformAPI(
        title="Chengmai 城脉",
        version=version("chengmai"),
        description="The platform a city management bureau runs on. Times are ISO 8601 in UTC; units are in the names.",
        urls_namespace="api",
        parser=Reader(),
        docs_url=None,
        docs_decorator=logged_in,
        openapi_url="/openapi.json",
    )
    for kind in list(assembled._exception_handlers):
        assembled.add_exception_handler(kind, _handle)
    for name in [*(f"chengmai.{package}.api" for package in PACKAGES), *(f"chengmai.{name}" for name in OF_THE_PORTAL)]:
        assembled.add_router("", import_module(name).router)
    return assembled


api = assemble()
