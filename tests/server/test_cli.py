from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli import build_parser, main

_GOLDEN = Path(__file__).with_name("test_cli.help.txt")


def _help_texts(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield parser.format_help()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _help_texts(child)


def test_the_help_of_every_command_is_as_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """To accept a change, delete the file and run the test once."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    text = "\n".join(_help_texts(build_parser()))
    if not _GOLDEN.exists():
        _GOLDEN.write_text(text, encoding="utf-8")
    assert text == _GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["dance"], ["user"], ["serve", "--port", "many"]])
def test_a_command_that_cannot_be_read_ends_with_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: tangram" in capsys.readouterr().err


def test_an_error_is_told_with_its_cure_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANGRAM_PROT", "1")
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: There is no setting 'TANGRAM_PROT'. (at TANGRAM_PROT)",
        "       → Did you mean TANGRAM_PORT? All settings are listed in docs/settings.md.",
    ]
