"""Times negcolor-colorize on one simulated scan, with each method, and its peak memory.

    python tools/benchmark_colorizing.py                              # 24 megapixels, guided
    python tools/benchmark_colorizing.py --size 1024x768 --methods whole tiled guided --repeat 3
    python tools/benchmark_colorizing.py --size 12000x8000 --methods tiled --memory 2GiB
    python tools/benchmark_colorizing.py --model runs/mine

The scan is a 16-bit TIFF: a negative of scikit-image's coffee photograph, enlarged, with grain of
its own in every pixel. Without --model the network is Table I's with 64 filters, untrained: its
results mean nothing, its times do. Each run is a process of its own; seconds and memory include
Python's start, the imports and the model's loading.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from skimage import data
from skimage.transform import resize

from negcolor.images.color import from_unit
from negcolor.images.io import write
from negcolor.inference.convert import Method
from negcolor.tensorflow_logging import hide_remarks

COMMAND = Path(sys.executable).with_name("negcolor-colorize")


def write_scan(file: Path, width: int, height: int) -> None:
    """A grainy 16-bit negative of that size, in bands, so that its making takes little memory."""
    rng = np.random.default_rng(0)
    photo = resize(data.coffee(), (height // 8, width // 8), anti_aliasing=True)
    scan = np.empty((height, width, 3), "uint16")
    for start in range(0, height, 64):
        rows = np.arange(start, min(start + 64, height)) * photo.shape[0] // height
        columns = np.arange(width) * photo.shape[1] // width
        negative = 0.75 - 0.6 * photo[rows[:, None], columns]
        grain = rng.normal(0.0, 0.01, negative.shape)
        scan[start : start + len(rows)] = from_unit(negative + grain, "uint16")
    write(file, scan)


def write_model(file: Path) -> None:
    """An untrained generator of Table I."""
    from negcolor.experiments.modifications import GeneratorConfig
    from negcolor.networks.generator import build_generator

    build_generator(GeneratorConfig()).save(file)


def measure(scan: Path, model: Path, output: Path, method: str, memory: str) -> tuple[float, float]:
    """Seconds and peak resident memory in GiB of one run of the command."""
    arguments = [scan, "--model", model, "--output", output, "--method", method]
    command = [COMMAND, *arguments, "--memory", memory, "--overwrite"]
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("negcolor-colorize failed; its message stands above.")
    return time.perf_counter() - began, usage.ru_maxrss / 2**20


def main() -> None:
    """Reads the command line and prints a line per run."""
    hide_remarks()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="6000x4000", help="width x height of the scan")
    parser.add_argument("--methods", nargs="+", default=["guided"], choices=list(Method))
    parser.add_argument("--model", type=Path, help="run folder, .keras file or exported model")
    parser.add_argument("--memory", default="2GiB", help="what negcolor-colorize may take")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each method, in turn")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        scan, model = Path(folder, "scan.tif"), options.model or Path(folder, "model.keras")
        write_scan(scan, width, height)
        if not options.model:
            write_model(model)
        for _ in range(options.repeat):
            for method in options.methods:
                seconds, peak = measure(scan, model, Path(folder, "out"), method, options.memory)
                print(f"{method}, {options.size}: {seconds:.1f} s, {peak:.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
