"""Scanners, given or drawn at random: from the transmittance of a negative to pixel values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, get_args

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError, lookup
from negcolor.film.development import transmittance
from negcolor.film.random_ops import ChannelRange, Range, between, choose
from negcolor.images.color import from_unit, linear_to_srgb, to_unit

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
        lookup(dict.fromkeys(ENCODINGS), self.encoding, "encoding")
        if self.bit_depth not in (8, 16):
            raise NegcolorError(f"bit depth is 8 or 16, not {self.bit_depth}.")


DEFAULT_SCANNER = Scanner()


def scan(exposed: tf.Tensor, scanner: Scanner, seed: tf.Tensor) -> tf.Tensor:
    """Scans a negative.

    Args:
        exposed: transmittance, (H, W, 3) float32 in [0, 1], Status M bands; (H, W, 1) for a
            neutral film.
        scanner: its fields may be tensors, except encoding and bit depth.
        seed: (2,), integer; for the noise.

    Returns:
        (H, W, 3) float32 in [0, 1], encoded, rounded to the steps of the bit depth.
    """
    return store(encode(sense(exposed, scanner, seed), scanner.encoding), scanner.bit_depth)


def sense(exposed: tf.Tensor, scanner: Scanner, seed: tf.Tensor) -> tf.Tensor:
    """What the sensor makes of a negative, before it is encoded.

    Args:
        exposed, scanner, seed: as for `scan`.

    Returns:
        Linear signal, (H, W, 3) float32 in [0, 1].
    """
    bands = tf.broadcast_to(exposed, tf.concat([tf.shape(exposed)[:2], [3]], 0))
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


def encode_as(index: tf.Tensor, signal: tf.Tensor, encodings: Sequence[Encoding]) -> tf.Tensor:
    """`encode` by that one of the encodings which a tensor, () int32, chooses."""
    return tf.switch_case(index, [partial(encode, signal, encoding) for encoding in encodings])


def store(encoded: tf.Tensor, bit_depth: int | tf.Tensor) -> tf.Tensor:
    """Rounds values in [0, 1], any shape, to the steps of a bit depth."""
    steps = 2.0 ** tf.cast(bit_depth, tf.float32) - 1.0
    return tf.round(encoded * steps) / steps


@dataclass(frozen=True)
class RandomScanner:
    """Everything that is drawn about the scanner. Gains are as in `Scanner`.

    Attributes:
        calibrated: share of calibrated film scanners, which have one gain for all channels and
            film, an even light and the default channel mix.
        calibrated_gain, calibrated_channel: their gain, and the factor by which each channel's
            departs from it.
        gain: the others' gain, each channel by itself; the light of many cameras is short of blue.
        unmasked: share of the others whose gains take the orange mask away instead.
        base, base_channel: how bright these show the film base, and the factor by which each
            channel departs from that.
        mix: overlap of the channels of scanners that are not calibrated, see `Scanner`.
        falloff: theirs too, stops.
        flare: see `Scanner`.
        noise: in units of the default scanner's.
        encodings: shares; they sum to 1.
        sixteen_bits: share among encoded scans; a linear one always has 16 bits.
        jpeg: share of JPEG files among scans of 8 bits.
        quality: of a JPEG file.
    """

    calibrated: float = 0.75
    calibrated_gain: Range = (1.30, 1.40)
    calibrated_channel: Range = (0.98, 1.02)
    gain: ChannelRange = ((0.5, 0.5, 0.35), (1.42, 1.42, 1.42))
    unmasked: float = 0.15
    base: Range = (0.75, 0.97)
    base_channel: Range = (0.97, 1.03)
    mix: Range = (-0.5, 1.8)
    falloff: Range = (0.0, 0.25)
    flare: Range = (0.0, 0.03)
    noise: Range = (0.0, 2.0)
    encodings: tuple[tuple[Encoding, float], ...] = (
        ("srgb", 0.55),
        ("gamma2.2", 0.27),
        ("gamma1.8", 0.05),
        ("linear", 0.13),
    )
    sixteen_bits: float = 0.35
    jpeg: float = 0.35
    quality: Range = (60.0, 97.0)


WIDE_SCANNER = RandomScanner()
"""What is drawn for training."""


class _File(NamedTuple):
    """How a scan is stored; scalars."""

    encoding: tf.Tensor  # index of the encoding
    bit_depth: tf.Tensor
    jpeg: tf.Tensor
    quality: tf.Tensor


def scan_randomly(
    exposed: tf.Tensor, dmin: tf.Tensor, seed: tf.Tensor, ranges: RandomScanner
) -> tf.Tensor:
    """Scans a negative with a scanner drawn at random, and stores it as a file.

    Args:
        exposed: (H, W, 3), transmittance.
        dmin: (3,), density of the film base.
        seed: (2,), integer.
        ranges: what to draw from.

    Returns:
        What a reader of the file gets, (H, W, 3) float32 in [0, 1].
    """
    scanner_seed, file_seed, noise_seed = tf.unstack(tf.random.split(seed, 3))
    signal = sense(exposed, _scanner(dmin, scanner_seed, ranges), noise_seed)
    file = _file(file_seed, ranges)
    encoded = encode_as(file.encoding, signal, [encoding for encoding, _ in ranges.encodings])
    stored = store(encoded, file.bit_depth)
    return tf.cond(file.jpeg, lambda: _through_jpeg(stored, file.quality), lambda: stored)


def _scanner(dmin: tf.Tensor, seed: tf.Tensor, ranges: RandomScanner) -> Scanner:
    draws = tf.random.stateless_uniform((7,), seed)
    channels = tf.random.stateless_uniform((3,), tf.random.fold_in(seed, 1))
    calibrated = draws[0] < ranges.calibrated
    mix = tf.where(calibrated, DEFAULT_SCANNER.mix, between(draws[1], ranges.mix))
    seen_base = tf.linalg.matvec(channel_mix(mix), transmittance(dmin))
    level = between(draws[2], ranges.base)
    unmasking = level * between(channels, ranges.base_channel) / seen_base
    own = tf.where(draws[3] < ranges.unmasked, unmasking, between(channels, ranges.gain))
    level = between(draws[2], ranges.calibrated_gain)
    even = level * between(channels, ranges.calibrated_channel)
    noise = between(draws[4], ranges.noise)
    return Scanner(
        gain=tf.where(calibrated, even, own),
        mix=mix,
        falloff=tf.where(calibrated, 0.0, between(draws[5], ranges.falloff)),
        flare=between(draws[6], ranges.flare),
        read_noise=noise * DEFAULT_SCANNER.read_noise,
        shot_noise=noise * DEFAULT_SCANNER.shot_noise,
    )


def _file(seed: tf.Tensor, ranges: RandomScanner) -> _File:
    draws = tf.random.stateless_uniform((4,), seed)
    encoding = choose(draws[0], [share for _, share in ranges.encodings])
    is_linear = tf.gather([name == "linear" for name, _ in ranges.encodings], encoding)
    deep = is_linear | (draws[1] < ranges.sixteen_bits)
    return _File(
        encoding=encoding,
        bit_depth=tf.where(deep, 16, 8),
        jpeg=~deep & (draws[2] < ranges.jpeg),
        quality=tf.cast(between(draws[3], ranges.quality), tf.int32),
    )


def _through_jpeg(image: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
    """(H, W, 3) in [0, 1] as it comes back from a JPEG file of that quality."""
    encoded = tf.raw_ops.EncodeJpegVariableQuality(
        images=from_unit(image, "uint8"), quality=quality
    )
    return to_unit(tf.io.decode_jpeg(encoded, channels=3))


def _square_of_radius(image: tf.Tensor) -> tf.Tensor:
    """Squared distance from the middle of (H, W, C), (H, W, 1): 0 there and 1 in the corners."""
    rows, columns = (tf.linspace(-1.0, 1.0, tf.shape(image)[axis]) for axis in (0, 1))
    return (rows[:, tf.newaxis, tf.newaxis] ** 2 + columns[:, tf.newaxis] ** 2) / 2
