"""Arguments and ends of the operators' commands: wrong arguments are refused before any request is sent."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable

PROJECT = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"
REGION = r"[a-z]+-[a-z]+[0-9]+"
DATABASE = r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]"
INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and the signal's number, as shells have it."""


def project_id(text: str) -> str:
    """Check the ID of a project, which becomes part of paths. Raises ArgumentTypeError, as all checks here."""
    return _matching(PROJECT, text, "the ID of a project, such as my-project-123456: not its name, nor its number")


def region_id(text: str) -> str:
    return _matching(REGION, text, "a region, such as us-central1")


def database_id(text: str) -> str:
    return _matching(DATABASE, text, "the ID of a database: (default), or 4 to 63 lower-case letters, digits, hyphens")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Make a check of a whole number between two others."""

    def check(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least:,} to {most:,}")
        return int(text)

    return check


def attached(arguments: list[str] | None, option: str) -> list[str]:
    """Write `option` and a value beginning with a hyphen as argparse wants both: with = between.

    `arguments` default to the program's own, as with argparse.
    """
    written: list[str] = []
    for argument in sys.argv[1:] if arguments is None else arguments:
        if written and written[-1] == option and re.match("-[^-]", argument):
            written[-1] += f"={argument}"
        else:
            written.append(argument)
    return written


def ending(main: Callable[[], int]) -> int:
    """Run a command to its exit status. Ctrl-C ends it without a traceback."""
    try:
        return main()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


def _matching(pattern: str, text: str, wanted: str) -> str:
    if not re.fullmatch(pattern, text):
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return text
