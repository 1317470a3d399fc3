"""The options of a training run, and the folder that a run lives in."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.modifications import (
    BASELINE,
    DiscriminatorConfig,
    GeneratorConfig,
    Modification,
    modification,
)
from negcolor.training.phases import RECIPES, Phase
from negcolor.training.precision import JIT, PRECISIONS

SCHEDULES = ("linear", "constant")
PRIORS = ("none", "density")
FILMS = ("plain", "wide")  # the keys of pipelines.batches.FILMS, without importing TensorFlow
FIGURES = "figures.json"  # in a run folder, see `write_figures`
GAN_LOSSES = ("bce", "lsgan")  # the keys of negcolor.losses.GAN_LOSSES, without importing Keras


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides the numbers of a run; kept in its config.json.

    Attributes:
        modification: 0 to 19 or a variant's name.
        data: where the pictures come from, see `pipelines.sources.open_data`.
        epochs: how often the longer domain is gone through.
        steps_per_epoch: steps counted as an epoch; None for the longer domain.
        image_size: side of the training crops in pixels, a multiple of 4.
        filters: channels of the baseline's first convolutions, from which modifications with
            other numbers of channels (14) deviate in proportion; None for the paper's 64.
        batch_size: pictures of each domain per step.
        seed: of weights, data order, augmentation, dropout and image pools.
        precision: "float32", "bfloat16", "float16", or "auto".
        jit: "on", "off" or "auto": whether XLA compiles the gradients.
        gan_loss: "bce" (eq. 1) or "lsgan".
        schedule: "linear" falls to zero over the second half, "constant" is the paper's.
        pretrain_steps: supervised steps on simulated pairs.
        recipe: the phases of the training, a key of `negcolor.training.phases.RECIPES`.
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
            _check_at_least(name, getattr(self, name), smallest)
        for name in ("steps_per_epoch", "filters"):
            if getattr(self, name) is not None:
                _check_at_least(name, getattr(self, name), 1)
        _check_choice("precision", self.precision, PRECISIONS)
        _check_choice("jit", self.jit, JIT)
        _check_choice("gan_loss", self.gan_loss, GAN_LOSSES)
        _check_choice("schedule", self.schedule, SCHEDULES)
        _check_choice("recipe", self.recipe, (*RECIPES,))
        _check_choice("prior", self.prior, PRIORS)
        _check_choice("film", self.film, FILMS)
        if not self.phases():
            raise NegcolorError(
                f"--recipe {self.recipe} learns from simulated pairs; say with --pretrain-steps "
                "for how many steps."
            )
        if self.prior == "none" and any(phase.until or phase.frozen for phase in self.phases()):
            raise NegcolorError(
                f"--recipe {self.recipe} trains layers of a density prior; give --prior density."
            )

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


def option(name: str) -> str:
    """The command-line option of a field: "image_size" -> "--image-size"."""
    return "--" + name.replace("_", "-")


def _check_at_least(name: str, value: int, smallest: int) -> None:
    if value < smallest:
        raise NegcolorError(f"{option(name)} {value} is too small; give {smallest} or more.")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise NegcolorError(
            f"{option(name)} {value} is unknown; choose one of {', '.join(choices)}."
        )


def create_run(folder: Path, config: RunConfig) -> None:
    """Makes a new run folder and writes its config.json.

    Raises:
        NegcolorError: the folder exists and is not empty, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise NegcolorError(
                f"{folder} is not empty; give --output another folder, or continue the run in it "
                f"with --resume {folder}."
            )
        text = json.dumps(dataclasses.asdict(config), indent=2) + "\n"
        write_text(folder / "config.json", text)
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}); give --output another folder."
        ) from error


def load_run(folder: Path, given: dict[str, Any]) -> RunConfig:
    """The configuration of an existing run, checked against the options given with --resume.

    Args:
        folder: the run's folder.
        given: options by field name that the user gave beside --resume.

    Raises:
        NegcolorError: the folder is no run, or an option contradicts the run's.
    """
    file = folder / "config.json"
    try:
        config = RunConfig(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise NegcolorError(
            f"{folder} is not a run of negcolor-train (no readable config.json in it); give "
            "--resume the folder of a run."
        ) from error
    for name, value in given.items():
        first = getattr(config, name)
        if value not in (first, "auto"):
            started = "the default" if first is None else first
            raise NegcolorError(
                f"{option(name)} {value} contradicts {folder}, which was started with {started}; "
                "leave the option out, or start a new run."
            )
    return config


def next_folder(name: str) -> Path:
    """runs/NAME, or the first of runs/NAME-2, -3, … that does not exist."""
    candidates = (Path("runs") / (name if n == 1 else f"{name}-{n}") for n in range(1, 10_000))
    return next(folder for folder in candidates if not folder.exists())


def write_figures(folder: Path, pictures: int, figures: dict[str, dict[str, float]]) -> None:
    """Records in a run's figures.json how generator G did on pictures that it never saw.

    Args:
        folder: the run's folder.
        pictures: how many test pictures had a truth.
        figures: converter's name -> its mean figures; the generator is called "this model".

    Raises:
        OSError: the folder cannot be written.
    """
    record = {"pictures": pictures, "figures": figures}
    write_text(folder / FIGURES, json.dumps(record, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Replaces a file's text at once: a killed process leaves the old or the new text."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
