"""How well colors seen at a small size are upsampled to the full size.

    python tools/measure_chroma_upsampling.py PHOTOS

takes the true a* and b* of each photograph at 64, 128 and 256 pixels squared, as if a network had
seen them perfectly, upsamples them to the full size along the photograph's lightness, as
negcolor-colorize --system does, and bilinearly, and prints the mean distance in a* and b* to the
truth, with its 99th percentile, in CIELAB's units.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from negcolor.images.color import to_unit
from negcolor.images.io import find_images, read
from negcolor.images.lab import AB_SCALE, normalize_lab, srgb_to_lab
from negcolor.images.resize import Enlarged, resized
from negcolor.inference.chroma_upsampling import color_maps
from negcolor.inference.guided import EnlargedMaps

SIDES = (64, 128, 256)


def errors(lab: np.ndarray, side: int) -> dict[str, np.ndarray]:
    """Distances (H, W) by method, for normalized Lab (H, W, 3)."""
    small = np.stack([resized(channel, (side, side)) for channel in np.moveaxis(lab, -1, 0)], -1)
    maps = np.asarray(color_maps(small[None, ..., :1], small[None, ..., 1:]))[0]
    upsampled = EnlargedMaps(maps, lab.shape[:2]).apply(lab[..., :1], 0)
    planes = [Enlarged(small[..., n], lab.shape[:2]).rows(0, len(lab)) for n in (1, 2)]
    results = {"along the lightness": upsampled, "bilinear": np.stack(planes, axis=-1)}
    return {
        name: AB_SCALE * np.linalg.norm(colors - lab[..., 1:], axis=-1)
        for name, colors in results.items()
    }


def main() -> None:
    """Reads the command line and prints a line per size and method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of color photographs")
    images = [
        normalize_lab(srgb_to_lab(to_unit(read(file))))
        for file in find_images(parser.parse_args().photos)
    ]
    for side in SIDES:
        found = [errors(lab, side) for lab in images]
        for name in found[0]:
            means = [each[name].mean() for each in found]
            worst = [np.percentile(each[name], 99) for each in found]
            print(f"{side:4d}  {name:20s} {np.mean(means):.3f}  ({np.mean(worst):.1f})")
        better = sum(e["along the lightness"].mean() < e["bilinear"].mean() for e in found)
        print(f"      better than bilinear in {better} of {len(found)} photographs", flush=True)


if __name__ == "__main__":
    main()
