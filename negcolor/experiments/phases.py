"""What a training consists of: recipes as tuples of phases, as data.

A phase says what is shown to which networks, how long, and by which objective. The weights of a
phase name the terms of its objective, see `negcolor.training.objective.TERMS`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from negcolor.experiments.modifications import MODIFICATIONS, DiscriminatorConfig


@dataclass(frozen=True)
class Phase:
    """A part of a training, from its first step to its last under one objective.

    Attributes:
        name: for progress and file names.
        length: its steps, or the option that gives them: "pretrain_steps" in steps, "epochs" in
            epochs.
        data: "pairs" of simulated negatives and their photographs, "unpaired" negatives and
            photographs, or "both".
        trains: the networks that it trains; all others stay as they are.
        weights: terms of the objective and their weights; none for the CycleGAN's objective,
            whose weights and learning rates a modification says.
        learning_rate: of the generators, with Adam.
        discriminator_learning_rate: of the discriminator, with Adam.
        averaging: momentum of the running mean of the generators' weights, which is what is saved
            and what the next phase begins with; 0 for the weights themselves.
        decay: whether the learning rates fall to zero over the second half.
        round_steps: steps between two checkpoints, where the length is in steps; an epoch is one.
        discriminator: what is built for it; None for the modification's.
        image_size, batch_size: of what is shown; None for what the options say.
        until: the layer of G up to which it is trained, its output taken for G's; None for all.
        frozen: layers of G that stay as they are.
    """

    name: str
    length: str | int
    data: str
    trains: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 5e-4
    discriminator_learning_rate: float = 2e-4
    averaging: float = 0.0
    decay: bool = True
    round_steps: int = 500
    discriminator: DiscriminatorConfig | None = None
    image_size: int | None = None
    batch_size: int | None = None
    until: str | None = None
    frozen: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether a discriminator of G's images is trained."""
        return "discriminator_y" in self.trains


ALL = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
"""The networks of a CycleGAN."""

# Terms in the order of their gradients' size: a typical delta_e is 8, ssim 0.1 and l1 0.1.
LIKENESS = {"delta_e": 0.1, "ssim": 1.0, "l1": 1.0}

SUPERVISED = Phase(
    "supervised",
    length="pretrain_steps",
    data="pairs",
    trains=("generator_g",),
    weights=LIKENESS,
    averaging=0.999,
)
SHARP = Phase(
    "sharp",
    length="epochs",
    data="pairs",
    trains=("generator_g", "discriminator_y"),
    weights=LIKENESS | {"adversarial": 0.05},
    learning_rate=1e-4,
    averaging=0.999,
)
FILM = (
    # Exposure and balance are judged of the small copy that the density prior makes, by whose size
    # many images can be shown at once. Batches of single images spoil that judgement again.
    Phase(
        "balance",
        length=18_000,
        data="pairs",
        trains=("generator_g",),
        weights={"delta_e": 0.1},
        learning_rate=1e-3,
        averaging=0.999,
        image_size=64,
        batch_size=32,
        until="Print",
    ),
    Phase(
        "residual",
        length="pretrain_steps",
        data="pairs",
        trains=("generator_g",),
        weights=LIKENESS,
        learning_rate=3e-4,
        averaging=0.999,
        frozen=("Balance",),
    ),
)
PAPER = (
    # Two networks that start from noise can agree on a wrong polarity or on swapped hues, which
    # cycle consistency never notices. The companion papers start with L1 or MSE as well.
    Phase(
        "start",
        length="pretrain_steps",
        data="pairs",
        trains=("generator_g", "generator_f"),
        weights={"l1": 1.0},
    ),
    Phase("cyclegan", length="epochs", data="unpaired", trains=ALL),
)

# The classical anchor, the identity loss (eq. 3), asks that G leaves color photographs as they
# are. That contradicts what this G does to every image, and was seen to undo the inversion.
ADAPTATION = Phase(
    "adaptation",
    length="pretrain_steps",
    data="both",
    trains=("generator_g", "discriminator_y"),
    weights={"delta_e": 0.1, "adversarial": 0.1, "anchor": 0.05, "colors": 0.05},
    learning_rate=2e-4,
    averaging=0.99,
    decay=False,
    round_steps=50,
    discriminator=dataclasses.replace(MODIFICATIONS["patch-34"].discriminator, filters=16),
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
