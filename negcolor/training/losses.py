"""Losses as pure functions of tensors: the paper's, eq. 1 to 3, those of pairs, Wasserstein's.

Images are (B, H, W, C) in [-1, 1]; logits are (B, h, w, 1), one per patch. Every loss is the
float32 mean over the whole batch, or over the pixels that a `weight` (B, H, W, 1) counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keras import ops

from negcolor.experiments.phases import BCE, LSGAN
from negcolor.images.lab import srgb_to_lab

WINDOW = 7  # pixels, of `ssim_loss`; scikit-image's default


def _binary_cross_entropy(target: float, logits: Any) -> Any:
    """-[t log s + (1 - t) log(1 - s)] with s = sigmoid(logits), without computing s."""
    return ops.mean(ops.softplus(logits) - target * logits)


def _least_squares(target: float, logits: Any) -> Any:
    """(logits - t)², Mao et al. 2017, arXiv:1611.04076."""
    return ops.mean(ops.square(logits - target))


GAN_LOSSES = {BCE: _binary_cross_entropy, LSGAN: _least_squares}
"""(target, logits) -> loss, by the names that configurations use."""


def adversarial_loss(fake_logits: Any, kind: str = BCE) -> Any:
    """What a generator minimizes of eq. 1: its images should be taken for real ones."""
    return GAN_LOSSES[kind](1.0, ops.cast(fake_logits, "float32"))


def discriminator_loss(real_logits: Any, fake_logits: Any, kind: str = BCE) -> Any:
    """What a discriminator minimizes of eq. 1, halved: real images 1, generated ones 0."""
    criterion = GAN_LOSSES[kind]
    real = criterion(1.0, ops.cast(real_logits, "float32"))
    fake = criterion(0.0, ops.cast(fake_logits, "float32"))
    return 0.5 * (real + fake)


def critic_loss(real_logits: Any, fake_logits: Any) -> Any:
    """What a critic minimizes: minus its estimate of the Wasserstein distance.

    Source: Arjovsky et al. 2017, arXiv:1701.07875, eq. 3; 001, eq. 5.
    """
    return ops.mean(ops.cast(fake_logits, "float32")) - ops.mean(ops.cast(real_logits, "float32"))


def wasserstein_loss(fake_logits: Any) -> Any:
    """What a generator minimizes against a critic: its images should be rated high."""
    return -ops.mean(ops.cast(fake_logits, "float32"))


def gradient_penalty(gradients: Any) -> Any:
    """(‖∇‖₂ - 1)², the mean over the images; 001, eq. 4, without its weight.

    Args:
        gradients: of a critic's rating of each image, (B, H, W, C).

    Source: Gulrajani et al. 2017, arXiv:1704.00028, eq. 3.
    """
    squares = ops.sum(ops.square(ops.cast(gradients, "float32")), axis=(1, 2, 3))
    # At zero the root has no gradient.
    return ops.mean(ops.square(ops.sqrt(squares + 1e-12) - 1.0))


def mse_loss(real: Any, reconstructed: Any, weight: Any = None) -> Any:
    """Mean squared difference; 003, eq. 1."""
    difference = ops.cast(real, "float32") - ops.cast(reconstructed, "float32")
    return _mean(ops.square(difference), weight)


def l1_loss(real: Any, reconstructed: Any, weight: Any = None) -> Any:
    """Mean absolute difference: the cycle loss (eq. 2) and the identity loss (eq. 3)."""
    difference = ops.cast(real, "float32") - ops.cast(reconstructed, "float32")
    return _mean(ops.abs(difference), weight)


def to_lab(images: Any) -> Any:
    """CIELAB of images (B, H, W, 3) in [-1, 1], float32."""
    return srgb_to_lab(ops.cast(images, "float32") * 0.5 + 0.5)


def cie94_loss(truth: Any, result: Any, weight: Any = None) -> Any:
    """Mean color difference, CIE94 with the constants of graphic arts (CIE 116-1995).

    CIEDE2000 is its refinement, but has gradients without bounds at neutral colors.
    """
    lab, other = to_lab(truth), to_lab(result)
    squares = ops.square(lab - other)
    chroma, other_chroma = (ops.sqrt(_square_sum(x[..., 1:]) + 1e-4) for x in (lab, other))
    chroma_square = ops.square(chroma - other_chroma)
    hue_square = ops.relu(squares[..., 1] + squares[..., 2] - chroma_square)
    weighted = (
        squares[..., 0]
        + chroma_square / ops.square(1 + 0.045 * chroma)
        + hue_square / ops.square(1 + 0.015 * chroma)
    )
    return _mean(ops.sqrt(weighted + 1e-2)[..., None], weight)  # rounded off below 0.1


def ssim_loss(truth: Any, result: Any, weight: Any = None) -> Any:
    """1 - structural similarity in windows of 7×7 pixels (Wang et al. 2004, eq. 13)."""
    x, y = (ops.cast(image, "float32") for image in (truth, result))
    mean_x, mean_y = _window_mean(x), _window_mean(y)
    variances = (
        _window_mean(ops.square(x) + ops.square(y)) - ops.square(mean_x) - ops.square(mean_y)
    )
    covariance = _window_mean(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # of the range from -1 to 1
    likeness = (
        (2 * mean_x * mean_y + c1)
        * (2 * covariance + c2)
        / ((ops.square(mean_x) + ops.square(mean_y) + c1) * (variances + c2))
    )
    edge = WINDOW // 2
    counted = None if weight is None else weight[:, edge:-edge, edge:-edge]
    return 1.0 - _mean(likeness, counted)


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


OF_PAIRS: Mapping[str, Callable[..., Any]] = {
    "l1": l1_loss,
    "mse": mse_loss,
    "delta_e": cie94_loss,
    "ssim": ssim_loss,
}
"""Terms that compare what a generator makes with the truth: (truth, result, weight) -> loss."""

TERMS = (*OF_PAIRS, "adversarial", "anchor", "colors")
"""What a phase's `weights` may name; the others see more than pairs, see `training.paired`."""


def _mean(values: Any, weight: Any) -> Any:
    """The mean of (B, H, W, C), weighted by (B, H, W, 1)."""
    if weight is None:
        return ops.mean(values)
    return ops.sum(ops.mean(values, axis=-1, keepdims=True) * weight) / (ops.sum(weight) + 1e-6)


def _window_mean(x: Any) -> Any:
    return ops.average_pool(x, WINDOW, strides=1, padding="valid")


def _square_sum(x: Any) -> Any:
    return ops.sum(ops.square(x), axis=-1)
