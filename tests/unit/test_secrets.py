"""The secrets' file: made whole or not at all, once, and readable by its owner only."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chengmai.core.errors import Unavailable
from chengmai.secrets_file import FILE_NAME, load_secrets


def test_a_full_disk_at_the_first_start_leaves_nothing_in_the_way_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match=r"secrets\.unreadable"):
            load_secrets(tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []
    made = load_secrets(tmp_path / "data")
    assert load_secrets(tmp_path / "data") == made
    assert [file.name for file in (tmp_path / "data").iterdir()] == [FILE_NAME]
    assert (tmp_path / "data" / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_of_many_first_starts_at_once_all_know_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_secrets(tmp_path), range(16)))
    assert len(set(found)) == 1
