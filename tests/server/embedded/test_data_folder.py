from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from metadata.problems import ConflictError, UnavailableError
from server.embedded import data_folder


def test_a_folder_is_claimed_by_one_at_a_time(tmp_path: Path) -> None:
    with data_folder.claim(tmp_path):
        with pytest.raises(ConflictError) as caught, data_folder.claim(tmp_path):
            pass
        assert caught.value.faults[0].reason == "data_folder_in_use"
        assert f"in use by process {os.getpid()}" in caught.value.message
        assert "TANGRAM_DATA_DIR" in caught.value.faults[0].hint
    with data_folder.claim(tmp_path):
        pass


def test_the_secret_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    key = data_folder.secret_key(tmp_path / "data")
    assert len(key) >= 64
    assert data_folder.secret_key(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert data_folder.secret_key(tmp_path / "other") != key


def test_values_are_remembered_one_by_one_and_are_ours_alone(tmp_path: Path) -> None:
    data_folder.remember(tmp_path, one={"port": 1})
    data_folder.remember(tmp_path, two=2)
    assert data_folder.remembered(tmp_path) == {"one": {"port": 1}, "two": 2}
    assert stat.S_IMODE((tmp_path / "embedded.json").stat().st_mode) == 0o600


def test_a_preferred_port_is_taken_only_when_it_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert data_folder.free_port(number) != number
    assert data_folder.free_port(number) == number


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError) as caught:
        data_folder.open_folder(tmp_path / "file" / "data")
    assert caught.value.faults[0].reason == "data_folder_not_writable"
