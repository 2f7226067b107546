"""The shape of the command line: verbs, or nouns with verbs, each with a handler."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["Commands", "Handler", "new_parser"]

Handler = Callable[[argparse.Namespace], Awaitable[int]]
"""What a command does; its result is the exit code."""


class Commands:
    """Commands at one level of the command line."""

    def __init__(self, subparsers: Any) -> None:
        self._subparsers = subparsers

    def add(self, verb: str, help: str, handler: Handler) -> argparse.ArgumentParser:
        """Add a verb; the caller adds its arguments to the result."""
        parser: argparse.ArgumentParser = self._subparsers.add_parser(verb, help=help, description=_sentence(help))
        parser.set_defaults(handler=handler)
        return parser

    def group(self, noun: str, help: str) -> Commands:
        """Add a noun; verbs are added to the result."""
        parser: argparse.ArgumentParser = self._subparsers.add_parser(noun, help=help, description=_sentence(help))
        return Commands(parser.add_subparsers(metavar="verb", required=True))


def new_parser(program: str, description: str, epilog: str) -> tuple[argparse.ArgumentParser, Commands]:
    """A parser, and the place for its commands."""
    parser = argparse.ArgumentParser(prog=program, description=description, epilog=epilog)
    return parser, Commands(parser.add_subparsers(metavar="command", required=True))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
