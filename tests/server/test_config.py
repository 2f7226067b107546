from __future__ import annotations

from pathlib import Path

import pytest

from metadata.problems import BadInputError
from server.config import SETTINGS, Config, load_config, settings_page


def test_an_empty_environment_gives_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config({})
    assert (config.host, config.port, config.workers, config.demo) == ("127.0.0.1", 8000, 1, True)
    assert config.data_dir == tmp_path / ".tangram" / "data"


def test_values_are_read_by_the_type_of_their_setting() -> None:
    config = load_config(
        {
            "TANGRAM_PORT": "8_080",
            "TANGRAM_DEMO": "off",
            "TANGRAM_DATA_DIR": "/srv/tangram",
            "TANGRAM_LOG_LEVEL": "DEBUG",
            "PATH": "/bin",
        }
    )
    assert (config.port, config.demo, config.data_dir, config.log_level) == (
        8080,
        False,
        Path("/srv/tangram"),
        "debug",
    )


def test_an_empty_value_counts_as_not_set() -> None:
    assert load_config({"TANGRAM_PORT": ""}).port == 8000


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadInputError) as caught:
        load_config({"TANGRAM_PROT": "1", "TANGRAM_PORT": "70000", "TANGRAM_DEMO": "perhaps", "TANGRAM_WORKERS": "0"})
    assert [(fault.reason, fault.message) for fault in caught.value.faults] == [
        ("bad_setting", "TANGRAM_DEMO: 'perhaps' is neither 1 nor 0."),
        ("bad_setting", "TANGRAM_PORT: '70000' is greater than 65535."),
        ("unknown_setting", "There is no setting 'TANGRAM_PROT'."),
        ("bad_setting", "TANGRAM_WORKERS: '0' is less than 1 processes."),
    ]
    assert caught.value.faults[2].hint.startswith("Did you mean TANGRAM_PORT?")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TANGRAM_PORT", "many"),
        ("TANGRAM_LOG_FORMAT", "xml"),
        ("TANGRAM_DATABASE_URL", "mysql://root@localhost/x"),
        ("TANGRAM_REDIS_URL", "localhost:6379"),
        ("TANGRAM_PUBLIC_URL", "example.com"),
        ("TANGRAM_SECRET_KEY", "short"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(variable: str, value: str) -> None:
    with pytest.raises(BadInputError) as caught:
        load_config({variable: value})
    assert [fault.path for fault in caught.value.faults] == [(variable,)]


def test_a_secret_is_neither_repeated_in_errors_nor_shown() -> None:
    with pytest.raises(BadInputError) as caught:
        load_config({"TANGRAM_SECRET_KEY": "hunter2"})
    assert "hunter2" not in repr(caught.value)
    assert "hunter2" not in repr(Config(secret_key="hunter2", database_url="postgresql://u:hunter2@h/d"))


def test_variables_of_client_programs_are_passed_by() -> None:
    load_config({"TANGRAM_URL": "http://x", "TANGRAM_TENANT": "demo", "TANGRAM_EMAIL": "a@b", "TANGRAM_PASSWORD": "p"})


def test_a_child_process_reads_the_settings_it_was_given() -> None:
    config = load_config({"TANGRAM_DATA_DIR": "/srv", "TANGRAM_DEMO": "0", "TANGRAM_WORKERS": "3"})
    assert load_config(config.environment()) == config


@pytest.mark.parametrize(
    ("config", "url"),
    [
        (Config(), "http://127.0.0.1:8000"),
        (Config(host="0.0.0.0", port=80), "http://127.0.0.1:80"),
        (Config(host="::1"), "http://[::1]:8000"),
        (Config(public_url="https://crm.example.com/"), "https://crm.example.com"),
    ],
)
def test_the_url_shown_can_be_opened(config: Config, url: str) -> None:
    assert config.base_url == url


def test_the_page_of_settings_is_written_from_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), "run `python -m server.config > docs/settings.md`"
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())
