"""The terms that a phase's objective is a weighted sum of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops

from negcolor.training.losses import adversarial_loss, cie94_loss, l1_loss, ssim_loss, to_lab


class Seen(NamedTuple):
    """What a step sees of one generator; images are (B, S, S, 3) in [-1, 1].

    Attributes:
        truth: what the generator should make of its half of a simulated pair.
        result: what it makes of it.
        weight: (B, S, S, 1), pixels of the truth that count; None for all.
        photographs: real ones, which its images should be like.
        images: what it makes of scans, or `result` where there are only pairs.
        before: what it made of the same scans before the phase.
        logits: what the discriminator says about the images, (B, h, w, 1).
        gan_loss: by what that is judged, a key of `negcolor.training.losses.GAN_LOSSES`.
    """

    truth: Any
    result: Any
    weight: Any = None
    photographs: Any = None
    images: Any = None
    before: Any = None
    logits: Any = None
    gan_loss: str = "bce"


def anchor_loss(before: Any, images: Any) -> Any:
    """How much images changed, but for exposure and balance, in units of Delta E.

    A shift of a whole image in CIELAB is free; what changes beyond it is not: hues that trade
    places, a polarity that turns.
    """
    change = to_lab(images) - to_lab(before)
    change = change - ops.mean(change, axis=(1, 2), keepdims=True)
    return ops.mean(ops.sqrt(ops.sum(ops.square(change), axis=-1) + 1e-2))


def sorted_wasserstein_loss(photographs: Any, images: Any) -> Any:
    """How far the colors of two batches are apart, whatever the images show, in CIELAB units.

    The Wasserstein distance of L*, of a* and of b*, summed: in each, the mean difference of the
    values in their order.
    """
    ordered = (ops.sort(ops.reshape(to_lab(x), (-1, 3)), axis=0) for x in (photographs, images))
    real, ours = ordered
    return 3 * ops.mean(ops.abs(real - ours))


TERMS: dict[str, Callable[[Seen], Any]] = {
    "l1": lambda seen: l1_loss(seen.truth, seen.result, seen.weight),
    "delta_e": lambda seen: cie94_loss(seen.truth, seen.result, seen.weight),
    "ssim": lambda seen: ssim_loss(seen.truth, seen.result, seen.weight),
    "adversarial": lambda seen: adversarial_loss(seen.logits, seen.gan_loss),
    "anchor": lambda seen: anchor_loss(seen.before, seen.images),
    "colors": lambda seen: sorted_wasserstein_loss(seen.photographs, seen.images),
}
