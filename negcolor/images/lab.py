"""CIELAB under D65, and its scaling for the colorizing networks (normalized Lab).

Every function takes a NumPy array or a tensor, eager or in a graph, and returns the same kind, as
in `negcolor.images.color`.
"""

from __future__ import annotations

import numpy as np

from negcolor.images.color import (
    SRGB_TO_XYZ,
    Array,
    linear_to_srgb,
    namespace,
    srgb_to_linear,
)

AB_SCALE = 110.0
"""a* and b* that are 1 for a network; sRGB reaches -86 to 98 in a*, -108 to 94 in b*."""

_WHITE = np.array([0.95047, 1.0, 1.08883])  # D65, CIE 15:2004, 2 degrees, as scikit-image has it

_TO_WHITE = SRGB_TO_XYZ / _WHITE[:, None]  # linear sRGB -> X, Y, Z, those of D65 are 1
_FROM_WHITE = np.linalg.inv(_TO_WHITE)
_LUMINANCE = _TO_WHITE[1:2]

_CUT = 6 / 29
_SLOPE = (29 / 6) ** 2 / 3

_TOLERANCE = 1e-4  # of linear light: what rounding puts outside the gamut does not count


def srgb_to_lab(x: Array) -> Array:
    """CIELAB of sRGB values.

    Args:
        x: floating point, (..., 3), sRGB-encoded in [0, 1].

    Returns:
        L* in [0, 100], a* and b* in about [-110, 110], (..., 3), same dtype.

    Source: IEC 61966-2-1:1999, CIE 15:2004, section 8.2.1.
    """
    ops = namespace(x)
    # The root sees only its own part of the range: no NaN in values or gradients.
    f_x, f_y, f_z = (
        ops.where(t > _CUT**3, ops.maximum(t, _CUT**3) ** (1 / 3), t * _SLOPE + 4 / 29)
        for t in _mixed(srgb_to_linear(x), _TO_WHITE)
    )
    return ops.stack([116 * f_y - 16, 500 * (f_x - f_y), 200 * (f_y - f_z)], axis=-1)


def lab_to_linear(lab: Array) -> Array:
    """Linear light with sRGB's primaries of CIELAB, the inverse of `srgb_to_lab` but for coding.

    Args:
        lab: floating point, (..., 3), L* in [0, 100].

    Returns:
        (..., 3), same dtype, white = 1; outside [0, 1] where sRGB has no such color.

    Source: CIE 15:2004, annex D.
    """
    ops = namespace(lab)
    f_y = (lab[..., 0] + 16) / 116
    f = ops.stack([f_y + lab[..., 1] / 500, f_y, f_y - lab[..., 2] / 200], axis=-1)
    to_white = ops.where(f > _CUT, ops.maximum(f, _CUT) ** 3, (f - 4 / 29) / _SLOPE)
    return ops.stack(_mixed(to_white, _FROM_WHITE), axis=-1)


def clip_to_gamut(linear: Array) -> tuple[Array, Array]:
    """Brings colors into sRGB and says which were not in it.

    A color outside is mixed with the grey of its own luminance, just enough to fit: L* stays, the
    chroma falls, and no channel is cut off or wrapped by itself.

    Args:
        linear: floating point, (..., 3), linear light with a luminance in [0, 1].

    Returns:
        The colors in [0, 1], (..., 3), same dtype; and (...,) bool, whether a channel was outside
        [0, 1] by more than 1e-4.
    """
    ops = namespace(linear)
    grey = ops.clip(_mixed(linear, _LUMINANCE)[0], 0.0, 1.0)[..., None]
    away = linear - grey
    tiny = 1e-12
    above = (1.0 - grey) / ops.maximum(away, tiny)
    below = grey / ops.maximum(-away, tiny)
    share = ops.min(ops.minimum(ops.minimum(above, below), 1.0), axis=-1, keepdims=True)
    outside = ops.any((linear < -_TOLERANCE) | (linear > 1.0 + _TOLERANCE), axis=-1)
    return ops.clip(grey + share * away, 0.0, 1.0), outside


def lab_to_image(lab: Array) -> tuple[Array, Array]:
    """sRGB values in [0, 1] of CIELAB, (..., 3), and where `clip_to_gamut` was needed, (...,)."""
    linear, outside = clip_to_gamut(lab_to_linear(lab))
    return linear_to_srgb(linear), outside


def lab_to_srgb(lab: Array) -> Array:
    """The sRGB values of `lab_to_image` alone."""
    return lab_to_image(lab)[0]


def normalize_lab(lab: Array) -> Array:
    """Scales CIELAB, (..., 3), as the networks see it: L*/50 - 1, a*/110 and b*/110."""
    ops = namespace(lab)
    return ops.concatenate([lab[..., :1] / 50.0 - 1.0, lab[..., 1:] / AB_SCALE], axis=-1)


def denormalize_lab(x: Array) -> Array:
    """CIELAB, (..., 3), of normalized Lab, the inverse of `normalize_lab`."""
    ops = namespace(x)
    return ops.concatenate([(x[..., :1] + 1.0) * 50.0, x[..., 1:] * AB_SCALE], axis=-1)


def _mixed(channels: Array, matrix: np.ndarray) -> list[Array]:
    """Weighted sums of three channels, one per row; Python numbers keep the dtype."""
    first, second, third = channels[..., 0], channels[..., 1], channels[..., 2]
    return [p * first + q * second + r * third for p, q, r in matrix.tolist()]
