"""The doctor: finds what keeps the platform from running, and says nothing against a healthy one."""

import socket
from pathlib import Path

import pytest

from chengmai.access import audit
from chengmai.portal.doctor import Outcome, examine
from chengmai.portal.lock import InstanceLock
from chengmai.settings import Settings, current
from tests.ports import free_ports

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings_of_a_new_platform() -> Settings:
    web, mqtt, nats = free_ports(3)
    return Settings(data_dir=current().data_dir, port=web, mqtt_port=mqtt, nats_port=nats)


def found(settings: Settings) -> dict[str, tuple[Outcome, str]]:
    return {check.subject: (check.state, check.code) for check in examine(settings)}


def test_a_platform_that_can_start_has_no_fault(settings_of_a_new_platform: Settings) -> None:
    faults = {name: check for name, check in found(settings_of_a_new_platform).items() if check[0] is Outcome.FAILED}
    assert faults.keys() <= {"front_end"}


def test_a_taken_port_is_a_fault_unless_the_platform_itself_runs(settings_of_a_new_platform: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings_of_a_new_platform.port))
        taken.listen()
        assert found(settings_of_a_new_platform)["web_port"] == (Outcome.FAILED, "serve.port_in_use")
        lock = InstanceLock(settings_of_a_new_platform.data_dir)
        lock.acquire()
        try:
            checks = found(settings_of_a_new_platform)
        finally:
            lock.release()
    assert checks["web_port"] == (Outcome.OK, "doctor.port_ours")
    assert checks["instance"][1] == "doctor.running"
    assert checks["store"][1] == "doctor.store_in_use"


def test_secrets_that_others_can_read_are_a_fault(settings_of_a_new_platform: Settings) -> None:
    path = Path(settings_of_a_new_platform.data_dir) / "secrets.json"
    path.chmod(0o644)
    try:
        assert found(settings_of_a_new_platform)["secrets"] == (Outcome.FAILED, "doctor.secrets_open")
    finally:
        path.chmod(0o600)


def test_a_full_disk_is_a_fault(settings_of_a_new_platform: Settings) -> None:
    settings = Settings(data_dir=settings_of_a_new_platform.data_dir, least_free_bytes=10**18)
    assert found(settings)["disk"] == (Outcome.FAILED, "disk.low")


def test_a_clock_that_went_back_is_a_fault(
    settings_of_a_new_platform: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from chengmai.core.clock import now

    monkeypatch.setattr(audit, "now", lambda: now() + timedelta(hours=1))
    audit.record(None, "x", "x", "x")
    assert found(settings_of_a_new_platform)["clock"] == (Outcome.FAILED, "doctor.clock_behind")
