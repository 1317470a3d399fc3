"""A roll looks like one roll."""

import keras
import numpy as np
import pytest
from skimage import data

from negcolor.converters.negadoctor import negadoctor
from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.film.simulation import simulate
from negcolor.images.color import from_unit
from negcolor.images.io import write
from negcolor.inference.convert import NegativeConverter
from negcolor.inference.models import generator_converter
from negcolor.inference.roll import roll_converter
from negcolor.networks.generator import build_generator

CARD = np.array([200, 60, 40], "uint8")  # the same thing in every frame


@pytest.fixture(scope="module")
def converter():
    keras.utils.set_random_seed(0)
    config = GeneratorConfig(filters=4, residual_blocks=1, prior="density")
    return generator_converter(build_generator(config))


@pytest.fixture(scope="module")
def frames():
    """Negatives of different scenes, all with the card in a corner, 16 bits."""
    scenes = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket()]
    result = []
    for scene in scenes:
        photo = scene[:256:2, :256:2].copy()
        photo[:40, :40] = CARD
        result.append(from_unit(simulate(photo), "uint16"))
    return result


@pytest.fixture
def roll(frames, tmp_path):
    files = [tmp_path / f"{number}.tif" for number in range(len(frames))]
    for file, frame in zip(files, frames, strict=True):
        write(file, frame)
    return files


def card_in(converter, frame):
    return converter.run((frame / 65535).astype("float32"))[5:35, 5:35].mean((0, 1))


def test_one_thing_looks_the_same_in_every_frame(converter, frames, roll):
    alike = roll_converter(converter, roll)
    single = np.ptp([card_in(converter, frame) for frame in frames], axis=0)
    together = np.ptp([card_in(alike, frame) for frame in frames], axis=0)
    assert together.max() < 0.02
    assert single.max() > 0.1


def test_a_blank_and_a_broken_frame_spoil_nothing(converter, frames, roll, tmp_path):
    write(tmp_path / "blank.tif", np.full((60, 80, 3), 40000, "uint16"))
    (tmp_path / "broken.tif").write_bytes(b"no picture")
    clean = card_in(roll_converter(converter, roll), frames[0])
    spoilt = [*roll, tmp_path / "blank.tif", tmp_path / "broken.tif"]
    np.testing.assert_allclose(
        card_in(roll_converter(converter, spoilt), frames[0]), clean, atol=0.1
    )


def test_without_a_frame_there_is_no_roll(converter, tmp_path):
    (tmp_path / "broken.tif").write_bytes(b"no picture")
    with pytest.raises(NegcolorError, match=r"broken\.tif"):
        roll_converter(converter, [tmp_path / "broken.tif"])


def test_converters_without_known_layers_or_prior_are_refused(roll):
    with pytest.raises(NegcolorError, match="--roll needs the layers"):
        roll_converter(NegativeConverter(negadoctor), roll)
    plain = generator_converter(build_generator(GeneratorConfig(filters=4, residual_blocks=1)))
    with pytest.raises(NegcolorError, match="--prior density"):
        roll_converter(plain, roll)
