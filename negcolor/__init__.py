"""negcolor turns scanned film negatives into color photographs with CycleGANs.

Names are imported when they are first used, so that importing negcolor never waits for TensorFlow:

    import negcolor
    config = negcolor.modification(4)
    generator = negcolor.build_generator(config.generator)
    negative = negcolor.simulate(photo, stock="kodak_portra_400", seed=0)
    positive = negcolor.colorize(scan)  # or model="runs/mine"
"""

from importlib import import_module
from typing import Any

_EXPORTS = {
    "MODIFICATIONS": "negcolor.experiments.modifications",
    "STOCKS": "negcolor.film.stocks",
    "NegcolorError": "negcolor.errors",
    "Trims": "negcolor.inference.trims",
    "build_discriminator": "negcolor.networks.discriminator",
    "build_generator": "negcolor.networks.generator",
    "colorize": "negcolor.inference.api",
    "colorize_grey": "negcolor.inference.api",
    "density_stretch": "negcolor.converters.classical",
    "load_generator": "negcolor.inference.models",
    "modification": "negcolor.experiments.modifications",
    "plain_inversion": "negcolor.converters.classical",
    "read": "negcolor.images.io",
    "simulate": "negcolor.film.simulation",
    "write": "negcolor.images.io",
}

__all__ = [*_EXPORTS]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'negcolor' has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_EXPORTS]
