"""The options of a training run of a grey-to-color system."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from negcolor.experiments.checks import check_at_least, check_choice
from negcolor.experiments.networks import check_size
from negcolor.experiments.systems import System, find_system
from negcolor.training.precision import JIT, PRECISIONS

FILTERS = 64  # first channels of every network, as the papers have them


@dataclass(frozen=True)
class ColorizationConfig:
    """Everything that decides the numbers of a system's run; kept in its config.json.

    Attributes:
        system: a key of `negcolor.experiments.systems.SYSTEMS`.
        data: where the photographs come from, see `pipelines.photographs.open_photographs`.
        epochs: of all phases together, divided among them as in the paper; None for the paper's.
        steps_per_epoch: steps counted as an epoch; None for all training images.
        image_size: side of the images, in pixels; None for the paper's.
        filters: first channels of the networks, the others in proportion; None for the paper's 64.
        batch_size: images per step; None for the paper's.
        seed: of weights, split, order, variation and dropout.
        precision: "float32", "bfloat16", "float16", or "auto".
        jit: "on", "off" or "auto": whether XLA compiles the gradients.
        backbone_weights: of pretrained parts: "keras" for Keras' own download, "none" for random
            ones, or a path.
    """

    system: str
    data: str = "demo"
    epochs: int | None = None
    steps_per_epoch: int | None = None
    image_size: int | None = None
    filters: int | None = None
    batch_size: int | None = None
    seed: int = 0
    precision: str = "auto"
    jit: str = "auto"
    backbone_weights: str = "keras"

    def __post_init__(self) -> None:
        system = find_system(self.system)
        papers = {
            "epochs": sum(phase.epochs for phase in system.phases),
            "image_size": system.image_size,
            "batch_size": system.batch_size,
        }
        for name, value in papers.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        smallest = {"epochs": len(system.phases), "batch_size": 1}
        for name in ("steps_per_epoch", "filters"):
            if getattr(self, name) is not None:
                smallest[name] = 1
        for name, value in smallest.items():
            check_at_least(name, getattr(self, name), value)
        check_size(system.generator, vars(self)["image_size"])
        check_choice("precision", self.precision, PRECISIONS)
        check_choice("jit", self.jit, JIT)

    def warnings(self) -> tuple[str, ...]:
        """What somebody should know before the training: that parts of a system know nothing."""
        parts = self.configured_system().backbones()
        if not parts or self.backbone_weights != "none":
            return ()
        return (
            f"ATTENTION: RANDOM weights in {' and '.join(parts)} of {self.system} "
            "(--backbone-weights none): this is not the paper's system.",
        )

    def configured_system(self) -> System:
        """The system with its size, its batches, its lengths and its width as configured."""
        system = find_system(self.system)
        given: dict[str, Any] = vars(self)  # the None of these three is replaced by now
        lengths = apportioned(given["epochs"], [phase.epochs for phase in system.phases])
        phases = tuple(
            dataclasses.replace(phase, epochs=epochs)
            for phase, epochs in zip(system.phases, lengths, strict=True)
        )
        system = dataclasses.replace(
            system,
            phases=phases,
            image_size=given["image_size"],
            batch_size=given["batch_size"],
        )
        if self.filters is None:
            return system
        return dataclasses.replace(
            system,
            generator=_narrowed(system.generator, self.filters),
            discriminator=_narrowed(system.discriminator, self.filters),
        )


def apportioned(total: int, parts: list[int]) -> list[int]:
    """Whole numbers in proportion to `parts`, each at least 1, which sum up to `total`."""
    bounds = [0]
    for number, end in enumerate(accumulate(parts), start=1):
        rounded = round(total * end / sum(parts))
        latest = total - (len(parts) - number)  # the others need one each
        bounds.append(min(max(rounded, bounds[-1] + 1), latest))
    return [end - start for start, end in pairwise(bounds)]


def _narrowed(network: Any, filters: int) -> Any:
    """A network's data with other first channels; its dense units are in proportion to them."""
    if network is None:
        return None
    changes = {"filters": max(1, round(network.filters * filters / FILTERS))}
    if hasattr(network, "units"):
        changes["units"] = max(1, round(network.units * filters / FILTERS))
    return dataclasses.replace(network, **changes)
