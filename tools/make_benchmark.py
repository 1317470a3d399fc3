"""Makes a paired benchmark from photographs: negatives, their truths, and what each one is.

    python tools/make_benchmark.py PHOTOS --output DIR
    python tools/make_benchmark.py PHOTOS --output DIR --count 120 --size 512 --seed 0
    negcolor-evaluate --classical all --data DIR

Every photograph is put on simulated film. Stock, exposure and scanner are drawn so that each comes
up equally often, alone and with each of the others: results can be told apart by any of them.
Three scanners store the same signal in three ways:

- "linear 16 bit": a TIFF with an ICC profile that says so, as careful workflows have it;
- "gamma 2.2 16 bit": a PNG without a profile, as simple scanning software writes it. Readers have
  to take it for sRGB, which is nearly right;
- "sRGB JPEG": 8 bits, quality 95.

The truth is the photograph in the negative's size, in grey for black-and-white stocks. With the
same photographs, options and versions of libraries, the same files come out. DIR gets testA,
truthA (PNG) and, at the end, manifest.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import imagecodecs
import numpy as np
import tifffile

from negcolor.atomic import atomic_write
from negcolor.errors import NegcolorError
from negcolor.film.scanner import Scanner
from negcolor.film.simulation import simulate
from negcolor.film.stocks import STOCKS
from negcolor.images.color import from_unit, linear_to_srgb, luminance, srgb_to_linear, to_unit
from negcolor.images.io import gather_images, read, write
from negcolor.images.resize import downscale_to
from negcolor.tensorflow_logging import hide_remarks

EXPOSURES = (-1.0, 0.0, 1.0, 2.0)  # stops over what the meter says


class Device(NamedTuple):
    """A scanner and how it stores a scan: suffix and function of a file's path and pixels."""

    scanner: Scanner
    suffix: str
    store: Callable[[Path, np.ndarray], None]


class Shot(NamedTuple):
    """One image of the benchmark."""

    photograph: Path
    stock: str
    exposure_stops: float
    scanner: str


def linear_profile() -> bytes:
    """ICC profile of linear light with sRGB's primaries, the same bytes on every day."""
    profile = imagecodecs.cms_profile(
        "rgb",
        whitepoint=(0.3127, 0.3290),
        primaries=(0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
        gamma=1.0,
    )
    new_year_2000 = np.array([2000, 1, 1, 0, 0, 0], dtype=">u2").tobytes()
    return profile[:24] + new_year_2000 + profile[36:]


def store_linear_tiff(path: Path, pixels: np.ndarray) -> None:
    with atomic_write(path) as file:
        tifffile.imwrite(
            file,
            pixels,
            photometric="rgb",
            compression="zlib",
            predictor=True,
            iccprofile=linear_profile(),
            metadata=None,
        )


def store_untagged_png(path: Path, pixels: np.ndarray) -> None:
    with atomic_write(path) as file:
        file.write(imagecodecs.png_encode(pixels))


DEVICES = {
    "linear 16 bit": Device(Scanner(encoding="linear", bit_depth=16), ".tif", store_linear_tiff),
    "gamma 2.2 16 bit": Device(
        Scanner(encoding="gamma2.2", bit_depth=16), ".png", store_untagged_png
    ),
    "sRGB JPEG": Device(Scanner(encoding="srgb", bit_depth=8), ".jpg", write),
}


def plan(photographs: list[Path], count: int, seed: int) -> list[Shot]:
    """A balanced design: photographs in turn, and for each the combination that is rarest so far.

    Rarest is first what the stock, the exposure and the scanner by themselves had least, then any
    two of them, the photograph included; chance decides among equals.
    """
    rng = random.Random(seed)
    conditions = list(product(STOCKS, EXPOSURES, DEVICES))
    used: Counter[tuple] = Counter()
    shots: list[Shot] = []

    def rarity(shot: Shot) -> tuple[int, int]:
        singles, pairs = (sum(used[part] for part in parts(shot, size)) for size in (1, 2))
        return singles, pairs

    for photograph in turns(photographs, count, rng):
        rng.shuffle(conditions)
        shot = min((Shot(photograph, *condition) for condition in conditions), key=rarity)
        used.update([*parts(shot, 1), *parts(shot, 2)])
        shots.append(shot)
    return shots


def turns(photographs: list[Path], count: int, rng: random.Random) -> Iterator[Path]:
    """`count` photographs, in a new order each time that all have been taken."""
    order: list[Path] = []
    for _ in range(count):
        if not order:
            order = rng.sample(photographs, len(photographs))
        yield order.pop()


def parts(shot: Shot, size: int) -> list[tuple]:
    """The sets of `size` fields that a shot has, with their values."""
    return list(combinations(enumerate(shot), size))


def make_pair(shot: Shot, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Negative and truth, (H, W, 3), as they are stored."""
    photo = from_unit(downscale_to(read(shot.photograph), size), "uint8")
    scanner = DEVICES[shot.scanner].scanner
    negative = simulate(
        photo, shot.stock, exposure_stops=shot.exposure_stops, scanner=scanner, seed=seed
    )
    truth = photo
    if STOCKS[shot.stock].kind == "black-and-white":
        grey = linear_to_srgb(luminance(srgb_to_linear(to_unit(photo))))
        truth = from_unit(grey, "uint8")[..., np.newaxis].repeat(3, -1)
    return from_unit(negative, f"uint{scanner.bit_depth}"), truth


def make_benchmark(
    photographs: list[Path], output: Path, *, count: int, size: int, seed: int
) -> None:
    """Writes the benchmark.

    Args:
        photographs: image files.
        output: a folder that does not exist, or is empty.
        count: images to make.
        size: their long side in pixels, at most; no photograph is enlarged.
        seed: decides the design and the noise.

    Raises:
        NegcolorError: the folder is not empty, or a photograph cannot be read.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise NegcolorError(f"--output {output} exists and is not empty: choose another folder.")
    images = []
    for index, shot in enumerate(plan(photographs, count, seed)):
        name = f"{index:04d}_{shot.photograph.stem}"
        negative, truth = make_pair(shot, size, seed * count + index)
        device = DEVICES[shot.scanner]
        device.store(output / "testA" / f"{name}{device.suffix}", negative)
        write(output / "truthA" / f"{name}.png", truth)
        entry = {"file": f"{name}{device.suffix}"} | shot._asdict()
        images.append(entry | {"photograph": shot.photograph.name})
    manifest = {"size": size, "seed": seed, "pictures": images}
    with atomic_write(output / "manifest.json") as file:
        file.write(json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n")


def main() -> None:
    """Reads the command line."""
    hide_remarks()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, nargs="+", help="photographs, or folders of them")
    parser.add_argument("--output", type=Path, required=True, help="new folder")
    parser.add_argument("--count", type=int, help="pictures to make (default: one per photograph)")
    parser.add_argument("--size", type=int, default=512, help="long side in pixels, at most")
    parser.add_argument("--seed", type=int, default=0, help="decides the design and the noise")
    options = parser.parse_args()
    if options.size < 1 or (options.count is not None and options.count < 1):
        parser.error("--count and --size are at least 1")
    try:
        photographs = gather_images(options.photos)
        count = options.count or len(photographs)
        make_benchmark(
            photographs, options.output, count=count, size=options.size, seed=options.seed
        )
    except NegcolorError as error:
        parser.error(str(error))
    print(f"{options.output}: {count} pictures of {len(photographs)} photographs")


if __name__ == "__main__":
    main()
