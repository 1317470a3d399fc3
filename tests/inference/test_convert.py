"""Which method is taken for which image, and that each does what it says."""

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference.convert import BASE, Method, choose_method, convert
from negcolor.inference.models import KerasNetwork
from negcolor.inference.trims import Trims, apply_trims
from negcolor.networks.generator import build_generator

GIB = 2**30


class Layered(KerasNetwork):
    """A network that can run in bands; it inverts, and notes how it was asked to."""

    bytes_per_pixel = 5 * 64 * 4

    def __init__(self):
        self.calls = []

    def run(self, image):
        self.calls.append(("one pass", image.shape))
        return 1 - image

    def run_in_bands(self, image, memory):
        self.calls.append(("bands", image.shape))
        unit = image / np.iinfo(image.dtype).max if image.dtype.kind == "u" else image
        for start in range(0, len(image), 10):
            yield start, (1 - unit[start : start + 10]).astype("float32")


class Sealed:
    """A network whose layers are not known."""

    def run(self, image):
        return 1 - image


@pytest.mark.parametrize(
    ("shape", "network", "memory", "expected"),
    [
        ((768, 1024, 3), Layered(), 2 * GIB, Method.WHOLE),
        ((768, 1025, 3), Layered(), 2 * GIB, Method.GUIDED),
        ((4000, 6000, 3), Layered(), 64 * GIB, Method.GUIDED),
        ((768, 1024, 3), Layered(), 1 * GIB, Method.TILED),
        ((768, 1024, 3), Sealed(), 1 * GIB, Method.WHOLE),
        ((4000, 6000, 3), Sealed(), 1 * GIB, Method.GUIDED),
    ],
)
def test_auto_goes_by_size_and_memory(shape, network, memory, expected):
    assert choose_method(shape, network, Method.AUTO, memory) is expected


@pytest.mark.parametrize("method", [Method.WHOLE, Method.TILED, Method.GUIDED])
def test_a_method_that_is_asked_for_is_taken(method):
    assert choose_method((9000, 9000, 3), Layered(), method, 2 * GIB) is method


def test_bands_need_the_layers():
    with pytest.raises(NegcolorError, match="--method tiled needs the network's layers"):
        choose_method((10, 10, 3), Sealed(), Method.TILED, 2 * GIB)


@pytest.mark.parametrize("method", [Method.WHOLE, Method.TILED, Method.GUIDED])
@pytest.mark.parametrize("scanned", ["uint8", "uint16"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_every_method_takes_and_gives_every_depth(method, scanned, dtype):
    full = np.iinfo(scanned).max
    scan = np.random.default_rng(0).integers(0, full + 1, (33, 27, 3), dtype=scanned)
    result = convert(scan, Layered(), method, 2 * GIB, dtype)
    assert (result.dtype, result.shape) == (dtype, scan.shape)
    white = np.iinfo(dtype).max if "int" in dtype else 1
    tolerance = 1.01 / white if "int" in dtype else 1e-5
    np.testing.assert_allclose(result / white, 1 - scan / full, atol=max(tolerance, 2e-5))


def test_the_reduced_image_goes_through_in_one_pass_or_in_bands_by_memory():
    scan = np.zeros((2000, 1500, 3), "uint8")
    for memory, way in ((4 * GIB, "one pass"), (1 * GIB, "bands")):
        network = Layered()
        convert(scan, network, Method.GUIDED, memory, "uint8")
        assert network.calls == [(way, (1024, 768, 3))]


def test_the_memory_of_table_1_is_what_its_widest_tensors_take():
    generator = build_generator(GeneratorConfig(residual_blocks=1))
    # 64 channels of float32 at full size, five times.
    assert KerasNetwork(generator).bytes_per_pixel == Layered.bytes_per_pixel
    assert BASE < GIB


@pytest.mark.parametrize("method", [Method.WHOLE, Method.TILED, Method.GUIDED])
def test_every_method_trims_before_it_rounds(method):
    scan = np.random.default_rng(0).integers(0, 256, (333, 21, 3), dtype="uint8")
    trims = Trims(exposure=-2, contrast=1.5)
    result = convert(scan, Layered(), method, 2 * GIB, "uint16", trims)
    plain = convert(scan, Layered(), method, 2 * GIB, "float32")
    np.testing.assert_allclose(result / 65535, apply_trims(plain, trims), atol=1e-5)
    assert len(np.unique(result)) > 200  # none of the 8 bits is lost in the dark
