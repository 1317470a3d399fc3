"""The one exception that a command shows to its user as a single sentence, and what goes in it."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


class NegcolorError(Exception):
    """Something the user can mend: the message names the file or option and the remedy.

    Commands print the message without a traceback and exit with code 2.
    """


def lookup(table: Mapping[str, Value], name: str, what: str) -> Value:
    """The entry of a table of named things.

    Args:
        table: name -> thing.
        name: what somebody asked for.
        what: the kind of thing for the message, such as "film stock".

    Raises:
        NegcolorError: there is no such entry; the message lists the choices.
    """
    if name not in table:
        raise NegcolorError(f"there is no {what} {name!r}; choose one of {', '.join(table)}.")
    return table[name]


def first_line(error: Exception) -> str:
    """What another library's exception says, short enough for a sentence."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
