"""The stocks as data: ISO 6, mid grey, the film base."""

import subprocess
import sys

import numpy as np
import pytest

from negcolor.film.stocks import COLOR_STOCKS, STOCKS, emulsion, stack_emulsions

BLACK_AND_WHITE = [name for name in STOCKS if name not in COLOR_STOCKS]


def net_density(stock, log_h):
    """The data-sheet equation in float64, (..., layers)."""
    log_h = np.asarray(log_h, float)[..., np.newaxis]
    density = np.array(stock.gamma) * stock.st * np.logaddexp(0, (log_h - stock.x0) / stock.st)
    for layer, (x1, ss) in enumerate(zip(stock.x1, stock.ss, strict=True)):
        if x1 is not None:
            bend = np.logaddexp(0, (log_h[..., 0] - x1) / ss)
            density[..., layer] -= stock.gamma[layer] * ss * bend
    return density


def test_every_curve_has_all_its_layers():
    for name, stock in STOCKS.items():
        assert stock.name == name
        layers = 3 if stock.kind == "color" else 1
        fields = (stock.dmin, stock.gamma, stock.x0, stock.st, stock.x1, stock.ss)
        assert {len(field) for field in fields} == {layers}
        assert [x is None for x in stock.x1] == [s is None for s in stock.ss]


@pytest.mark.parametrize("name", BLACK_AND_WHITE)
def test_black_and_white_stocks_meet_the_iso_6_speed_criterion(name):
    stock = STOCKS[name]
    speed_point = np.log10(0.8 / stock.iso)
    low, high = net_density(stock, [speed_point, speed_point + 1.30])[:, 0]
    np.testing.assert_allclose(low, 0.10, atol=1e-9)
    np.testing.assert_allclose(high - low, 0.80, atol=1e-9)
    assert 0.25 <= stock.dmin[0] <= 0.30


@pytest.mark.parametrize("name", STOCKS)
def test_mid_grey_gives_a_usual_density(name):
    stock = STOCKS[name]
    grey = net_density(stock, np.log10(10 / stock.iso))
    # Pro 400H has a true speed below its rating: its data sheet puts mid grey 0.2 D lower.
    low, high = (0.40, 0.50) if name == "fujifilm_pro_400h" else (0.55, 0.855)
    assert (grey > low).all()
    assert (grey < high).all()


@pytest.mark.parametrize("name", STOCKS)
def test_base_is_orange_in_color_films_only(name):
    dmin = STOCKS[name].dmin
    assert sorted(dmin) == list(dmin)
    assert len(set(dmin)) == (3 if name in COLOR_STOCKS else 1)


def test_emulsion_writes_a_missing_shoulder_as_infinitely_far():
    film = emulsion(STOCKS["kodak_portra_160"])
    np.testing.assert_array_equal(film.x1, np.float32([0.87, 1.49, np.inf]))
    np.testing.assert_array_equal(film.ss, np.float32([0.33, 0.36, 1]))
    assert all(field.dtype == np.float32 for field in film)


def test_stacked_black_and_white_films_have_three_layers_alike():
    films = stack_emulsions([STOCKS["kodak_portra_160"], STOCKS["ilford_hp5_plus"]])
    assert films.iso.tolist() == [160, 400]
    np.testing.assert_array_equal(films.dmin, np.float32([[0.21, 0.62, 0.84], [0.26] * 3]))


@pytest.mark.slow
def test_stocks_and_inversion_do_not_import_tensorflow():
    code = (
        "import sys, negcolor.film.stocks, negcolor.converters.classical, negcolor.film.dataset;"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
