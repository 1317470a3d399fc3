"""Color conventions, in one place: sRGB, luminance, and the scaling of pixel values.

Every function takes a NumPy array or a TensorFlow tensor, eager or in a graph, and returns the
same kind. TensorFlow is imported only when a tensor comes in.
"""

from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # np.ndarray or tf.Tensor

LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Y of linear R, G, B with the primaries and white (D65) of ITU-R BT.709-6, which sRGB shares."""


# With six digits, as scikit-image has it: CIELAB is the same there and here. The standard prints
# four, of which `LUMINANCE_WEIGHTS` are the middle row.
SRGB_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
"""CIE XYZ (rows) of linear sRGB (columns), white at Y = 1; IEC 61966-2-1:1999."""

MID_GREY = 0.18
"""Linear light of the grey card, relative to white = 1, to which exposure meters are calibrated."""


def srgb_to_linear(x: Array) -> Array:
    """Decodes sRGB values to linear light.

    Args:
        x: floating point, any shape, sRGB-encoded in [0, 1]. Negative values follow the linear
            segment and values above 1 the power law.

    Returns:
        Linear light, relative to white = 1, with the shape and dtype of `x`.

    Source: IEC 61966-2-1:1999, section 5.2.
    """
    ops = namespace(x)
    # The power law sees only its own half of the range: no NaN in values or gradients.
    power = ((ops.maximum(x, 0.04045) + 0.055) / 1.055) ** 2.4
    return ops.where(x <= 0.04045, x / 12.92, power)


def linear_to_srgb(x: Array) -> Array:
    """Encodes linear light as sRGB values, the inverse of `srgb_to_linear`.

    Args:
        x: floating point, any shape, linear light in [0, 1]. Negative values follow the linear
            segment and values above 1 the power law.

    Returns:
        sRGB-encoded values with the shape and dtype of `x`.

    Source: IEC 61966-2-1:1999, section 5.3.
    """
    ops = namespace(x)
    power = 1.055 * ops.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055
    return ops.where(x <= 0.0031308, 12.92 * x, power)


def luminance(linear_rgb: Array) -> Array:
    """Relative luminance Y of linear-light RGB (not of sRGB-encoded values).

    Args:
        linear_rgb: floating point, (..., 3), linear light with BT.709 primaries.

    Returns:
        Y of shape (...), in the unit of the input (white = 1), same dtype.

    Source: ITU-R BT.709-6, item 3.2.
    """
    red, green, blue = LUMINANCE_WEIGHTS
    return red * linear_rgb[..., 0] + green * linear_rgb[..., 1] + blue * linear_rgb[..., 2]


def to_unit(pixels: Array) -> Array:
    """Scales stored pixels to float32 in [0, 1].

    Args:
        pixels: any shape; uint8 (white = 255), uint16 (white = 65535), or floating point, which
            is taken to be in [0, 1] already and only cast.

    Returns:
        float32 of the same shape; the encoding (sRGB or linear) is left as it is.

    Raises:
        TypeError: for any other dtype.
    """
    unit = _cast(pixels, "float32")
    name = pixels.dtype.name
    if name in ("uint8", "uint16"):
        return unit / float(np.iinfo(name).max)
    if "float" in name:
        return unit
    raise TypeError(f"pixels are uint8, uint16 or floating point, not {name}")


def from_unit(x: Array, dtype: Any) -> Array:
    """Turns values in [0, 1] into stored pixels, the inverse of `to_unit`.

    Args:
        x: float32 or wider, any shape; values outside [0, 1] are clipped.
        dtype: uint8, uint16 or floating point, as a name or a NumPy dtype.

    Returns:
        Pixels of that dtype, same shape; integers are rounded to nearest.

    Raises:
        TypeError: for any other dtype.
    """
    name = np.dtype(dtype).name
    x = namespace(x).clip(x, 0.0, 1.0)
    if name in ("uint8", "uint16"):
        return _cast(namespace(x).round(x * float(np.iinfo(name).max)), name)
    if "float" in name:
        return _cast(x, name)
    raise TypeError(f"pixels are stored as uint8, uint16 or floating point, not {name}")


def to_network(unit: Array) -> Array:
    """Scales floating-point values from [0, 1] to the networks' [-1, 1], any shape."""
    return unit * 2.0 - 1.0


def from_network(x: Array) -> Array:
    """Scales floating-point network output from [-1, 1] to [0, 1] and clips it, any shape."""
    return namespace(x).clip(x * 0.5 + 0.5, 0.0, 1.0)


def namespace(x: Array) -> ModuleType:
    """NumPy, or for tensors `keras.ops`, which bears its names: one formula serves both."""
    if isinstance(x, np.ndarray | np.generic | float):
        return np
    from keras import ops

    return ops


def _cast(x: Array, dtype: str) -> Array:
    ops = namespace(x)
    return x.astype(dtype) if ops is np else ops.cast(x, dtype)
