"""The built-in demo roll: the natural color photographs that come with scikit-image.

They are read from the installed package; nothing is downloaded.
"""

from pathlib import Path

import skimage

ON_FILM = ("motorcycle_left.png", "rocket.jpg")
"""Exposed on simulated film, on the fly: domain A."""

COLOR = ("astronaut.png", "coffee.png")
"""Shown as they are: domain B."""

HELD_OUT = "chelsea.png"
"""Never trained on; the test image."""


def photograph(name: str) -> Path:
    """The file of a photograph of the roll, sRGB, 8 bits."""
    return Path(skimage.__file__).parent / "data" / name
