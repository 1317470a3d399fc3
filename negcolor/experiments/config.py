"""The options of a training run: of a modification's CycleGAN, or of a grey-to-color system."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass
from itertools import accumulate, pairwise
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import BASELINE, Modification, modification
from negcolor.experiments.networks import check_size
from negcolor.experiments.phases import GAN_LOSSES, RECIPES, Cycle, Gan, Phase, adam
from negcolor.experiments.systems import System, find_system

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}
"""Keras' dtype policies by the names that `precision` takes beside "auto"."""

PRECISIONS = ("auto", *POLICIES)
JIT = ("auto", "on", "off")
SCHEDULES = ("linear", "constant")
PRIORS = ("none", "density")
PLAIN, WIDE = "plain", "wide"
SIMULATIONS = (PLAIN, WIDE)
"""What pairs can be simulated with, see `pipelines.batches.SIMULATIONS`."""

FILTERS = BASELINE.generator.filters
"""First channels of the baseline's networks, and of every system's, as the papers have them."""

AS_IN_PAPER: Any = None
"""Stands for the paper's number until a configuration is made."""


def option(name: str) -> str:
    """The command-line option of a field: "image_size" -> "--image-size"."""
    return "--" + name.replace("_", "-")


def check_at_least(name: str, value: int | None, smallest: int) -> None:
    """Raises a NegcolorError about the option if it has a value, and one that is too small."""
    if value is not None and value < smallest:
        raise NegcolorError(f"{option(name)} {value} is too small; give {smallest} or more.")


def check_choice(name: str, value: str, choices: Collection[str]) -> None:
    """Raises a NegcolorError that lists the choices unless the value is one of them."""
    if value not in choices:
        raise NegcolorError(
            f"{option(name)} {value} is unknown; choose one of {', '.join(choices)}."
        )


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """What decides the numbers of any run; kept in its config.json.

    Attributes:
        data: where the images come from.
        epochs: passes through the training images.
        steps_per_epoch: steps counted as an epoch; None for a pass through all of them.
        image_size: side of the square images that are trained on, in pixels.
        filters: first channels of the networks, the others in proportion; None for the paper's 64.
        batch_size: images (of each domain) per step.
        seed: of weights, data order, augmentation, dropout and image pools.
        precision: "float32", "bfloat16", "float16", or "auto".
        jit: "on", "off" or "auto": whether XLA compiles the gradients.
    """

    data: str = "demo"
    epochs: int
    steps_per_epoch: int | None = None
    image_size: int
    filters: int | None = None
    batch_size: int
    seed: int = 0
    precision: str = "auto"
    jit: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "steps_per_epoch", "filters"):
            check_at_least(name, getattr(self, name), 1)
        check_choice("precision", self.precision, PRECISIONS)
        check_choice("jit", self.jit, JIT)

    def phases(self) -> tuple[Phase, ...]:
        """What is trained one after another, with all that the options decide filled in."""
        raise NotImplementedError

    def warnings(self) -> tuple[str, ...]:
        """Sentences for somebody who is about to start the training."""
        return ()


@dataclass(frozen=True)
class CycleGANConfig(RunConfig):
    """The options of a run on negatives and color images, or on pairs simulated from the latter.

    Of those that every run has, see `RunConfig`, `data` is what `pipelines.sources.open_data`
    takes, an epoch is a pass through the longer domain, and modifications whose networks have
    other numbers of channels (14) deviate from `filters` in proportion.

    Attributes:
        modification: a key of `negcolor.experiments.modifications.MODIFICATIONS`.
        image_size: a multiple of 4 from 32 on; the images are crops.
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
    _: KW_ONLY
    epochs: int = 20
    image_size: int = 256
    batch_size: int = 1
    gan_loss: str = "bce"
    schedule: str = "linear"
    pretrain_steps: int = 0
    recipe: str = "paper"
    prior: str = "none"
    film: str = PLAIN
    start: str | None = None

    def __post_init__(self) -> None:
        modification(self.modification)
        if self.image_size % 4 or self.image_size < 32:
            raise NegcolorError(
                f"--image-size {self.image_size} does not fit the networks; give a multiple of 4 "
                "from 32 on."
            )
        super().__post_init__()
        check_at_least("pretrain_steps", self.pretrain_steps, 0)
        check_choice("gan_loss", self.gan_loss, GAN_LOSSES)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("recipe", self.recipe, RECIPES)
        check_choice("prior", self.prior, PRIORS)
        check_choice("film", self.film, SIMULATIONS)
        phases = self.phases()
        if not phases:
            raise NegcolorError(
                f"--recipe {self.recipe} learns from simulated pairs; say with --pretrain-steps "
                "for how many steps."
            )
        if self.prior == "none" and any(phase.until or phase.frozen for phase in phases):
            raise NegcolorError(
                f"--recipe {self.recipe} trains layers of a density prior; give --prior density."
            )

    def configured_modification(self) -> Modification:
        """The modification with its prior, narrowed or widened as `filters` says."""
        chosen = modification(self.modification)
        if self.prior != "none":
            generator = dataclasses.replace(chosen.generator, prior=self.prior)
            chosen = dataclasses.replace(chosen, generator=generator)
        return dataclasses.replace(
            chosen,
            generator=_scaled(chosen.generator, self.filters),
            discriminator=_scaled(chosen.discriminator, self.filters),
        )

    def phases(self) -> tuple[Phase, ...]:
        """The phases of the recipe, without those of no length."""
        phases = map(self._filled_in, RECIPES[self.recipe])
        return tuple(phase for phase in phases if phase.length)

    def _filled_in(self, phase: Phase) -> Phase:
        if isinstance(phase.step, Gan):
            step = dataclasses.replace(phase.step, loss=self.gan_loss)
            phase = dataclasses.replace(phase, step=step)
        elif isinstance(phase.step, Cycle):
            objective = modification(self.modification).training
            phase = dataclasses.replace(
                phase,
                step=Cycle(
                    cycle_weight=objective.cycle_weight,
                    identity_weight=objective.identity_weight,
                    loss=self.gan_loss,
                ),
                generator=adam(objective.generator_learning_rate),
                discriminator=adam(objective.discriminator_learning_rate),
                decay=self.schedule == "linear",
            )
        return dataclasses.replace(
            phase,
            length=getattr(self, phase.length_from) if phase.length_from else phase.length,
            image_size=phase.image_size or self.image_size,
            batch_size=phase.batch_size or self.batch_size,
        )


@dataclass(frozen=True)
class ColorizationConfig(RunConfig):
    """The options of a grey-to-color system's run.

    Of those that every run has, see `RunConfig`, `data` is what
    `pipelines.photographs.open_photographs` takes.

    Attributes:
        system: a key of `negcolor.experiments.systems.SYSTEMS`.
        epochs: of all phases together, divided among them as in the paper; None for the paper's.
        image_size, batch_size: None for the paper's.
        backbone_weights: of pretrained parts: "keras" for Keras' own download, "none" for random
            ones, or a path.
    """

    system: str
    _: KW_ONLY
    epochs: int = AS_IN_PAPER
    image_size: int = AS_IN_PAPER
    batch_size: int = AS_IN_PAPER
    backbone_weights: str = "keras"

    def __post_init__(self) -> None:
        system = find_system(self.system)
        of_paper = {
            "epochs": sum(phase.length for phase in system.phases),
            "image_size": system.image_size,
            "batch_size": system.batch_size,
        }
        for name, value in of_paper.items():
            if getattr(self, name) is AS_IN_PAPER:
                object.__setattr__(self, name, value)
        check_at_least("epochs", self.epochs, len(system.phases))
        super().__post_init__()
        check_size(system.generator, self.image_size)

    def configured_system(self) -> System:
        """The system with its size, its batches, its lengths and its width as configured."""
        system = find_system(self.system)
        lengths = apportioned(self.epochs, [phase.length for phase in system.phases])
        return dataclasses.replace(
            system,
            phases=tuple(
                dataclasses.replace(phase, length=length)
                for phase, length in zip(system.phases, lengths, strict=True)
            ),
            image_size=self.image_size,
            batch_size=self.batch_size,
            generator=_scaled(system.generator, self.filters),
            discriminator=_scaled(system.discriminator, self.filters),
        )

    def phases(self) -> tuple[Phase, ...]:
        """The phases of the system."""
        return tuple(
            dataclasses.replace(phase, image_size=self.image_size, batch_size=self.batch_size)
            for phase in self.configured_system().phases
        )

    def warnings(self) -> tuple[str, ...]:
        """That parts of the system know nothing, where that is so."""
        parts = self.configured_system().backbones()
        if not parts or self.backbone_weights != "none":
            return ()
        return (
            f"ATTENTION: RANDOM weights in {' and '.join(parts)} of {self.system} "
            "(--backbone-weights none): this is not the paper's system.",
        )


def apportioned(total: int, parts: list[int]) -> list[int]:
    """Whole numbers in proportion to `parts`, each at least 1, which sum up to `total`."""
    bounds = [0]
    for number, end in enumerate(accumulate(parts), start=1):
        rounded = round(total * end / sum(parts))
        latest = total - (len(parts) - number)  # the others need one each
        bounds.append(min(max(rounded, bounds[-1] + 1), latest))
    return [end - start for start, end in pairwise(bounds)]


def _scaled(network: Any, filters: int | None) -> Any:
    """A network's data with other first channels; its dense units are in proportion to them."""
    if network is None or filters is None:
        return network
    changes = {"filters": max(1, round(network.filters * filters / FILTERS))}
    if hasattr(network, "units"):
        changes["units"] = max(1, round(network.units * filters / FILTERS))
    return dataclasses.replace(network, **changes)
