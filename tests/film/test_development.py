"""Exposure, colored light, curves, layer interactions and grain against closed forms in NumPy."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import constants

from negcolor.film import development
from negcolor.film.development import (
    add_grain,
    characteristic_curve,
    develop,
    light_gains,
    log_exposure,
    mireds,
    transmittance,
)
from negcolor.film.stocks import BALANCES, COLOR_STOCKS, STOCKS, emulsion

PORTRA = emulsion(STOCKS["kodak_portra_400"])
LOG_H = np.linspace(-4.5, 0.5, 101)


def data_sheet_density(stock, log_h):
    """The data-sheet equation with the cap at 2.4, in float64, (N, layers)."""
    columns = []
    for dmin, gamma, x0, width, x1, ss in zip(
        stock.dmin, stock.gamma, stock.x0, stock.st, stock.x1, stock.ss, strict=True
    ):
        net = gamma * width * np.logaddexp(0, (log_h - x0) / width)
        if x1 is not None:
            net -= gamma * ss * np.logaddexp(0, (log_h - x1) / ss)
        columns.append(dmin + np.minimum(net, 2.4))
    return np.stack(columns, axis=-1)


def neutral(log_h, layers=3):
    return tf.constant(np.repeat(np.asarray(log_h)[:, np.newaxis], layers, 1), tf.float32)


@pytest.mark.parametrize("iso", [100, 400])
def test_mid_grey_receives_ten_over_iso_lux_seconds(iso):
    log_h = log_exposure(tf.constant([[0.18] * 3]), tf.constant(float(iso)))
    np.testing.assert_allclose(log_h, np.log10(10 / iso), atol=1e-6)


def test_a_stop_doubles_the_exposure_and_black_is_finite():
    linear = tf.constant([[0.0, 0.5, 1.0]])
    zero, one = (log_exposure(linear, tf.constant(200.0), stops) for stops in (0.0, 1.0))
    np.testing.assert_allclose(one - zero, np.log10(2), atol=1e-6)
    np.testing.assert_allclose(zero[0, 2] - zero[0, 0], 4, atol=1e-5)


@pytest.mark.parametrize("name", STOCKS)
def test_characteristic_curve_is_the_data_sheet_equation(name):
    stock = STOCKS[name]
    expected = data_sheet_density(stock, LOG_H)
    density = characteristic_curve(neutral(LOG_H, len(stock.dmin)), emulsion(stock))
    np.testing.assert_allclose(density, expected, atol=3e-6)


def test_portra_400_read_off_its_data_sheet():
    # Far above the toe the curve is the line gamma * (logH - x0).
    expected = np.array([0.22, 0.65, 0.87]) + [0.553 * 1.66, 0.558 * 1.72, 0.638 * 1.85]
    density = characteristic_curve(neutral([-1.0]), PORTRA)
    np.testing.assert_allclose(density[0], expected, atol=1e-4)


@pytest.mark.parametrize("name", STOCKS)
def test_neutral_exposures_land_on_the_characteristic_curves(name):
    stock = STOCKS[name]
    density = develop(neutral(LOG_H, len(stock.dmin)), emulsion(stock))
    # The fitted curve of Ektar 100 dips 0.001 below its base, and developed film does not.
    np.testing.assert_allclose(density, data_sheet_density(stock, LOG_H), atol=0.0015)


def test_dyes_mix_by_the_crosstalk_matrix(monkeypatch):
    monkeypatch.setattr(development, "INTERIMAGE", 0.0)
    red, green = -1.0, -1.8
    log_h = tf.constant([[red, green, green]], tf.float32)
    portra = STOCKS["kodak_portra_400"]
    crosstalk = np.array([[1, 0.082, 0.01], [0.125, 1, 0.153], [0.07, 0.006, 1]])
    net = data_sheet_density(portra, np.array([red, green])) - portra.dmin
    dyes = np.linalg.solve(crosstalk, net.T)  # columns: all dyes under either exposure
    expected = portra.dmin + crosstalk @ [dyes[0, 0], dyes[1, 1], dyes[2, 1]]
    np.testing.assert_allclose(develop(log_h, PORTRA)[0], expected, atol=1e-5)


@pytest.mark.parametrize("name", COLOR_STOCKS)
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_interimage_increases_saturation(monkeypatch, name, layer):
    film = emulsion(STOCKS[name])
    log_h = np.full((1, 3), np.log10(10 / film.iso))
    log_h[0, layer] += 0.4
    log_h = tf.constant(log_h, tf.float32)

    def saturation():
        net = (develop(log_h, film) - film.dmin)[0].numpy()
        return net[layer] - np.delete(net, layer).mean()

    with_interimage = saturation()
    monkeypatch.setattr(development, "INTERIMAGE", 0.0)
    assert with_interimage > saturation() + 0.01


@settings(deadline=None)
@given(st.lists(st.floats(-6, 2), min_size=3, max_size=3), st.sampled_from(COLOR_STOCKS))
def test_any_exposure_gives_a_finite_density_above_the_base(log_h, name):
    film = emulsion(STOCKS[name])
    density = develop(tf.constant([log_h], tf.float32), film).numpy()
    assert np.isfinite(density).all()
    assert (density >= film.dmin).all()
    assert (density <= film.dmin + 1.4 * 2.4).all()


def test_grain_follows_selwyn():
    pitch_um = 6.35  # 4000 dpi
    net = np.float32([0.25, 1.0])
    film = emulsion(dataclasses.replace(STOCKS["kodak_portra_400"], grain=4.0))
    clean = tf.tile((film.dmin + net[:, np.newaxis])[:, np.newaxis], [1, 40_000, 1])
    grain = (add_grain(clean, film, pitch_um, (1, 2)) - clean).numpy()
    # 40 000 samples: the standard error of a standard deviation is 0.35 %.
    np.testing.assert_allclose(grain[1].std(axis=0), 0.0425 * 4 / pitch_um, rtol=0.02)
    np.testing.assert_allclose(grain[0].std(axis=0), 0.0425 * 4 / pitch_um / 2, rtol=0.02)
    np.testing.assert_allclose(grain.mean(axis=1), 0, atol=6e-4)
    assert abs(np.corrcoef(grain[1].T) - np.eye(3)).max() < 0.03


def test_clear_film_has_no_grain():
    clear = tf.constant(PORTRA.dmin[np.newaxis])
    np.testing.assert_array_equal(add_grain(clear, PORTRA, 6.35, (0, 0)), clear)


def test_transmittance_is_the_tenth_power():
    np.testing.assert_allclose(
        transmittance(tf.constant([0.0, 1.0, 2.4])), [1, 0.1, 10**-2.4], 1e-6
    )


DAYLIGHT = BALANCES["daylight"]


def planck(nm, kelvin):
    wavelength = nm * 1e-9
    return wavelength**-5 / np.expm1(
        constants.h * constants.c / (wavelength * constants.k * kelvin)
    )


@pytest.mark.parametrize("kelvin", [2700, 4000, 5500, 7500])
def test_gains_are_those_of_black_bodies(kelvin):
    gains = light_gains(tf.constant(mireds(kelvin) - mireds(DAYLIGHT), tf.float32)).numpy()
    ratio = [planck(nm, kelvin) / planck(nm, DAYLIGHT) for nm in (650, 550, 450)]
    # Wien's approximation is 1.8 % off for red at 5500 K, and that is the most here.
    np.testing.assert_allclose(gains / gains[1], np.divide(ratio, ratio[1]), rtol=0.025)


def test_the_films_own_light_changes_nothing_and_white_keeps_its_luminance():
    np.testing.assert_allclose(light_gains(tf.constant(0.0)), 1.0, atol=1e-6)
    for mired in (-150.0, 190.0):
        gains = light_gains(tf.constant(mired)).numpy()
        assert gains @ (0.2126, 0.7152, 0.0722) == pytest.approx(1.0, abs=1e-6)


def test_tungsten_light_is_red_and_daylight_on_tungsten_film_blue():
    red, green, blue = light_gains(tf.constant(168.0)).numpy()
    assert red > 1.8 * green > 3.6 * blue
    red, green, blue = light_gains(tf.constant(-131.0)).numpy()
    assert red < 0.7 * green < 0.5 * blue
