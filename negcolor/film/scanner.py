"""The scanner: from the transmittance of a negative to stored pixel values."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.images.color import linear_to_srgb

Encoding = Literal["srgb", "gamma2.2", "linear", "gamma1.8"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

CHANNEL_MIX = np.array([[0.90, 0.08, 0.02], [0.06, 0.88, 0.06], [0.02, 0.10, 0.88]], np.float32)
"""Share of each Status M band (columns) in a scanner channel (rows): real filters are wider.

Rounded so that the bases of Portra 160, Portra 400 and Ektar 100 come within 0.07 D of those
read with a Plustek 8300i.
"""


@dataclass(frozen=True)
class Scanner:
    """A film scanner, or a camera over a light table.

    Attributes:
        gain: signal of full transmittance in the red, green and blue channel; at 1 the sensor
            is full. Equal gains keep a black-and-white film neutral and a mask orange; 1.35 puts
            the clearest film base just below clipping.
        mix: how much the channels overlap: 1 mixes the bands by `CHANNEL_MIX`, 0 not at all; below
            0, a color profile more than undoes it.
        falloff: stops of light that the corners lack.
        flare: share of the light that is spread evenly over the image.
        read_noise: standard deviation of the signal in the dark.
        shot_noise: standard deviation of the signal at 1, growing with its square root.
        encoding: how the linear signal is stored.
        bit_depth: 8 or 16.

    Raises:
        NegcolorError: for an unknown encoding or bit depth.
    """

    gain: tuple[float, float, float] | tf.Tensor = (1.35, 1.35, 1.35)
    mix: float | tf.Tensor = 1.0
    falloff: float | tf.Tensor = 0.0
    flare: float | tf.Tensor = 0.005
    read_noise: float | tf.Tensor = 0.0005
    shot_noise: float | tf.Tensor = 0.003
    encoding: Encoding = "srgb"
    bit_depth: int = 8

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            choices = ", ".join(ENCODINGS)
            raise NegcolorError(f"unknown encoding {self.encoding!r}; choose one of: {choices}.")
        if self.bit_depth not in (8, 16):
            raise NegcolorError(f"bit depth is 8 or 16, not {self.bit_depth}.")


def scan(transmittance: tf.Tensor, scanner: Scanner, seed: tf.Tensor) -> tf.Tensor:
    """Scans a negative.

    Args:
        transmittance: (H, W, 3) float32 in [0, 1], Status M bands; (H, W, 1) for a neutral film.
        scanner: its fields may be tensors, except encoding and bit depth.
        seed: (2,), integer; for the noise.

    Returns:
        (H, W, 3) float32 in [0, 1], encoded, rounded to the steps of the bit depth.
    """
    return store(encode(sense(transmittance, scanner, seed), scanner.encoding), scanner.bit_depth)


def sense(transmittance: tf.Tensor, scanner: Scanner, seed: tf.Tensor) -> tf.Tensor:
    """What the sensor makes of a negative, before it is encoded.

    Args:
        transmittance, scanner, seed: as for `scan`.

    Returns:
        Linear signal, (H, W, 3) float32 in [0, 1].
    """
    bands = tf.broadcast_to(transmittance, tf.concat([tf.shape(transmittance)[:2], [3]], 0))
    lit = bands * 2.0 ** (-scanner.falloff * _square_of_radius(bands))
    # A profile may leave less than no light, a color outside its space.
    light = tf.nn.relu(tf.linalg.matmul(lit, channel_mix(scanner.mix), transpose_b=True))
    spread = tf.reduce_mean(light, axis=(0, 1), keepdims=True)
    signal = scanner.gain * (light + scanner.flare * (spread - light))
    variance = scanner.read_noise**2 + scanner.shot_noise**2 * signal
    noise = tf.sqrt(variance) * tf.random.stateless_normal(tf.shape(signal), seed)
    return tf.clip_by_value(signal + noise, 0.0, 1.0)


def channel_mix(strength: float | tf.Tensor) -> np.ndarray | tf.Tensor:
    """Share of each band (columns) in a scanner channel (rows), (3, 3) float32; rows sum to 1."""
    separate = np.eye(3, dtype=np.float32)
    return separate + strength * (CHANNEL_MIX - separate)


def encode(signal: tf.Tensor, encoding: Encoding) -> tf.Tensor:
    """Encodes a linear signal in [0, 1], any shape, for storage."""
    match encoding:
        case "srgb":
            return linear_to_srgb(signal)
        case "gamma2.2":
            return signal ** (1 / 2.2)
        case "gamma1.8":
            return signal ** (1 / 1.8)
        case "linear":
            return signal


def store(encoded: tf.Tensor, bit_depth: int | tf.Tensor) -> tf.Tensor:
    """Rounds values in [0, 1], any shape, to the steps of a bit depth."""
    steps = 2.0 ** tf.cast(bit_depth, tf.float32) - 1.0
    return tf.round(encoded * steps) / steps


def _square_of_radius(image: tf.Tensor) -> tf.Tensor:
    """Squared distance from the middle of (H, W, C), (H, W, 1): 0 there and 1 in the corners."""
    rows, columns = (tf.linspace(-1.0, 1.0, tf.shape(image)[axis]) for axis in (0, 1))
    return (rows[:, tf.newaxis, tf.newaxis] ** 2 + columns[:, tf.newaxis] ** 2) / 2
