"""An evaluation as a whole, with converters whose results are known."""

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.evaluation import gallery
from negcolor.evaluation.dataset import open_data
from negcolor.evaluation.evaluate import evaluate
from negcolor.evaluation.gallery import ERROR_LIMIT, Gallery, error_colors
from negcolor.evaluation.measurement import measure
from negcolor.evaluation.metrics import compare
from negcolor.evaluation.set_metrics import ImageSets
from negcolor.images.color import to_unit
from negcolor.images.io import read

CONVERTERS = {"inversion": lambda x: np.float32(1) - x, "nothing": lambda x: x}


class MeanColor:
    """In place of the Inception network: an image's mean color, and two classes."""

    def features(self, images):
        return np.stack([image.mean((0, 1)) for image in images]).astype("float64")

    def probabilities(self, images):
        return np.stack([[image.mean(), 1 - image.mean()] for image in images])


def run(folder, inception=None):
    """The evaluation, and what was told on the way."""
    told = []
    sets = ImageSets(inception, "" if inception else "no weights")
    result = evaluate(open_data(folder), CONVERTERS, sets, lambda *step: told.append(step))
    return result, told


def test_each_image_is_compared_with_its_truth(benchmark_folder):
    folder = benchmark_folder(traits=[{"stock": "gold"}, {"stock": "gold"}, {"stock": "ektar"}])
    result, told = run(folder)
    assert told == [("1.png", None), ("2.png", None), ("3.png", None)]
    assert (result.images, result.left_out, result.sets.missing) == (3, (), "no weights")
    assert [(row.image, row.method) for row in result.rows[:3]] == [
        ("1.png", "inversion"),
        ("1.png", "nothing"),
        ("2.png", "inversion"),
    ]
    negative, truth = (to_unit(read(folder / part / "1.png")) for part in ("testA", "truthA"))
    assert result.rows[1].metrics == compare(negative, truth)
    assert result.summaries["inversion"].metrics["delta_e"].mean == pytest.approx(0, abs=1e-3)
    assert list(result.groups) == ["stock"]
    assert result.groups["stock"]["gold"]["nothing"].images == 2


def test_unusable_images_are_left_out(benchmark_folder):
    folder = benchmark_folder()
    (folder / "testA" / "2.png").write_bytes(b"no picture")
    result, told = run(folder)
    (reason,) = result.left_out
    assert "2.png" in reason
    assert told[1] == ("2.png", reason)
    assert result.images == 2
    assert {row.image for row in result.rows} == {"1.png", "3.png"}
    assert [panel.name for panel in result.gallery.panels] == ["1.png", "3.png"]


def test_nothing_to_evaluate_is_refused(benchmark_folder):
    folder = benchmark_folder(["1.png"])
    (folder / "truthA" / "1.png").write_bytes(b"no picture")
    with pytest.raises(NegcolorError, match=r"no picture of .*testA could be evaluated"):
        run(folder)


def test_sets_are_compared_with_the_photographs(benchmark_folder):
    folder = benchmark_folder(truths=False, photographs=3)
    result, told = run(folder, MeanColor())
    assert [name for name, _ in told] == ["1.png", "2.png", "3.png", "0.png", "1.png", "2.png"]
    assert result.rows == ()
    assert result.summaries == {}
    assert list(result.sets.metrics) == ["inversion", "nothing"]
    assert result.sets.metrics["inversion"].fid > 0


def test_sets_are_compared_with_truths_where_there_are_no_photographs(benchmark_folder):
    result, _ = run(benchmark_folder(), MeanColor())
    assert result.sets.metrics["inversion"].fid == pytest.approx(0, abs=1e-6)
    assert result.sets.metrics["nothing"].fid > 1e-5


def test_a_broken_photograph_is_left_out(benchmark_folder):
    folder = benchmark_folder(photographs=3)
    (folder / "testB" / "0.png").write_bytes(b"")
    result, told = run(folder, MeanColor())
    assert told[3] == ("0.png", result.left_out[0])
    assert result.images == 3
    assert result.sets.metrics["nothing"].fid > 0


def test_a_single_image_makes_no_set(benchmark_folder):
    result, _ = run(benchmark_folder(["1.png"]), MeanColor())
    assert result.sets.missing == "they take at least 2 results and 2 color photographs"


def test_the_gallery_is_spread_and_knows_best_and_worst(benchmark_folder, monkeypatch):
    monkeypatch.setattr(gallery, "SHOWN", 3)
    monkeypatch.setattr(gallery, "EXTREMES", 1)
    names = [f"{number}.png" for number in range(5)]
    samples = open_data(benchmark_folder(names)).samples
    shown = Gallery(samples)
    mistakes = {"0.png": 0.3, "1.png": 0.0, "2.png": 0.2, "3.png": 0.6, "4.png": 0.1}
    for sample in samples:
        mistake = np.float32(mistakes[sample.name])
        shown.add(measure(sample, {"method": lambda x, m=mistake: np.abs(1 - x - m)}))
    assert [panel.name for panel in shown.panels] == ["0.png", "2.png", "4.png"]
    assert list(shown.extremes["method"]) == ["1.png", "3.png"]


def test_colors_of_errors_grow_lighter():
    steps = error_colors(np.linspace(0, ERROR_LIMIT, 20)).sum(-1, dtype=int)
    assert (np.diff(steps) > 0).all()
    np.testing.assert_array_equal(
        error_colors(np.array([500.0])), error_colors(np.array([ERROR_LIMIT]))
    )
