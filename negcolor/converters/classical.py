"""The table of classical converters, and those two that are no other program's."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from negcolor.converters.negadoctor import negadoctor
from negcolor.converters.negfix8 import negfix8
from negcolor.converters.rawtherapee import rawtherapee
from negcolor.images.color import linear_to_srgb, srgb_to_linear

DENSITY_RANGE = 2.0
"""log10 range of scene light that `density_stretch` gives back, about 6.6 stops."""

_LEAST_TRANSMITTANCE = 1e-5  # density 5: no film is denser, and no logarithm of zero


def plain_inversion(negative: np.ndarray) -> np.ndarray:
    """The photographic negative of the pixel values, 1 - x (255 - x in 8 bits).

    Args:
        negative: (H, W, 3) floating point in [0, 1], as scanned.

    Returns:
        (H, W, 3) float32 in [0, 1].
    """
    return np.clip(1.0 - negative, 0.0, 1.0).astype(np.float32)


def density_stretch(negative: np.ndarray) -> np.ndarray:
    """Stretches each channel's density between its darkest and brightest parts.

    The channel's 0.5 and 99.5 percentiles of D = -log10 T become black and white, which removes
    mask and color cast and matches the channels' contrasts; density is taken as proportional to
    the logarithm of scene light over `DENSITY_RANGE`.

    Args:
        negative: (H, W, 3) floating point in [0, 1], as scanned, sRGB-encoded.

    Returns:
        The positive, (H, W, 3) float32, sRGB in [0, 1]. A channel without any contrast has
        nothing to stretch and becomes black.
    """
    linear = srgb_to_linear(np.asarray(negative, np.float32))
    density = -np.log10(np.maximum(linear, _LEAST_TRANSMITTANCE))
    low, high = np.percentile(density, (0.5, 99.5), axis=(0, 1)).astype(np.float32)
    contrast = np.maximum(high - low, np.float32(1e-6))  # far below a step of 16 bits
    stretched = np.clip((density - low) / contrast, 0.0, 1.0)
    floor = 10.0**-DENSITY_RANGE
    light = (10.0 ** (DENSITY_RANGE * (stretched - 1.0)) - floor) / (1.0 - floor)
    return np.clip(linear_to_srgb(light), 0.0, 1.0).astype(np.float32)


CLASSICAL: Mapping[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "plain-inversion": plain_inversion,
        "density-stretch": density_stretch,
        "negadoctor": negadoctor,
        "rawtherapee": rawtherapee,
        "negfix8": negfix8,
    }
)
"""Converters by name: (H, W, 3) floating point in [0, 1], as scanned, sRGB-encoded -> the
positive, (H, W, 3) float32, sRGB in [0, 1]. A new one is a function and a line here."""
