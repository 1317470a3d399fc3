"""Images that the tests of several files share, and how they compare what was read."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from negcolor.images.io import read

HEIGHT, WIDTH = 21, 34

sys.path.append(str(Path(__file__).parents[2] / "tools"))  # for image_samples, fuzz_images


@pytest.fixture(scope="session")
def rgb8() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def rgb16() -> np.ndarray:
    return np.random.default_rng(16).integers(0, 65536, (HEIGHT, WIDTH, 3), dtype=np.uint16)


@pytest.fixture(scope="session")
def smooth() -> np.ndarray:
    """An image that JPEG keeps well."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([5 * x, 10 * y, 200 - 3 * x - 3 * y], axis=-1).astype(np.uint8)


@pytest.fixture(scope="session")
def check() -> Callable[[Path, np.ndarray], None]:
    """Asserts that a file reads as exactly the expected pixels."""

    def compare(path: Path, expected: np.ndarray) -> None:
        pixels = read(path)
        assert pixels.dtype == expected.dtype
        assert pixels.flags.c_contiguous
        np.testing.assert_array_equal(pixels, expected)

    return compare
