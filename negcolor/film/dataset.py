"""Data sets of simulated negatives: photographs exposed, scanned and stored beside their truths."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError, lookup
from negcolor.film.stocks import STOCKS
from negcolor.images import io
from negcolor.images.color import from_unit, linear_to_srgb, luminance, srgb_to_linear, to_unit

RANDOM = "random"
"""In place of a stock's name: color stock, exposure and scanner are drawn for each frame."""

TEST_SHARE = 0.1
"""Share of the photographs in each of testA and testB; trainA and trainB halve the rest."""


@dataclass(frozen=True)
class Frame:
    """One photograph of the data set; `negative` or `truth` is None where it is not wanted."""

    photo: Path
    negative: Path | None
    truth: Path | None
    stock: str
    bit_depth: int
    seed: int


def plan_dataset(
    photos: Sequence[Path],
    output: Path,
    *,
    stock: str = "kodak_portra_400",
    bit_depth: int = 8,
    seed: int = 0,
    split: bool = False,
) -> list[Frame]:
    """Decides where the negative and the truth of each photograph go.

    Without a split, every photograph gets OUTPUT/negatives/NAME.png and OUTPUT/truths/NAME.png.
    With one, the photographs are shuffled and divided: a tenth each for testA (negatives, with
    their truths in truthA) and testB (photographs), half of the rest each for trainA (negatives)
    and trainB (photographs), at least one in every folder and none in two.

    NAME is the photograph's own, with a number behind it where that is taken already.

    Args:
        photos: distinct files.
        output: folder, which need not exist.
        stock: a key of `STOCKS`, or `RANDOM`.
        bit_depth: 8 or 16, of negatives and truths.
        seed: non-negative; of the division and, with the frame's number, of each frame.
        split: whether to divide the photographs into the two domains of a training.

    Raises:
        NegcolorError: for an unknown stock or bit depth, for fewer than four photographs to
            split, or where one of the folders to write in has images already.
    """
    lookup({RANDOM: None, **STOCKS}, stock, "film stock")
    if bit_depth not in (8, 16):
        raise NegcolorError(f"--bit-depth is 8 or 16, not {bit_depth}.")
    count = len(photos)
    if split and count < 4:
        raise NegcolorError(f"--split needs at least 4 photographs, one per folder, not {count}.")
    order = np.random.default_rng(seed).permutation(count) if split else range(count)
    folders = _split_folders(count) if split else [("negatives", "truths")] * count
    _refuse_filled({output / name for pair in folders for name in pair if name})
    names = _unique_names(photos)
    frames = []
    for index, (negative, truth) in zip(order, folders, strict=True):
        file = names[index] + ".png"
        frames.append(
            Frame(
                photo=photos[index],
                negative=output / negative / file if negative else None,
                truth=output / truth / file if truth else None,
                stock=stock,
                bit_depth=bit_depth,
                seed=int(np.random.SeedSequence((seed, int(index))).generate_state(1)[0]),
            )
        )
    return frames


def expose_frame(frame: Frame) -> None:
    """Reads a photograph and writes its negative and its truth, as the frame says.

    The truth is the photograph as the film sees it: in color, or its luminance on a
    black-and-white film.

    Raises:
        NegcolorError: for an unreadable photograph, or a file that exists already.
    """
    photo = to_unit(io.read(frame.photo))
    dtype = f"uint{frame.bit_depth}"
    if frame.negative is not None:
        io.write(frame.negative, from_unit(_negative(photo, frame), dtype))
    if frame.truth is not None:
        io.write(frame.truth, from_unit(_truth(photo, frame), dtype))


def _negative(photo: np.ndarray, frame: Frame) -> np.ndarray:
    # TensorFlow takes seconds to import; a data set that cannot be planned should not wait for it.
    from negcolor.film.random_film import expose_on_random_film
    from negcolor.film.scanner import Scanner
    from negcolor.film.simulation import simulate

    if frame.stock == RANDOM:
        return expose_on_random_film(photo, (0, frame.seed), frame.bit_depth).numpy()
    scanner = Scanner(bit_depth=frame.bit_depth)
    return simulate(photo, frame.stock, scanner=scanner, seed=frame.seed)


def _truth(photo: np.ndarray, frame: Frame) -> np.ndarray:
    if frame.stock == RANDOM or STOCKS[frame.stock].kind == "color":
        return photo
    grey = linear_to_srgb(luminance(srgb_to_linear(photo)))
    return np.repeat(grey[..., np.newaxis], 3, axis=-1)


def _split_folders(count: int) -> list[tuple[str, str]]:
    """Folders for negative and truth ("" for none) of each of `count` shuffled photographs."""
    test = max(1, round(TEST_SHARE * count))
    train = count - 2 * test
    return (
        [("testA", "truthA")] * test
        + [("", "testB")] * test
        + [("trainA", "")] * (train - train // 2)
        + [("", "trainB")] * (train // 2)
    )


def _refuse_filled(folders: Iterable[Path]) -> None:
    for folder in sorted(folders):
        if folder.is_dir() and io.find_images(folder):
            raise NegcolorError(f"{folder} holds pictures already; choose another --output.")


def _unique_names(photos: Iterable[Path]) -> list[str]:
    """Stems, numbered where two would be the same file on any file system."""
    names: list[str] = []
    taken: set[str] = set()
    for photo in photos:
        name, number = photo.stem, 1
        while (key := unicodedata.normalize("NFC", name).casefold()) in taken:
            number += 1
            name = f"{photo.stem}-{number}"
        taken.add(key)
        names.append(name)
    return names
