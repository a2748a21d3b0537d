"""The address of a ClickHouse server: what a user name or a password may hold besides letters."""

from dataclasses import replace
from typing import Any

import pytest

from chengmai.sensing import store
from chengmai.settings import Settings


def test_user_and_password_are_written_as_in_any_address(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(store, "TelemetryStore", lambda arguments, database, place: given.append(arguments))
    store.open_store(replace(Settings(), telemetry_url="https://li%40city:p%2Fs%3A%25@host/readings"))
    assert (given[0]["username"], given[0]["password"], given[0]["host"]) == ("li@city", "p/s:%", "host")
