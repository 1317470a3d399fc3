"""The model that comes with the package, on photographs that it was not trained on."""

import numpy as np
import pytest
from skimage import data

from negcolor.converters.classical import density_stretch
from negcolor.evaluation.metrics import compare
from negcolor.film.simulation import simulate
from negcolor.images.resize import downscale_to
from negcolor.inference.models import (
    DEFAULT_MODEL,
    bundled_models,
    default_folder,
    load_converter,
)

LONG_SIDE = 192
SHOTS = [
    (data.astronaut, "kodak_portra_400", 0.0),
    (data.coffee, "fujifilm_200", 1.0),
    (data.chelsea, "kodak_gold_200", 0.5),
    (data.rocket, "kodak_ektar_100", -0.5),
    (data.coffee, "kodak_ultramax_400", 2.0),
    (data.astronaut, "kodak_portra_160", -1.0),
]


@pytest.fixture(scope="module")
def converter():
    return load_converter(DEFAULT_MODEL)


def test_it_is_small_and_says_what_it_was_made_of():
    (model,) = (m for m in bundled_models() if m.name == DEFAULT_MODEL)
    assert model.size < 25e6
    card = (default_folder() / "MODEL_CARD.md").read_text("utf-8")
    for text in ("CC BY-SA 4.0", "Unsplash", "CC0", "CC BY 4.0", "ΔE2000", "## Limits"):
        assert text in card


@pytest.mark.slow
def test_it_is_nearer_to_the_truth_than_the_density_stretch(converter):
    found = []
    for photograph, stock, stops in SHOTS:
        photo = downscale_to(photograph(), LONG_SIDE)
        scan = simulate(photo, stock, exposure_stops=stops)
        found.append(
            [compare(run(scan), photo).delta_e for run in (converter.run, density_stretch)]
        )
    model, stretch = np.mean(found, axis=0)
    assert model < stretch


def test_a_black_and_white_negative_becomes_grey(converter):
    scan = simulate(downscale_to(data.astronaut(), LONG_SIDE), "ilford_hp5_plus")
    result = converter.run(scan)
    assert np.ptp(result, axis=-1).mean() < 0.02
    assert result.std() > 0.15


def test_holder_rebate_and_perforations_spoil_little(converter):
    photo = downscale_to(data.coffee(), LONG_SIDE)
    scan = simulate(photo, "kodak_portra_400")
    framed = scan.copy()
    framed[-22:] = scan.max(axis=(0, 1))  # rebate
    for left in range(4, 180, 25):
        framed[-16:-5, left : left + 14] = 1.0
    framed[:8] = framed[:, :10] = 0.02  # holder
    inside = np.s_[24:-24, 24:-24]
    clean, spoilt = (
        compare(converter.run(x)[inside], photo[inside]).delta_e for x in (scan, framed)
    )
    assert spoilt < clean + 1.5
    assert compare(density_stretch(framed)[inside], photo[inside]).delta_e > 20
