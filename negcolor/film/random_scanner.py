"""A scan by a scanner, or a camera over a light table, that is drawn at random."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import tensorflow as tf

from negcolor.film.chance import Range, between, pick
from negcolor.film.development import transmittance
from negcolor.film.scanner import Encoding, Scanner, channel_mix, encode, sense, store
from negcolor.images.color import from_unit, to_unit

RGB = tuple[float, float, float]

_DEFAULT = Scanner()


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
    gain: tuple[RGB, RGB] = ((0.5, 0.5, 0.35), (1.42, 1.42, 1.42))
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


RANDOM_SCANNER = RandomScanner()
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
    encoded = tf.switch_case(
        file.encoding, [partial(encode, signal, encoding) for encoding, _ in ranges.encodings]
    )
    stored = store(encoded, file.bit_depth)
    return tf.cond(file.jpeg, lambda: _through_jpeg(stored, file.quality), lambda: stored)


def _scanner(dmin: tf.Tensor, seed: tf.Tensor, ranges: RandomScanner) -> Scanner:
    draws = tf.random.stateless_uniform((7,), seed)
    channels = tf.random.stateless_uniform((3,), tf.random.fold_in(seed, 1))
    calibrated = draws[0] < ranges.calibrated
    mix = tf.where(calibrated, _DEFAULT.mix, between(draws[1], ranges.mix))
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
        read_noise=noise * _DEFAULT.read_noise,
        shot_noise=noise * _DEFAULT.shot_noise,
    )


def _file(seed: tf.Tensor, ranges: RandomScanner) -> _File:
    draws = tf.random.stateless_uniform((4,), seed)
    encoding = pick(draws[0], [share for _, share in ranges.encodings])
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
