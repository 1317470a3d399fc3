"""Measures what negcolor-adapt gains on a scanner that no training has seen, and what it loses.

    python tools/measure_adaptation.py MODEL --photos train --held-out val --output DIR

Half of the held-out photographs are put on film and scanned with a foreign scanner; the model is
adapted to these scans, unpaired, with the other photographs. Scans of the other half, by the
foreign scanner and by ordinary ones, are converted before and after.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.evaluation.metrics import compare
from negcolor.film.scanner import Scanner
from negcolor.film.simulation import simulate
from negcolor.film.stocks import COLOR_STOCKS
from negcolor.images.color import from_unit, to_unit
from negcolor.images.io import gather_images, read, write
from negcolor.images.resize import downscale_to
from negcolor.inference.models import load_converter

SIZE = 384  # long side of the scans in pixels
EXPOSURES = (0.0, 1.0, 2.0, -1.0)  # stops over what the meter says

FOREIGN_MATRIX = np.array([[1.25, -0.20, -0.05], [-0.15, 1.30, -0.15], [0.0, -0.25, 1.25]])
"""What a camera makes of its linear channels (columns) for livelier colors (rows)."""

Scan = Callable[[np.ndarray, str, float, int], np.ndarray]


def foreign_scan(photo: np.ndarray, stock: str, stops: float, seed: int) -> np.ndarray:
    """A photograph of the negative in a camera's image style, (H, W, 3) uint8.

    Its color matrix and its S-shaped tone curve are in no simulation of `negcolor.film`.
    """
    scanner = Scanner(gain=(1.3, 1.0, 0.9), encoding="linear", bit_depth=16)
    light = simulate(photo, stock, exposure_stops=stops, scanner=scanner, seed=seed)
    encoded = np.clip(light @ FOREIGN_MATRIX.T, 0.0, 1.0) ** (1 / 2.2)
    return from_unit(encoded * encoded * (3 - 2 * encoded), "uint8")


def ordinary_scan(encoding: str) -> Scan:
    """A scan of the default scanner in that encoding."""

    def scan(photo: np.ndarray, stock: str, stops: float, seed: int) -> np.ndarray:
        scanner = Scanner(encoding=encoding, bit_depth=8 if encoding == "srgb" else 16)
        negative = simulate(photo, stock, exposure_stops=stops, scanner=scanner, seed=seed)
        return from_unit(negative, f"uint{scanner.bit_depth}")

    return scan


SCANNERS: dict[str, Scan] = {
    "foreign": foreign_scan,
    "sRGB 8 bit": ordinary_scan("srgb"),
    "gamma 2.2": ordinary_scan("gamma2.2"),
}


def scans_of(photographs: list[Path], scan: Scan) -> list[tuple[np.ndarray, np.ndarray]]:
    """(scan, truth) of every photograph, on all color stocks and exposures in turn."""
    conditions = list(product(EXPOSURES, COLOR_STOCKS))
    pairs = []
    for number, photograph in enumerate(photographs):
        stops, stock = conditions[(5 * number) % len(conditions)]
        photo = from_unit(downscale_to(read(photograph), SIZE), "uint8")
        pairs.append((scan(photo, stock, stops, number), photo))
    return pairs


def delta_es(model: Path, pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Mean Delta E 2000 of every image."""
    converter = load_converter(model)
    return np.array([compare(converter.run(to_unit(s)), to_unit(t)).delta_e for s, t in pairs])


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, help="what negcolor-adapt takes as --model")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--held-out", type=Path, required=True, help="others, to be scanned")
    parser.add_argument("--output", type=Path, required=True, help="new folder")
    parser.add_argument("--steps", type=int, help="of the adaptation")
    options = parser.parse_args()
    try:
        held_out = gather_images([options.held_out])
    except NegcolorError as error:
        parser.error(str(error))
    for number, (scan, _) in enumerate(scans_of(held_out[::2], foreign_scan)):
        write(options.output / "scans" / f"{number:03d}.png", scan)
    adapted = options.output / "adapted"
    steps = [] if options.steps is None else ["--steps", str(options.steps)]
    command = [Path(sys.executable).with_name("negcolor-adapt"), "--model", options.model]
    command += ["--scans", options.output / "scans", "--photos", options.photos]
    subprocess.run([*map(str, command), "--output", str(adapted), *steps], check=True)
    print(f"{'scanner':12s} {'before':>7s} {'after':>7s}  gain with its standard error")
    for name, scan in SCANNERS.items():
        pairs = scans_of(held_out[1::2], scan)
        before, after = delta_es(options.model, pairs), delta_es(adapted, pairs)
        gain = before - after
        error = gain.std(ddof=1) / len(gain) ** 0.5
        print(
            f"{name:12s} {before.mean():7.2f} {after.mean():7.2f}  {gain.mean():+.2f} ± {error:.2f}"
        )


if __name__ == "__main__":
    main()
