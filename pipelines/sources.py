"""`--data` of a CycleGAN: two domains, negatives and color photographs, and test images."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.film.simulation import simulate
from negcolor.images.color import from_unit
from negcolor.images.formats import WRITTEN
from negcolor.images.io import find_images, read
from negcolor.training.task import TestImage
from pipelines import demo_roll
from pipelines.domain import Alternating, Domain, ExposedOnFilm, ImageDomain, Lazy
from pipelines.tfds import LABEL, PREFIX, TfdsDomain, TfdsSplits, open_tfds

DEMO = "demo"
"""The source that needs no data: the photographs of `pipelines.demo_roll`."""

TEST_STOCK = "kodak_portra_400"
"""The film of simulated test negatives."""

HELD_OUT = 4
"""Photographs of a TFDS split that are kept for the test."""


@dataclass(frozen=True)
class TwoDomains:
    """Everything that a training shows to its networks, and the test images.

    Attributes:
        train_a: negatives.
        train_b: color photographs.
        photographs: color photographs to make pairs of: those of `train_b`, and those behind
            `train_a` where its negatives are simulated.
        test: negatives, with their truths where known; may be empty. No test image of a
            simulated source is in a training domain.
        description: one line for people.
    """

    train_a: Domain
    train_b: Domain
    photographs: Domain
    test: Sequence[TestImage]
    description: str


def open_data(spec: str) -> TwoDomains:
    """Opens the images that `--data` names.

    Args:
        spec: one of
            - `demo`: the built-in demo roll, see `pipelines.demo_roll`;
            - a folder with trainA (negatives) and trainB (color); optionally testA, and truthA
              with the truths of testA under the same file stems;
            - `tfds:NAME`: a dataset with those splits, such as `pipelines.tfds_builder` makes.
              NAME is a TFDS name, looked up in TFDS_DATA_DIR, or the folder of a prepared dataset;
            - `tfds:NAME/SPLIT`: color photographs. The first `HELD_OUT` are exposed on film for
              the test; of the others every second one is exposed on film, on the fly;
            - `SOURCE_A,SOURCE_B`: a source for each domain, each a folder of images or
              tfds:NAME/SPLIT. A folder for A holds negatives; a TFDS split for A holds color
              photographs to be exposed on film (the first `HELD_OUT` for the test), unless its
              name ends in A.

            A SPLIT may have `?label=CATEGORY` behind it, which takes the images of a category
            alone.

    Raises:
        NegcolorError: the specification is not understood, or something it names is missing or
            empty. Reading a test image raises it if the file is unreadable or its truth has
            another size.
    """
    if spec == DEMO:
        return _demo()
    if Path(spec).is_dir():
        return _folder(Path(spec))
    if "," in spec:
        return _two_sources(*spec.split(",", 1))
    if spec.startswith(PREFIX):
        return _tfds(spec)
    raise unknown_source(
        spec,
        "a folder with trainA and trainB, tfds:NAME, tfds:NAME/SPLIT, two sources with a comma "
        "between them",
    )


def unknown_source(spec: str, choices: str) -> NegcolorError:
    """What to raise for a `--data` that is none of the choices."""
    return NegcolorError(f"--data {spec} is no folder: name {choices}, or {DEMO}.")


def _demo() -> TwoDomains:
    on_film = ImageDomain([demo_roll.photograph(name) for name in demo_roll.ON_FILM])
    color = ImageDomain([demo_roll.photograph(name) for name in demo_roll.COLOR])
    held_out = demo_roll.photograph(demo_roll.HELD_OUT)
    test = [_simulated_test(held_out.stem, read(held_out))]
    return _on_film(on_film, color, test, "the built-in demo roll")


def _on_film(
    photographs: Domain, color: Domain, test: Sequence[TestImage], description: str
) -> TwoDomains:
    """Two domains of photographs, the first of which is exposed on film on the fly."""
    return TwoDomains(
        train_a=ExposedOnFilm(photographs),
        train_b=color,
        photographs=Alternating(photographs, color),
        test=test,
        description=description,
    )


def _folder(folder: Path) -> TwoDomains:
    train_a, train_b = _images(folder / "trainA"), _images(folder / "trainB")
    return TwoDomains(
        train_a=train_a,
        train_b=train_b,
        photographs=train_b,
        test=_folder_tests(folder),
        description=str(folder),
    )


def _images(folder: Path) -> ImageDomain:
    if not folder.is_dir():
        raise NegcolorError(f"{folder} does not exist: make it and put pictures into it.")
    files = find_images(folder)
    if not files:
        raise NegcolorError(f"{folder} has no pictures: put {WRITTEN} files into it.")
    return ImageDomain(files)


def _folder_tests(folder: Path) -> Lazy[TestImage]:
    def files(name: str) -> list[Path]:
        return find_images(folder / name) if (folder / name).is_dir() else []

    truths = {file.stem: file for file in files("truthA")}

    def test(file: Path) -> TestImage:
        if (truth := truths.get(file.stem)) is None:
            return TestImage(file.stem, read(file))
        return _test_with_truth(file.stem, read(file), read(truth), f"{file} and {truth}")

    return Lazy([partial(test, file) for file in files("testA")])


def _test_with_truth(name: str, negative: np.ndarray, truth: np.ndarray, both: str) -> TestImage:
    if truth.shape != negative.shape:
        raise NegcolorError(
            f"{both} differ in size: a truth shows its negative's scene pixel by pixel; replace or "
            "remove it."
        )
    return TestImage(name, negative, truth)


def _tfds(spec: str) -> TwoDomains:
    data, split = open_tfds(spec)
    if split is None:
        train_a, train_b = (
            TfdsDomain(data.encoded(name), data.feature) for name in ("trainA", "trainB")
        )
        return TwoDomains(
            train_a=train_a,
            train_b=train_b,
            photographs=train_b,
            test=_tfds_tests(data),
            description=spec,
        )
    tests, others = _hold_out(data, split)
    on_film, color = (TfdsDomain(others.shard(2, half), data.feature) for half in (0, 1))
    if not len(color):
        raise NegcolorError(f"{spec} has too few pictures: it takes at least {HELD_OUT + 2}.")
    return _on_film(on_film, color, tests, f"{spec}, half of it on simulated film")


def _tfds_tests(data: TfdsSplits) -> Lazy:
    truths = dict(data.named("truthA")) if "truthA" in data else {}

    def test(name: str, negative: bytes) -> TestImage:
        if name not in truths:
            return TestImage(name, data.decode(negative))
        pixels, truth = data.decode(negative), data.decode(truths[name])
        return _test_with_truth(
            name, pixels, truth, f"{name} of testA and of truthA in {data.name}"
        )

    negatives = sorted(data.named("testA")) if "testA" in data else []
    return Lazy([partial(test, *negative) for negative in negatives])


def _two_sources(source_a: str, source_b: str) -> TwoDomains:
    if not source_a.startswith(PREFIX) or source_a.partition(LABEL)[0].endswith("A"):
        train_a, train_b = _one_source(source_a), _one_source(source_b)
        return TwoDomains(train_a, train_b, train_b, [], f"{source_a} and {source_b}")
    data, split = _split_of(source_a)
    tests, others = _hold_out(data, split)
    on_film, train_b = TfdsDomain(others, data.feature), _one_source(source_b)
    return _on_film(on_film, train_b, tests, f"{source_a} on simulated film and {source_b}")


def _one_source(source: str) -> Domain:
    if not source.startswith(PREFIX):
        return _images(Path(source))
    data, split = _split_of(source)
    return TfdsDomain(data.encoded(split), data.feature)


def _split_of(source: str) -> tuple[TfdsSplits, str]:
    data, split = open_tfds(source)
    if split is None:
        raise NegcolorError(f"{source} names no split: write tfds:NAME/SPLIT.")
    return data, split


def _hold_out(data: TfdsSplits, split: str) -> tuple[list[TestImage], tf.data.Dataset]:
    """Test images made of the first photographs of a split, and the encoded others."""
    encoded = data.encoded(split)
    if int(encoded.cardinality()) <= HELD_OUT:
        raise NegcolorError(
            f"tfds:{data.name}/{split} has too few pictures: it takes more than {HELD_OUT}."
        )
    tests = [
        _simulated_test(f"{split}_{number}", data.decode(image), seed=number)
        for number, image in enumerate(encoded.take(HELD_OUT))
    ]
    return tests, encoded.skip(HELD_OUT)


def _simulated_test(name: str, photo: np.ndarray, seed: int = 0) -> TestImage:
    negative = simulate(photo, TEST_STOCK, seed=seed)
    return TestImage(name, from_unit(negative, "uint16"), photo)
