"""Makes the scan that the README converts: a photograph of scikit-image on simulated film.

    python tools/make_demo_scan.py docs/demo_scan.jpg

The photograph is scikit-image's astronaut (NASA, public domain), which no model of the package was
trained on, on Kodak Portra 400 between rebate and holder, with some dust.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import tensorflow as tf
from skimage import data
from skimage.transform import resize

from negcolor.errors import NegcolorError
from negcolor.film.random_film import WIDE, simulate_random_negative
from negcolor.film.scanner import RandomScanner
from negcolor.images.color import from_unit
from negcolor.images.io import write

SEED = (0, 8)  # chosen for its orange mask, and a frame on all sides
SCANNER = RandomScanner(calibrated=1.0, encodings=(("srgb", 1.0),), sixteen_bits=1.0)
RANGES = dataclasses.replace(
    WIDE,
    scanner=SCANNER,
    black_and_white=0.0,
    stops=(0.3, 0.3),
    extreme=0.0,
    wrong_light=0.0,
    aged=0.0,
    pitch_um=(40.0, 40.0),
    framed=1.0,
    dusty=1.0,
    scratched=0.0,
)


def main() -> None:
    """Reads the command line and writes the scan."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    output = parser.parse_args().output
    photo = resize(data.astronaut()[:400], (600, 768), anti_aliasing=True).astype("float32")
    scan = simulate_random_negative(tf.constant(photo), tf.constant(SEED), RANGES)
    try:
        write(output, from_unit(scan.negative.numpy(), "uint8"))
    except NegcolorError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
