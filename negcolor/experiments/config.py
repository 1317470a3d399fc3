"""The options of a training run of a CycleGAN."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from negcolor.errors import NegcolorError
from negcolor.experiments.checks import check_at_least, check_choice
from negcolor.experiments.modifications import (
    BASELINE,
    DiscriminatorConfig,
    GeneratorConfig,
    Modification,
    modification,
)
from negcolor.experiments.phases import RECIPES, Phase
from negcolor.training.precision import JIT, PRECISIONS

SCHEDULES = ("linear", "constant")
PRIORS = ("none", "density")
FILMS = ("plain", "wide")  # the keys of pipelines.batches.FILMS, without importing TensorFlow
GAN_LOSSES = (
    "bce",
    "lsgan",
)  # the keys of negcolor.training.losses.GAN_LOSSES, without importing Keras


@dataclass(frozen=True)
class CycleGANConfig:
    """Everything that decides the numbers of a run; kept in its config.json.

    Attributes:
        modification: 0 to 19 or a variant's name.
        data: where the images come from, see `pipelines.sources.open_data`.
        epochs: how often the longer domain is gone through.
        steps_per_epoch: steps counted as an epoch; None for the longer domain.
        image_size: side of the training crops in pixels, a multiple of 4.
        filters: channels of the baseline's first convolutions, from which modifications with
            other numbers of channels (14) deviate in proportion; None for the paper's 64.
        batch_size: images of each domain per step.
        seed: of weights, data order, augmentation, dropout and image pools.
        precision: "float32", "bfloat16", "float16", or "auto".
        jit: "on", "off" or "auto": whether XLA compiles the gradients.
        gan_loss: "bce" (eq. 1) or "lsgan".
        schedule: "linear" falls to zero over the second half, "constant" is the paper's.
        pretrain_steps: supervised steps on simulated pairs.
        recipe: the phases of the training, a key of `negcolor.experiments.phases.RECIPES`.
        prior: what generator G starts from, "none" or "density".
        film: the simulation that pairs are made with, "plain" or "wide".
        start: the model whose generator is adapted; None for a training from the beginning. Such
            a generator is as it was, whatever `modification`, `filters` and `prior` say.
    """

    modification: str = "0"
    data: str = "demo"
    epochs: int = 20
    steps_per_epoch: int | None = None
    image_size: int = 256
    filters: int | None = None
    batch_size: int = 1
    seed: int = 0
    precision: str = "auto"
    jit: str = "auto"
    gan_loss: str = "bce"
    schedule: str = "linear"
    pretrain_steps: int = 0
    recipe: str = "paper"
    prior: str = "none"
    film: str = "plain"
    start: str | None = None

    def __post_init__(self) -> None:
        modification(self.modification)
        if self.image_size % 4 or self.image_size < 32:
            raise NegcolorError(
                f"--image-size {self.image_size} does not fit the networks; give a multiple of 4 "
                "from 32 on."
            )
        for name, smallest in {"epochs": 1, "batch_size": 1, "pretrain_steps": 0}.items():
            check_at_least(name, getattr(self, name), smallest)
        for name in ("steps_per_epoch", "filters"):
            if getattr(self, name) is not None:
                check_at_least(name, getattr(self, name), 1)
        check_choice("precision", self.precision, PRECISIONS)
        check_choice("jit", self.jit, JIT)
        check_choice("gan_loss", self.gan_loss, GAN_LOSSES)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("recipe", self.recipe, (*RECIPES,))
        check_choice("prior", self.prior, PRIORS)
        check_choice("film", self.film, FILMS)
        if not self.phases():
            raise NegcolorError(
                f"--recipe {self.recipe} learns from simulated pairs; say with --pretrain-steps "
                "for how many steps."
            )
        if self.prior == "none" and any(phase.until or phase.frozen for phase in self.phases()):
            raise NegcolorError(
                f"--recipe {self.recipe} trains layers of a density prior; give --prior density."
            )

    def warnings(self) -> tuple[str, ...]:
        """What somebody should know before the training; nothing of a CycleGAN."""
        return ()

    def phases(self) -> tuple[Phase, ...]:
        """The phases of the recipe, without those of no length."""
        return tuple(phase for phase in RECIPES[self.recipe] if self.length(phase))

    def length(self, phase: Phase) -> int:
        """Of a phase, in steps or epochs."""
        return phase.length if isinstance(phase.length, int) else getattr(self, phase.length)

    def configured_modification(self) -> Modification:
        """The modification with its prior, narrowed or widened as `filters` says."""
        chosen = modification(self.modification)
        if self.prior != "none":
            generator = dataclasses.replace(chosen.generator, prior=self.prior)
            chosen = dataclasses.replace(chosen, generator=generator)
        if self.filters is None:
            return chosen
        scale = self.filters / BASELINE.generator.filters

        def width(network: GeneratorConfig | DiscriminatorConfig) -> int:
            return max(1, round(network.filters * scale))

        return dataclasses.replace(
            chosen,
            generator=dataclasses.replace(chosen.generator, filters=width(chosen.generator)),
            discriminator=dataclasses.replace(
                chosen.discriminator, filters=width(chosen.discriminator)
            ),
        )
