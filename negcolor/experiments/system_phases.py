"""What the trainings of the companion papers' systems consist of: a dataclass per kind of step.

The steps themselves are in `negcolor.training.coloring`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Optimizer:
    """An optimizer of one network.

    Attributes:
        kind: "adam", "rmsprop" or "sgd" (without momentum).
        rate: the learning rate, constant.
        beta_1, beta_2: of Adam.
    """

    kind: str
    rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999


def adam(rate: float, beta_1: float = 0.5, beta_2: float = 0.999) -> Optimizer:
    """Adam as GANs have it since Radford et al. 2015."""
    return Optimizer("adam", rate, beta_1, beta_2)


@dataclass(frozen=True, kw_only=True)
class Regression:
    """The generator alone learns the true colors.

    Attributes:
        name: for progress and file names.
        epochs: passes through the training images.
        generator: its optimizer.
        loss: "l1" or "mse".
    """

    name: str
    epochs: int
    generator: Optimizer
    loss: str = "l1"


@dataclass(frozen=True, kw_only=True)
class Gan:
    """A conditional GAN: min_G max_D of the adversarial loss, + λ L1 (001 and 003, eq. 1 to 4).

    Attributes:
        name, epochs, generator: as for `Regression`.
        discriminator: its optimizer.
        l1_weight: λ.
        generator_steps: generator steps after each of which but the last the discriminator rests.
    """

    name: str
    epochs: int
    generator: Optimizer
    discriminator: Optimizer
    l1_weight: float = 100.0
    generator_steps: int = 1


@dataclass(frozen=True, kw_only=True)
class Wgan:
    """A Wasserstein GAN + λ L1 (001, eq. 4 and 5; Arjovsky et al. 2017, Gulrajani et al. 2017).

    Attributes:
        name, epochs, generator, discriminator, l1_weight: as for `Gan`; the discriminator is the
            critic.
        critic_steps: critic steps after each of which but the last the generator rests.
        clip: largest absolute value of the critic's weights; None for no clipping.
        gradient_penalty: weight of the penalty on the critic's gradients.
    """

    name: str
    epochs: int
    generator: Optimizer
    discriminator: Optimizer
    l1_weight: float = 100.0
    critic_steps: int = 5
    clip: float | None = None
    gradient_penalty: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A CycleGAN between grey and color images with a loss of detail (001, eq. 6).

    Attributes:
        name, epochs: as for `Regression`.
        generator, discriminator: optimizers of both generators and of both discriminators.
        cycle_weight: λ.
        detail_weight: of the difference in lightness between an image and its translation.
    """

    name: str
    epochs: int
    generator: Optimizer
    discriminator: Optimizer
    cycle_weight: float = 10.0
    detail_weight: float = 5.0


SystemPhase = Regression | Gan | Wgan | Cycle
