"""How much a result depends on what should not matter: how a scan is turned, cut, stored, sized.

    python tools/measure_robustness.py SCANS [--model MODEL] [--count N]

Each scan is converted as it is and again after a change, and the first result after the same
change is compared with the second one: mean ΔE2000 over the pixels that both show, then over the
scans.

- turned: by 90 degrees; mirrored: left to right;
- cut: 10 % of width and height away, evenly, at one corner; 10 % on each side;
- linear, gamma 2.2: the scan's light stored that way, in a file that does not say so and is read
  as sRGB; 16 bits;
- half, double: of width and height.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from skimage.transform import rescale

from negcolor.errors import NegcolorError
from negcolor.evaluation.metrics import compare
from negcolor.images.color import from_unit, srgb_to_linear, to_unit
from negcolor.images.io import gather_images, read
from negcolor.images.resize import downscale_to
from negcolor.inference.models import DEFAULT_MODEL, load_converter
from negcolor.tensorflow_logging import hide_remarks

Change = Callable[[np.ndarray], np.ndarray]


def stored(encode: Change) -> Change:
    """The light of a scan, encoded otherwise and rounded to 16 bits."""
    return lambda scan: to_unit(from_unit(encode(srgb_to_linear(scan)), "uint16"))


def cut(share: float, corner: bool) -> Change:
    """Takes a share of width and height away at one corner, or on each side."""

    def apply(image: np.ndarray) -> np.ndarray:
        height, width = (round(side * share) for side in image.shape[:2])
        if corner:
            return image[height:, width:]
        return image[height:-height, width:-width]

    return apply


def halved(image: np.ndarray) -> np.ndarray:
    return downscale_to(image, max(image.shape[:2]) // 2)


def doubled(image: np.ndarray) -> np.ndarray:
    return np.clip(rescale(image, 2, order=3, channel_axis=-1), 0.0, 1.0).astype("float32")


def unchanged(image: np.ndarray) -> np.ndarray:
    return image


def turned(image: np.ndarray) -> np.ndarray:
    return np.rot90(image).copy()


def mirrored(image: np.ndarray) -> np.ndarray:
    return image[:, ::-1].copy()


CHANGES: dict[str, tuple[Change, Change]] = {
    "turned": (turned, turned),
    "mirrored": (mirrored, mirrored),
    "cut at a corner": (cut(0.1, corner=True), cut(0.1, corner=True)),
    "cut on all sides": (cut(0.1, corner=False), cut(0.1, corner=False)),
    "linear": (stored(lambda light: light), unchanged),
    "gamma 2.2": (stored(lambda light: light ** (1 / 2.2)), unchanged),
    "half": (halved, halved),
    "double": (doubled, doubled),
}
"""What is done to the scan, and to the result that it is compared with."""


def main() -> None:
    """Reads the command line and prints a table."""
    hide_remarks()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scans", type=Path, nargs="+", help="scans, or folders of them")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--count", type=int, help="take so many of the scans, evenly")
    options = parser.parse_args()
    try:
        files = gather_images(options.scans)
        converter = load_converter(options.model)
        every = max(1, len(files) // (options.count or len(files)))
        chosen = files[::every][: options.count]
        found: dict[str, list[float]] = {name: [] for name in CHANGES}
        for file in chosen:
            scan = to_unit(read(file))
            result = converter.run(scan)
            for name, (change, same) in CHANGES.items():
                again = converter.run(change(scan))
                found[name].append(compare(again, same(result)).delta_e)
    except NegcolorError as error:
        parser.error(str(error))
    print(f"{len(chosen)} scans, mean (and largest) ΔE2000 to the result without the change")
    for name, values in found.items():
        print(f"  {name:18} {np.mean(values):5.2f}  ({max(values):5.2f})")


if __name__ == "__main__":
    main()
