"""Checks of options, with sentences that name them."""

from __future__ import annotations

from negcolor.errors import NegcolorError


def option(name: str) -> str:
    """The command-line option of a field: "image_size" -> "--image-size"."""
    return "--" + name.replace("_", "-")


def check_at_least(name: str, value: int, smallest: int) -> None:
    """Raises a NegcolorError about the option unless its value is large enough."""
    if value < smallest:
        raise NegcolorError(f"{option(name)} {value} is too small; give {smallest} or more.")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raises a NegcolorError that lists the choices unless the value is one of them."""
    if value not in choices:
        raise NegcolorError(
            f"{option(name)} {value} is unknown; choose one of {', '.join(choices)}."
        )
