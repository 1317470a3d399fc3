"""What is measured on held-out images while a system is trained."""

from __future__ import annotations

import keras
import numpy as np

from negcolor.images.lab import AB_SCALE

BATCH = 8  # images at once


def predicted_colors(generator: keras.Model, lightness: np.ndarray) -> np.ndarray:
    """What a generator makes of grey images.

    Args:
        generator: (B, S, S, 1) -> (B, S, S, 2), or (B, S, S, 3) with L* before a* and b*.
        lightness: L* in normalized Lab, (N, S, S, 1) float32.

    Returns:
        a* and b* in normalized Lab, (N, S, S, 2) float32.
    """
    return np.concatenate(
        [np.asarray(generator(batch, training=False))[..., -2:] for batch in _batches(lightness)]
    )


def color_errors(colors: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Mean absolute error, mean squared error and chroma of colors, in CIELAB's units.

    A grey result has as error the truth's mean |a*| and |b*|, and no chroma.

    Args:
        colors, truth: a* and b* in normalized Lab, (N, S, S, 2).
    """
    difference = AB_SCALE * (colors.astype("float64") - truth)
    chroma = np.hypot(*np.moveaxis(AB_SCALE * colors.astype("float64"), -1, 0))
    return {
        "ab error": float(np.abs(difference).mean()),
        "ab mse": float(np.square(difference).mean()),
        "chroma": float(chroma.mean()),
    }


def discriminator_accuracy(
    discriminator: keras.Model, truth: np.ndarray, colors: np.ndarray
) -> float:
    """The share of patches, or images, that a discriminator takes for what they are.

    Args:
        discriminator: (B, S, S, 3) or (B, S, S, 2) -> logits, high for real.
        truth: normalized Lab, (N, S, S, 3).
        colors: what a generator made of its L*, (N, S, S, 2).
    """
    made = np.concatenate([truth[..., :1], colors], axis=-1)
    channels = discriminator.input_shape[-1]
    right = []
    for images, real in ((truth, True), (made, False)):
        for batch in _batches(images[..., -channels:]):
            right.append((np.asarray(discriminator(batch, training=False)) > 0) == real)
    return float(np.concatenate([part.ravel() for part in right]).mean())


def _batches(images: np.ndarray) -> list[np.ndarray]:
    return [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
