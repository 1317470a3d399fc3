"""Which entries each paper's tables compare, and what the papers did where a study does less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negcolor.errors import lookup
from negcolor.experiments.systems import PAPERS, find_system


@dataclass(frozen=True)
class Candidate:
    """What is trained.

    Attributes:
        name: in tables and in the names of run folders.
        system: a key of `negcolor.experiments.systems.SYSTEMS`.
        batch_divisor: its batches are so many times smaller than the system's, or the budget's.
    """

    name: str
    system: str
    batch_divisor: int = 1


@dataclass(frozen=True)
class PaperStudy:
    """The comparison of a companion paper's systems.

    Attributes:
        number: of the paper, what `--study` takes.
        candidates: what is trained, in the order of the tables.
        published: how the paper came to its numbers.
        epochs: of every system where none are given; None for those of `experiments.systems`.
        distributions: whether sets of images are compared, too, those trained on included.
    """

    number: str
    candidates: tuple[Candidate, ...]
    published: str
    epochs: int | None = None
    distributions: bool = False

    @property
    def title(self) -> str:
        """Of the paper."""
        return PAPERS[self.number]


def _candidates(*systems: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(find_system(name).name, name) for name in systems)


_STUDIES = (
    PaperStudy(
        "001",
        _candidates(
            "unet-gan",
            "attention-unet-gan",
            "resnet18-unet-gan",
            "wgan-gp",
            "wgan-clip",
            "grey-cyclegan",
        ),
        "2400 photographs of COCO to train on and 600 to judge by, 256×256 pixels, 10 or 20 "
        "epochs, ResNet18 pretrained on ImageNet",
    ),
    PaperStudy(
        "002",
        _candidates("unet-gan", "wgan-clip"),
        "COCO and a part of ImageNet with 10,000 photographs, 85 to 90 % of them to train on, "
        "100 epochs",
        epochs=100,
        distributions=True,
    ),
    PaperStudy(
        "003",
        (
            *_candidates(
                "inception-gan-no-pretraining",
                "inception-gan-no-segmentation",
                "inception-gan-no-inception",
                "deep-koalarization",
                "inception-gan",
                "pix2pix",
            ),
            Candidate("inception-gan-quarter-batch", "inception-gan", batch_divisor=4),
        ),
        "8000 photographs of COCO to train on and 2000 to judge by, of which 100 were measured, "
        "256×256 pixels, 20 epochs of pretraining and 15 of the GAN, pretrained backbones",
    ),
    PaperStudy(
        "004",
        _candidates("archaeology-cnn", "archaeology-gan"),
        "3874 amphitheatres of Places365 to train on, 726 to validate with and 242 for the test, "
        "128×128 pixels, 60 epochs of the CNN, 27 of the pretraining and 250 of the GAN",
    ),
)

STUDIES: Mapping[str, PaperStudy] = {study.number: study for study in _STUDIES}


def find_study(number: str) -> PaperStudy:
    """The study of the companion paper of that number.

    Raises:
        NegcolorError: there is none; the message lists the choices.
    """
    return lookup(STUDIES, number, "study of a paper")
