"""Measures ways to convert an image in parts against one pass over the whole, and draws them.

    python tools/compare_tiles.py --model RUN                        # figures for one photograph
    python tools/compare_tiles.py --model RUN --image docs/tiles.png

- naive tiles: each tile through the network by itself, as it sees its own statistics only;
- thumbnail statistics: bands whose normalizations use the statistics of a reduced image, as in
  thumbnail instance normalization (Chen et al., AAAI 2022): one sweep, nothing stored;
- bands: negcolor's `--method tiled`, the statistics of the whole image.

The photograph is scikit-image's coffee, enlarged if asked, as a simulated negative.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from skimage import data
from skimage.transform import rescale

from negcolor.film.simulation import simulate
from negcolor.images.color import from_network, to_network
from negcolor.images.resize import downscale_to
from negcolor.inference.models import load_generator
from negcolor.inference.tiled import Bands, tiled_pass
from negcolor.inference.tiled_graph import image_graph, plan_sweeps
from negcolor.networks.apply import apply_generator

MEMORY = 10**9
BAND = 64


def naive_tiles(generator: keras.Model, negative: np.ndarray, side: int) -> np.ndarray:
    """Tiles of that side, each converted as if it were an image."""
    result = np.empty_like(negative)
    for top in range(0, negative.shape[0], side):
        for left in range(0, negative.shape[1], side):
            tile = np.s_[top : top + side, left : left + side]
            result[tile] = apply_generator(generator, negative[tile])
    return result


def thumbnail_statistics(
    generator: keras.Model, negative: np.ndarray, long_side: int
) -> np.ndarray:
    """One sweep with the statistics of the image reduced to that long side."""
    nodes = image_graph(generator)
    *sweeps, last = plan_sweeps(nodes)
    small = multiple_of_4(downscale_to(negative, long_side))
    thumbnail = Bands(lambda start, stop: to_network(small[start:stop]), small.shape[:2])
    thumbnail.compute_global_nodes(nodes)
    for sweep in sweeps:
        list(thumbnail.run(sweep, len(small)))
    bands = Bands(lambda start, stop: to_network(negative[start:stop]), negative.shape[:2])
    bands.compute_global_nodes(nodes)
    bands.statistics = thumbnail.statistics
    alone = dataclasses.replace(last, released=())  # nothing was stored
    return np.concatenate([from_network(rows) for _, rows in bands.run(alone, BAND)])


def bands(generator: keras.Model, negative: np.ndarray) -> np.ndarray:
    """What --method tiled does."""
    return np.concatenate([rows for _, rows in tiled_pass(generator, negative, MEMORY)])


def multiple_of_4(image: np.ndarray) -> np.ndarray:
    """The image without the last rows and columns, so that nothing needs to be padded."""
    height, width = (side // 4 * 4 for side in image.shape[:2])
    return image[:height, :width]


def timed(function: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    """The result, and the seconds of the second call."""
    function()
    began = time.perf_counter()
    return function(), time.perf_counter() - began


def draw(whole: np.ndarray, naive: np.ndarray, exact: np.ndarray, file: Path, side: int) -> None:
    """One pass, naive tiles, and the differences of both kinds of tiles, side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8.6), layout="constrained")
    panels = {
        "one pass": whole,
        f"tiles of {side} pixels, each by itself": naive,
        "their difference from one pass": np.abs(naive - whole),
        "difference of --method tiled, × 1000": np.abs(exact - whole) * 1000,
    }
    for axes, (title, image) in zip(figure.subplots(2, 2).flat, panels.items(), strict=True):
        axes.imshow(image.clip(0, 1))
        axes.set_title(title)
        axes.set_axis_off()
    figure.canvas.print_figure(file, dpi=64)


def main() -> None:
    """Reads the command line, prints a line per way, and draws the image if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="run folder or .keras file")
    parser.add_argument("--enlarge", type=float, default=1.0, help="of the 600×400 photograph")
    parser.add_argument("--tile", type=int, default=128, help="side of a naive tile")
    parser.add_argument("--image", type=Path, help="PNG file to draw")
    options = parser.parse_args()

    generator = load_generator(options.model)
    photo = rescale(data.coffee(), options.enlarge, channel_axis=2)
    negative = multiple_of_4(np.asarray(simulate(photo, seed=0), "float32"))
    whole, seconds = timed(lambda: apply_generator(generator, negative))
    print(f"one pass: {seconds:.2f} s for {negative.shape[1]}x{negative.shape[0]} pixels")
    results = {}
    for name, way in {
        "naive tiles": lambda: naive_tiles(generator, negative, options.tile),
        "thumbnail statistics": lambda: thumbnail_statistics(generator, negative, 512),
        "bands": lambda: bands(generator, negative),
    }.items():
        results[name], seconds = timed(way)
        difference = np.abs(results[name] - whole)
        print(
            f"{name}: {seconds:.2f} s, differs by {difference.max():.2g} at most, "
            f"{difference.mean():.2g} on average (of full scale)"
        )
    if options.image:
        draw(whole, results["naive tiles"], results["bands"], options.image, options.tile)


if __name__ == "__main__":
    main()
