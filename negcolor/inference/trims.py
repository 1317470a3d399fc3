"""Final trims of a finished positive: exposure, warmth, tint and contrast, in a darkroom's units.

A trim works on linear light, in this order: one 3x3 matrix for exposure, temperature and tint, a
shoulder where that drives white beyond white, and a contrast curve.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.color import (
    LUMINANCE_WEIGHTS,
    MID_GREY,
    SRGB_TO_XYZ,
    linear_to_srgb,
    srgb_to_linear,
)

LIMITS = MappingProxyType(
    {
        "exposure": (-4.0, 4.0, "stops"),
        "temperature": (-150.0, 150.0, "mired"),
        "tint": (-50.0, 50.0, "CC units"),
        "contrast": (0.5, 2.0, "times the picture's own"),
    }
)
"""Field -> its lowest and highest value and their unit."""

KNEE = 0.5  # linear light, where the shoulder begins: 1.5 stops over mid grey
WHITE_POINT = 6504.0  # kelvin, the correlated color temperature of sRGB's white, D65

BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""XYZ to sharpened cone responses (Lam 1985, as in ICC.1:2022, annex E)."""


@dataclass(frozen=True)
class Trims:
    """How a positive is changed at the end; the defaults change nothing.

    Attributes:
        exposure: in stops; +1 doubles linear light. What would go beyond white is rolled off.
        temperature: mired shift, as of light-balancing filters on the camera: positive is warmer
            (81A: 18, 85B: 131), negative is cooler (82A: -21, 80A: -131).
        tint: CC units, 0.01 of density each: positive as through a magenta filter on the camera,
            negative as through a green one.
        contrast: factor of the slope at mid grey, over logarithmic light.

    Raises:
        NegcolorError: a value is outside `LIMITS`.
    """

    exposure: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    contrast: float = 1.0

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            low, high, unit = LIMITS[name]
            if not low <= value <= high:
                raise NegcolorError(
                    f"--{name} {value:g} is out of range: give {low:g} to {high:g} {unit}."
                )


NO_TRIMS = Trims()


def apply_trims(rows: np.ndarray, trims: Trims) -> np.ndarray:
    """Trims a positive or some rows of it; every pixel by itself.

    Args:
        rows: (h, W, 3) floating point sRGB in [0, 1]; values outside are clipped first.
        trims: what to change.

    Returns:
        The same shape, float32 sRGB in [0, 1]; `rows` itself where nothing is to be changed.
        Without temperature and tint, what was grey stays exactly grey.
    """
    if trims == NO_TRIMS:
        return rows
    light = srgb_to_linear(np.clip(rows, 0.0, 1.0).astype("float32"))
    matrix = balance_matrix(trims)
    if not np.array_equal(matrix, np.eye(3)):
        light = np.maximum(light @ matrix.T.astype("float32"), 0.0)
        light = np.minimum(highlight_shoulder(light, float(matrix.sum(axis=1).max())), 1.0)
    if trims.contrast != 1.0:
        light = contrast_curve(light, trims.contrast)
    return linear_to_srgb(light)


def balance_matrix(trims: Trims) -> np.ndarray:
    """Exposure, temperature and tint as one (3, 3) float64 matrix of linear sRGB.

    Temperature and tint leave the luminance of grey as it is.
    """
    green = 10.0 ** (-0.01 * trims.tint)
    balance = np.diag([1.0, green, 1.0]) @ _mired_matrix(trims.temperature)
    grey = balance.sum(axis=1) @ LUMINANCE_WEIGHTS
    return 2.0**trims.exposure / grey * balance


def _mired_matrix(shift: float) -> np.ndarray:
    """Adapts linear sRGB from a blackbody at `WHITE_POINT` to one that is warmer by a mired shift.

    A negative shift is the inverse of the positive one, up to brightness: it makes neutral what
    the warmer light lit. Source of the adaptation: ICC.1:2022, annex E.
    """
    if shift == 0.0:
        return np.eye(3)
    warm = 1e6 / (1e6 / WHITE_POINT + abs(shift))
    gains = (BRADFORD @ blackbody(warm)) / (BRADFORD @ blackbody(WHITE_POINT))
    to_cones = BRADFORD @ SRGB_TO_XYZ
    return np.linalg.inv(to_cones) @ np.diag(gains ** np.sign(shift)) @ to_cones


def blackbody(kelvin: float) -> np.ndarray:
    """XYZ of a blackbody's light with Y = 1, (3,) float64.

    Source: Krystek 1985, Color Research & Application 10(1), for 1000 to 15000 K.
    """
    t = kelvin
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t**2) / (
        1.0 + 8.42420235e-4 * t + 7.08145163e-7 * t**2
    )
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t**2) / (
        1.0 - 2.89741816e-5 * t + 1.61456053e-7 * t**2
    )
    return np.array([1.5 * u / v, 1.0, (2.0 - 0.5 * u) / v - 5.0])


def highlight_shoulder(light: np.ndarray, white: float) -> np.ndarray:
    """Brings [0, white] into [0, 1] by a smooth shoulder above `KNEE`, where it has slope 1.

    Args:
        light: floating point from 0 on, any shape.
        white: what is to become 1; from 1 on downwards nothing is changed.
    """
    if white <= 1.0:
        return light
    reach = (white - KNEE) / (1.0 - KNEE)
    above = np.maximum(light - KNEE, 0.0) / (1.0 - KNEE)
    shoulder = above / (1.0 + (1.0 - 1.0 / reach) * above)
    return np.minimum(light, KNEE) + (1.0 - KNEE) * shoulder


def contrast_curve(light: np.ndarray, contrast: float) -> np.ndarray:
    """Raises the odds light / (1 - light) of light in [0, 1], relative to mid grey's, to a power.

    That keeps black, mid grey and white, has slope `contrast` over logarithmic light at mid grey
    and throughout the shadows, and runs into white without a corner.

    Args:
        light: floating point, any shape.
        contrast: the power, above 0.
    """
    lit = MID_GREY * (light / MID_GREY) ** contrast
    unlit = (1.0 - MID_GREY) * ((1.0 - light) / (1.0 - MID_GREY)) ** contrast
    return lit / (lit + unlit)
