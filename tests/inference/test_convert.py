"""Which method is taken for which image, and that each does what it says."""

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference import convert, tiled
from negcolor.inference.convert import BASE, Method, NegativeConverter
from negcolor.inference.models import generator_converter
from negcolor.inference.trims import Trims, apply_trims
from negcolor.networks.generator import build_generator

GIB = 2**30
METHODS = [Method.WHOLE, Method.TILED, Method.GUIDED]


@pytest.fixture
def inverting(monkeypatch):
    """A converter that inverts and could do it in tiles, and what its passes were asked."""
    calls = []

    def run(image):
        calls.append(("one pass", image.shape))
        return 1 - image

    def tiled_pass(generator, image, memory):
        calls.append(("tiles", image.shape))
        unit = image / np.iinfo(image.dtype).max if image.dtype.kind == "u" else image
        for start in range(0, len(image), 10):
            yield start, (1 - unit[start : start + 10]).astype("float32")

    monkeypatch.setattr(tiled, "tiled_pass", tiled_pass)
    generator = build_generator(GeneratorConfig(residual_blocks=1))

    def make(**options):
        return NegativeConverter(run, generator, **options)

    return make, calls


def sealed(**options):
    """A converter whose layers are not known."""
    return NegativeConverter(lambda image: 1 - image, **options)


@pytest.mark.parametrize(
    ("shape", "known", "memory", "expected"),
    [
        ((768, 1024, 3), True, 2 * GIB, Method.WHOLE),
        ((768, 1025, 3), True, 2 * GIB, Method.GUIDED),
        ((4000, 6000, 3), True, 64 * GIB, Method.GUIDED),
        ((768, 1024, 3), True, 1 * GIB, Method.TILED),
        ((768, 1024, 3), False, 1 * GIB, Method.WHOLE),
        ((4000, 6000, 3), False, 1 * GIB, Method.GUIDED),
    ],
)
def test_auto_goes_by_size_and_memory(inverting, shape, known, memory, expected):
    converter = (inverting[0] if known else sealed)(memory=memory)
    assert converter.choose_method(shape) is expected


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_is_asked_for_is_taken(inverting, method):
    make, _ = inverting
    assert make(method=method).choose_method((9000, 9000, 3)) is method


def test_tiles_need_the_layers():
    with pytest.raises(NegcolorError, match="--method tiled needs the network's layers"):
        sealed(method=Method.TILED)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scanned", ["uint8", "uint16"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_every_method_takes_and_gives_every_depth(inverting, method, scanned, dtype):
    make, _ = inverting
    full = np.iinfo(scanned).max
    scan = np.random.default_rng(0).integers(0, full + 1, (33, 27, 3), dtype=scanned)
    result = make().convert(scan, method, dtype).pixels
    assert (result.dtype, result.shape) == (dtype, scan.shape)
    white = np.iinfo(dtype).max if "int" in dtype else 1
    tolerance = 1.01 / white if "int" in dtype else 1e-5
    np.testing.assert_allclose(result / white, 1 - scan / full, atol=max(tolerance, 2e-5))


def test_the_reduced_image_goes_through_in_one_pass_or_in_tiles_by_memory(inverting, monkeypatch):
    monkeypatch.setattr(convert, "LONG_SIDE", 64)
    make, calls = inverting
    scan = np.zeros((125, 94, 3), "uint8")
    for memory, way in ((BASE + 4_000_000, "one pass"), (BASE + 3_900_000, "tiles")):
        make(memory=memory).convert(scan, Method.GUIDED, "uint8")
        assert calls.pop() == (way, (64, 48, 3))
        assert not calls


def test_the_memory_of_table_1_is_what_its_widest_tensors_take():
    generator = build_generator(GeneratorConfig(residual_blocks=1))
    # 64 channels of float32 at full size, five times.
    needed = BASE + 5 * 64 * 4 * 768 * 1024
    for memory, method in ((needed, Method.WHOLE), (needed - 1, Method.TILED)):
        converter = NegativeConverter(None, generator, memory=memory)
        assert converter.choose_method((768, 1024, 3)) is method
    assert BASE < GIB


@pytest.mark.parametrize("method", METHODS)
def test_every_method_trims_before_it_rounds(inverting, method):
    make, _ = inverting
    scan = np.random.default_rng(0).integers(0, 256, (333, 21, 3), dtype="uint8")
    trims = Trims(exposure=-2, contrast=1.5)
    result = make(trims=trims).convert(scan, method, "uint16").pixels
    plain = make().convert(scan, method, "float32").pixels
    np.testing.assert_allclose(result / 65535, apply_trims(plain, trims), atol=1e-5)
    assert len(np.unique(result)) > 200  # none of the 8 bits is lost in the dark


def test_a_converter_is_a_function_of_an_image(generator):
    image = np.random.default_rng(0).integers(0, 256, (30, 1100, 3), dtype="uint8")
    converter = generator_converter(generator)
    expected = converter.convert(image, Method.GUIDED, "uint8").pixels
    np.testing.assert_array_equal(converter(image), expected)
