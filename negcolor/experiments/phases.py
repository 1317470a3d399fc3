"""What a training consists of, as data: optimizers, kinds of steps, phases, recipes.

A phase says what is shown to which networks, how long, by which optimizers, and its step says what
they minimize. The phases of the companion papers' systems are in `negcolor.experiments.systems`,
the steps themselves in `negcolor.training.cyclegan` and `negcolor.training.paired`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from negcolor.experiments.modifications import BASELINE, MODIFICATIONS, DiscriminatorConfig

NETWORKS = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
"""G from X to Y, F back, and the discriminators of X and Y, in the order of their first weights."""

G_AND_DISCRIMINATOR = ("generator_g", "discriminator_y")

BCE, LSGAN = "bce", "lsgan"
GAN_LOSSES = (BCE, LSGAN)
"""The adversarial losses, see `negcolor.training.losses`."""


@dataclass(frozen=True)
class Optimizer:
    """An optimizer of one network, or of two together.

    Attributes:
        kind: "adam", "rmsprop" or "sgd" (without momentum).
        rate: the learning rate.
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
    """Generators learn from pairs alone.

    Attributes:
        weights: terms of the objective, see `negcolor.training.losses.TERMS`, and their weights.
        networks: the generators that are trained, G or both.
    """

    weights: Mapping[str, float]
    networks: tuple[str, ...] = ("generator_g",)


@dataclass(frozen=True, kw_only=True)
class Gan:
    """A GAN on pairs: min_G max_D of an adversarial loss + λ L1 (001 and 003, eq. 1 to 4).

    Attributes:
        weights: as for `Regression`, with "adversarial" among them.
        loss: the adversarial one, of `GAN_LOSSES`.
        simultaneous: whether both networks step from the same generated images, as those of a
            CycleGAN do; otherwise the generator learns from the discriminator's new weights.
        generator_steps: generator steps after each of which but the last the discriminator rests.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: {"adversarial": 1.0, "l1": 100.0})
    loss: str = BCE
    simultaneous: bool = False
    generator_steps: int = 1

    networks: ClassVar = G_AND_DISCRIMINATOR


@dataclass(frozen=True, kw_only=True)
class Wgan:
    """A Wasserstein GAN (001, eq. 4 and 5; Arjovsky et al. 2017, Gulrajani et al. 2017).

    Attributes:
        weights: as for `Gan`; the discriminator is the critic.
        critic_steps: critic steps after each of which but the last the generator rests.
        clip: largest absolute value of the critic's weights; None for no clipping.
        gradient_penalty: weight of the penalty on the critic's gradients.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: {"adversarial": 1.0, "l1": 100.0})
    critic_steps: int = 5
    clip: float | None = None
    gradient_penalty: float = 0.0

    networks: ClassVar = G_AND_DISCRIMINATOR


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A CycleGAN between two domains.

    Attributes:
        cycle_weight: λ, weight of the cycle-consistency loss (eq. 2).
        identity_weight: weight of the identity loss (eq. 3).
        detail_weight: weight of the loss of detail, the difference in L* between an image and its
            translation; for grey and color images in normalized Lab (001, eq. 6).
        loss: the adversarial one, of `GAN_LOSSES`.
    """

    cycle_weight: float = 10.0
    identity_weight: float = 0.0
    detail_weight: float = 0.0
    loss: str = BCE

    networks: ClassVar = NETWORKS


Step = Regression | Gan | Wgan | Cycle


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A part of a training, from its first step to its last under one objective.

    Attributes:
        name: for progress and file names.
        step: what its steps train, and by which objective.
        generator: optimizer of the generators, together.
        discriminator: optimizer of the discriminators, together; None where there is none.
        length: how long it is, in `unit`.
        length_from: the option of the run that gives the length; "" where `length` does.
        unit: "epoch" or "step".
        data: "pairs" of an image and what is to be made of it, "unpaired" images of both domains,
            or "both".
        averaging: momentum of the running mean of the generators' weights, which is what is saved
            and what the next phase begins with; 0 for the weights themselves.
        decay: whether the learning rates fall to zero over the second half.
        round_steps: steps between two checkpoints, where the unit is a step; an epoch is one.
        discriminator_config: what is built as discriminator; None for the experiment's.
        image_size, batch_size: of what is shown; 0 for what the options say.
        until: the layer of G up to which it is trained, its output taken for G's; None for all.
        frozen: layers of G that stay as they are.
    """

    name: str
    step: Step
    generator: Optimizer
    discriminator: Optimizer | None = None
    length: int = 0
    length_from: str = ""
    unit: str = "epoch"
    data: str = "pairs"
    averaging: float = 0.0
    decay: bool = False
    round_steps: int = 500
    discriminator_config: DiscriminatorConfig | None = None
    image_size: int = 0
    batch_size: int = 0
    until: str | None = None
    frozen: tuple[str, ...] = ()


# Terms in the order of their gradients' size: a typical delta_e is 8, ssim 0.1 and l1 0.1.
LIKENESS = {"delta_e": 0.1, "ssim": 1.0, "l1": 1.0}

SUPERVISED = Phase(
    name="supervised",
    step=Regression(weights=LIKENESS),
    generator=Optimizer("adam", 5e-4),
    length_from="pretrain_steps",
    unit="step",
    averaging=0.999,
    decay=True,
)
SHARP = Phase(
    name="sharp",
    step=Gan(weights=LIKENESS | {"adversarial": 0.05}, simultaneous=True),
    generator=adam(1e-4),
    discriminator=adam(2e-4),
    length_from="epochs",
    averaging=0.999,
    decay=True,
)
FILM = (
    # Exposure and balance are estimated from the density prior's small copy, by whose size many
    # images can be shown at once. Batches of single images spoil that estimate again.
    Phase(
        name="balance",
        step=Regression(weights={"delta_e": 0.1}),
        generator=Optimizer("adam", 1e-3),
        length=18_000,
        unit="step",
        averaging=0.999,
        decay=True,
        image_size=64,
        batch_size=32,
        until="Print",
    ),
    Phase(
        name="residual",
        step=Regression(weights=LIKENESS),
        generator=Optimizer("adam", 3e-4),
        length_from="pretrain_steps",
        unit="step",
        averaging=0.999,
        decay=True,
        frozen=("Balance",),
    ),
)
PAPER = (
    # Two networks that start from noise can agree on a wrong polarity or on swapped hues, which
    # cycle consistency never notices. The companion papers start with L1 or MSE as well.
    Phase(
        name="start",
        step=Regression(weights={"l1": 1.0}, networks=("generator_g", "generator_f")),
        generator=Optimizer("adam", 5e-4),
        length_from="pretrain_steps",
        unit="step",
        decay=True,
    ),
    # Weights, rates and decay are the baseline's; a run has those of its modification and options.
    Phase(
        name="cyclegan",
        step=Cycle(cycle_weight=BASELINE.training.cycle_weight),
        generator=adam(BASELINE.training.generator_learning_rate),
        discriminator=adam(BASELINE.training.discriminator_learning_rate),
        length_from="epochs",
        data="unpaired",
    ),
)

# The classical anchor, the identity loss (eq. 3), asks that G leaves color photographs as they
# are. That contradicts what this G does to every image, and was seen to undo the inversion.
ADAPTATION = Phase(
    name="adaptation",
    step=Gan(
        weights={"delta_e": 0.1, "adversarial": 0.1, "anchor": 0.05, "colors": 0.05},
        simultaneous=True,
    ),
    generator=adam(2e-4),
    discriminator=adam(2e-4),
    length_from="pretrain_steps",
    unit="step",
    data="both",
    averaging=0.99,
    round_steps=50,
    discriminator_config=dataclasses.replace(MODIFICATIONS["patch-34"].discriminator, filters=16),
    image_size=64,
    batch_size=32,
    until="Print",
)

RECIPES: dict[str, tuple[Phase, ...]] = {
    "paper": PAPER,
    "supervised": (SUPERVISED,),
    "sharp": (SUPERVISED, SHARP),
    "film": FILM,
    "adapt": (ADAPTATION,),
}
