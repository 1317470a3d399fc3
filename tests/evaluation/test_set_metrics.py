"""FID, KID and Inception Score against closed forms and their definitions in plain loops."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from negcolor.errors import NegcolorError
from negcolor.evaluation.set_metrics import fid, inception_score, kid


def rows_with(mean, covariance, count, seed=0):
    """Rows whose sample mean and unbiased covariance are exactly these."""
    raw = np.random.default_rng(seed).normal(size=(count, len(mean)))
    raw -= raw.mean(0)
    whitened = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / (count - 1)).T)
    return mean + whitened @ np.linalg.cholesky(covariance).T


def test_fid_of_gaussians_in_one_dimension():
    # (mean difference)² + (difference of the standard deviations)²
    x, y = rows_with([2.0], [[9.0]], 50), rows_with([5.0], [[1.0]], 70, seed=1)
    assert fid(x, y) == pytest.approx(3.0**2 + (3.0 - 1.0) ** 2)


def test_fid_of_gaussians_whose_covariances_commute():
    # Diagonal: sum over (mean difference)² + (difference of standard deviations)².
    one, two = np.array([1.0, 4.0, 0.25]), np.array([9.0, 1.0, 0.25])
    x = rows_with([0.0, 1.0, 2.0], np.diag(one), 40)
    y = rows_with([1.0, 1.0, 0.0], np.diag(two), 30, seed=1)
    assert fid(x, y) == pytest.approx(5.0 + np.sum((np.sqrt(one) - np.sqrt(two)) ** 2))


def test_fid_of_any_gaussians_is_heusels_formula():
    rng = np.random.default_rng(5)
    roots = rng.normal(size=(2, 6, 6))
    one, two = (root @ root.T + 0.1 * np.eye(6) for root in roots)
    means = rng.normal(size=(2, 6))
    x, y = rows_with(means[0], one, 40), rows_with(means[1], two, 30, seed=1)
    expected = np.sum((means[0] - means[1]) ** 2) + np.trace(one + two - 2 * sqrtm(one @ two).real)
    assert fid(x, y) == pytest.approx(expected)


def test_fid_of_fewer_rows_than_features():
    # Spread along different axes: the product of the covariances vanishes, the traces remain.
    x, y = np.zeros((2, 3, 50))
    x[:, 0] = [-1.0, 0.0, 1.0]
    y[:, 1] = [-2.0, 0.0, 2.0]
    assert fid(x, y) == pytest.approx(1.0 + 4.0)


def test_equal_sets_are_at_no_distance():
    x = np.random.default_rng(0).normal(size=(20, 64))
    assert 0.0 <= fid(x, x[::-1]) < 1e-10


def mmd(x, y):
    """Gretton et al. 2012, eq. 3, term by term."""

    def kernel(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    n, m = len(x), len(y)
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += kernel(x[i], x[j]) / (n * (n - 1)) if i != j else 0.0
    for i in range(m):
        for j in range(m):
            total += kernel(y[i], y[j]) / (m * (m - 1)) if i != j else 0.0
    for i in range(n):
        for j in range(m):
            total -= 2 * kernel(x[i], y[j]) / (n * m)
    return total


def test_kid_of_whole_sets_is_its_definition():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 4)), rng.normal(0.5, 1.0, size=(7, 4))
    mean, deviation = kid(x, y)
    assert mean == pytest.approx(mmd(x, y))
    assert deviation == 0.0


def test_kid_averages_over_subsets():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    pairs = ([0, 1], [0, 2], [1, 2])
    estimates = [mmd(x[i], y[j]) for i in pairs for j in pairs]
    mean, deviation = kid(x, y, subsets=4000, subset_size=2)
    spread = np.std(estimates)
    assert mean == pytest.approx(np.mean(estimates), abs=4 * spread / np.sqrt(4000))
    assert deviation == pytest.approx(spread, rel=0.1)


def test_kid_of_sets_of_different_size_takes_subsets_of_the_larger():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    estimates = [mmd(x[i], y) for i in ([0, 1], [0, 2], [1, 2])]
    mean, deviation = kid(x, y, subsets=2000)
    assert mean == pytest.approx(np.mean(estimates), abs=4 * np.std(estimates) / np.sqrt(2000))
    assert deviation == pytest.approx(np.std(estimates), rel=0.1)


def test_kid_is_unbiased():
    # Sets of one population: the estimates average to zero, whatever the size.
    rng = np.random.default_rng(4)
    estimates = [kid(*rng.normal(size=(2, 10, 3)))[0] for _ in range(500)]
    assert abs(np.mean(estimates)) < 3 * np.std(estimates) / np.sqrt(500)
    assert min(estimates) < 0


def test_the_seed_decides_the_subsets():
    x, y = np.random.default_rng(6).normal(size=(2, 20, 3))
    one, again, other = (kid(x, y, subsets=5, subset_size=4, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


@pytest.mark.parametrize("distance", [fid, kid])
def test_a_single_image_has_no_distribution(distance):
    with pytest.raises(NegcolorError, match="at least two pictures"):
        distance(np.zeros((1, 4)), np.zeros((5, 4)))


def test_inception_score_by_hand():
    # p(class) = (1/2, 1/2): KL of (0.9, 0.1) is 0.9 ln 1.8 + 0.1 ln 0.2, of its mirror likewise.
    score, deviation = inception_score(np.array([[0.9, 0.1], [0.1, 0.9]]), splits=1)
    assert score == pytest.approx(np.exp(0.9 * np.log(1.8) + 0.1 * np.log(0.2)))
    assert deviation == 0.0


@pytest.mark.filterwarnings("error")
def test_inception_score_reaches_its_bounds():
    assert inception_score(np.eye(7), splits=1) == (pytest.approx(7.0), 0.0)
    assert inception_score(np.full((20, 7), 1 / 7)) == (pytest.approx(1.0), pytest.approx(0.0))


def test_inception_score_of_splits():
    # Two parts: one shows two classes, the other a single one.
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert inception_score(probabilities, splits=2) == pytest.approx((1.5, 0.5))


def test_inception_score_has_no_more_splits_than_images():
    assert inception_score(np.eye(3), splits=10) == pytest.approx((1.0, 0.0))
    with pytest.raises(NegcolorError, match="at least one picture"):
        inception_score(np.empty((0, 1000)))
