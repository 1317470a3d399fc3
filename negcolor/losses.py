"""The objective of the paper, eq. 1 to 3, as pure functions of tensors.

Pictures are (B, H, W, C) in [-1, 1]; logits are (B, h, w, 1), one per patch. Every loss is the
float32 mean over the whole batch.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def _binary_cross_entropy(target: float, logits: Any) -> Any:
    """-[t log s + (1 - t) log(1 - s)] with s = sigmoid(logits), without computing s."""
    return ops.mean(ops.softplus(logits) - target * logits)


def _least_squares(target: float, logits: Any) -> Any:
    """(logits - t)², Mao et al. 2017, arXiv:1611.04076."""
    return ops.mean(ops.square(logits - target))


GAN_LOSSES = {"bce": _binary_cross_entropy, "lsgan": _least_squares}


def adversarial_loss(fake_logits: Any, kind: str = "bce") -> Any:
    """What a generator minimises of eq. 1: its pictures should be taken for real ones."""
    return GAN_LOSSES[kind](1.0, ops.cast(fake_logits, "float32"))


def discriminator_loss(real_logits: Any, fake_logits: Any, kind: str = "bce") -> Any:
    """What a discriminator minimises of eq. 1, halved: real pictures 1, generated ones 0."""
    criterion = GAN_LOSSES[kind]
    real = criterion(1.0, ops.cast(real_logits, "float32"))
    fake = criterion(0.0, ops.cast(fake_logits, "float32"))
    return 0.5 * (real + fake)


def l1_loss(real: Any, reconstructed: Any) -> Any:
    """Mean absolute difference: the cycle loss (eq. 2) and the identity loss (eq. 3)."""
    return ops.mean(ops.abs(ops.cast(real, "float32") - ops.cast(reconstructed, "float32")))


@keras.saving.register_keras_serializable(package="negcolor")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that is constant, then falls linearly to zero over the second half.

    Args:
        initial: the rate of the first half.
        total_steps: the number of optimiser steps of the whole training.
    """

    def __init__(self, initial: float, total_steps: int) -> None:
        self.initial = initial
        self.total_steps = total_steps

    def __call__(self, step: Any) -> Any:
        remaining = 1.0 - ops.cast(step, "float32") / self.total_steps
        return self.initial * ops.clip(2.0 * remaining, 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        return {"initial": self.initial, "total_steps": self.total_steps}
