"""The images of an evaluation: negatives, truths or color photographs, and the manifest."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.formats import WRITTEN
from negcolor.images.io import find_images, read
from negcolor.images.resize import downscale_to

LONG_SIDE = 1024  # larger images are reduced to this before they are converted and compared
MANIFEST = "manifest.json"
TRAITS = {"stock": "Film stock", "exposure_stops": "Exposure in stops", "scanner": "Scanner"}
"""What a manifest may say about a negative, and what tables call it."""

NAMED = 3  # files that a complaint names, at most

Trait = str | float


@dataclass(frozen=True)
class Sample:
    """A negative of testA, its truth if there is one, and what the manifest says about it."""

    negative: Path
    truth: Path | None = None
    traits: Mapping[str, Trait] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.negative.name


@dataclass(frozen=True)
class EvaluationData:
    """The files of an evaluation.

    Attributes:
        folder: the folder that holds them.
        samples: the negatives of testA, sorted by name; all of them have truths, or none has.
        photographs: the color images of testB; none where there is no such folder.
    """

    folder: Path
    samples: Sequence[Sample]
    photographs: Sequence[Path]

    @property
    def paired(self) -> bool:
        """Whether there are truths."""
        return self.samples[0].truth is not None


def open_data(folder: Path) -> EvaluationData:
    """Lists the images of a folder with testA, and truthA or testB or both.

    A truth has the file name of its negative, whose suffix may differ. A manifest.json says more
    about the negatives: {"pictures": [{"file": name or path, one of `TRAITS`: ..., ...}, ...]}.

    Raises:
        NegcolorError: folders or truths are missing or empty, or the manifest is not as above.
    """
    if not folder.is_dir():
        raise NegcolorError(f"--data {folder} is no folder: name one with testA.")
    truths, photographs = (_images(folder / name) for name in ("truthA", "testB"))
    if truths is None and photographs is None:
        raise NegcolorError(
            f"{folder} has neither truthA nor testB: add the truths of testA, or color "
            "photographs to compare its results with."
        )
    negatives = _images(folder / "testA")
    if negatives is None:
        raise NegcolorError(f"{folder} has no testA: put the negatives there.")
    traits = _read_manifest(folder / MANIFEST)
    found = _find_truths(negatives, truths, folder / "truthA") if truths else {}
    samples = [Sample(file, found.get(file), traits.get(file.name, {})) for file in negatives]
    return EvaluationData(folder, samples, photographs or [])


def read_image(file: Path) -> np.ndarray:
    """An image in the size that it is compared in, (H, W, 3) float32 sRGB in [0, 1].

    Raises:
        NegcolorError: it cannot be read.
    """
    return downscale_to(read(file), LONG_SIDE)


def read_sample(sample: Sample) -> tuple[np.ndarray, np.ndarray | None]:
    """The negative and its truth, if it has one, as `read_image` gives them.

    Raises:
        NegcolorError: one of them cannot be read, or they differ in size.
    """
    negative = read(sample.negative)
    if sample.truth is None:
        return downscale_to(negative, LONG_SIDE), None
    truth = read(sample.truth)
    if negative.shape != truth.shape:
        sizes = (f"{width}x{height}" for height, width, _ in (negative.shape, truth.shape))
        raise NegcolorError(
            f"{sample.negative} and {sample.truth} differ in size ({' and '.join(sizes)} pixels): "
            "a truth shows its negative's scene pixel by pixel; replace or remove it."
        )
    return downscale_to(negative, LONG_SIDE), downscale_to(truth, LONG_SIDE)


def _images(folder: Path) -> list[Path] | None:
    if not folder.exists():
        return None
    files = find_images(folder)
    if not files:
        raise NegcolorError(f"{folder} holds no pictures: put {WRITTEN} files into it.")
    return files


def _find_truths(
    negatives: Sequence[Path], truths: Sequence[Path], folder: Path
) -> dict[Path, Path]:
    """The truth of each negative: of its name, else the only one of its stem."""
    by_stem = defaultdict(list)
    for truth in truths:
        by_stem[_normal(truth.stem)].append(truth)
    found: dict[Path, Path] = {}
    for negative in negatives:
        candidates = by_stem[_normal(negative.stem)]
        of_its_name = [file for file in candidates if _normal(file.name) == _normal(negative.name)]
        if len(chosen := of_its_name or candidates) > 1:
            names = " and ".join(file.name for file in chosen)
            raise NegcolorError(f"{folder} has {names} for {negative.name}: keep one of them.")
        found.update((negative, truth) for truth in chosen)
    missing = [negative.name for negative in negatives if negative not in found]
    if missing:
        named = ", ".join(missing[:NAMED]) + (", …" if len(missing) > NAMED else "")
        raise NegcolorError(
            f"{folder} lacks the truths of {len(missing)} of {len(negatives)} pictures of testA "
            f"({named}): add them under the same names, or take the negatives away."
        )
    return found


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # some file systems decompose letters


def _read_manifest(file: Path) -> dict[str, dict[str, Trait]]:
    """File name -> what the manifest says about it; empty if there is none."""
    if not file.exists():
        return {}
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["pictures"]
        return {Path(entry["file"]).name: _traits(entry) for entry in entries}
    except OSError as error:
        raise NegcolorError(f"{file} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NegcolorError(
            f'{file} is not a manifest of pictures: write {{"pictures": [{{"file": …}}, …]}} '
            "as JSON, or remove it."
        ) from error


def _traits(entry: Mapping[str, object]) -> dict[str, Trait]:
    traits: dict[str, Trait] = {}
    for name in TRAITS:
        match entry.get(name):
            case str() | int() | float() as value:
                traits[name] = value
            case None:
                pass
            case _:
                raise TypeError(f"{name} is neither text nor a number")
    return traits
