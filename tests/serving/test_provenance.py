"""What is said about where a model comes from, for runs of both kinds."""

import json

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.run_folder import create_run, write_metrics
from negcolor.serving.provenance import find_provenance
from pipelines import demo_roll


@pytest.fixture
def make_run(tmp_path):
    """Makes a run folder of a configuration with a history."""

    def make(config, history="epoch,generator G\n1,0.5\n"):
        create_run(tmp_path / "run", config)
        (tmp_path / "run" / "history.csv").write_text(history)
        return tmp_path / "run"

    return make


def test_metrics_of_generator_g_are_shown_where_the_run_has_them(make_run):
    run = make_run(CycleGANConfig())
    assert "no figures on pictures that were held out" in find_provenance(run).metrics
    write_metrics(run, 1, {"this model": {"psnr": 18.853, "ssim": 0.69, "delta_e": 11.9}})
    shown = find_provenance(run).metrics
    assert "the run's 1 test picture(s),\nwhich were not trained on" in shown
    assert "| this model | 18.85 | 0.690 | 11.90 |" in shown


def test_metrics_of_a_system_are_shown_where_the_run_has_them(make_run):
    run = make_run(ColorizationConfig("archaeology-gan", filters=8))
    row = {"ab_error": 9.5, "psnr": 22.125, "ssim": 0.9, "delta_e": 8.0, "colorfulness": 21.0}
    write_metrics(run, 4, {"this system": row, "grey": row | {"colorfulness": 0.0}})
    provenance = find_provenance(run)
    assert "4 held-out picture(s)" in provenance.metrics
    assert "| this system | 9.500 | 22.125 | 0.900 | 8.000 | 21.000 |" in provenance.metrics
    assert "| grey | 9.500 |" in provenance.metrics
    assert "pretraining, 27 epochs, then phase_1, 100 epochs" in provenance.rows["training"]
    assert "8 filters in place of 64" in provenance.rows["training"]


def test_metrics_that_a_run_does_not_record_are_left_out(make_run):
    run = make_run(ColorizationConfig("unet-gan", epochs=1))
    record = {"pictures": 1, "figures": {"this system": {"ab_error": 9.5, "psnr": 21.0}}}
    (run / "figures.json").write_text(json.dumps(record))
    table = find_provenance(run).metrics
    assert "| this system | 9.500 | 21.000 |" in table
    assert "SSIM" not in table


def test_a_run_whose_last_phase_counts_steps(make_run):
    config = CycleGANConfig(recipe="film", prior="density", film="wide", pretrain_steps=70)
    provenance = find_provenance(make_run(config, "step,l1 G,learning rate G\n70,0.5,0.1\n"))
    assert "recipe film (balance, 18000 steps" in provenance.rows["training"]
    assert "done up to step 70 of the last phase" in provenance.rows["training"]
    assert "| 0.500 |" in provenance.metrics


def test_an_adapted_model_names_what_it_was_adapted_from(make_run):
    config = CycleGANConfig(
        data="roll", recipe="adapt", prior="density", pretrain_steps=50, start="/somebody/film"
    )
    rows = find_provenance(make_run(config, "step,appearance G\n50,0.5\n")).rows
    assert rows["modification"] == "that of film, from which it was adapted"
    assert "differs from the baseline in" not in rows
    assert "baseline" not in " ".join(rows.values())


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ("none", "**inception with RANDOM weights: this is not the system of the paper**"),
        ("keras", "inception, weights of Keras' own download"),
        ("/home/somebody/mine.h5", "inception, weights of mine.h5"),
    ],
)
def test_pretrained_parts_are_named_with_their_weights(make_run, weights, text):
    run = make_run(ColorizationConfig("deep-koalarization", backbone_weights=weights))
    assert find_provenance(run).rows["pretrained parts"] == text


@pytest.mark.parametrize("config", [CycleGANConfig(), ColorizationConfig("pix2pix")])
def test_the_built_in_photographs_are_named_with_their_licenses(make_run, config):
    rows = find_provenance(make_run(config)).rows
    assert ("film" in rows["training data"]) == isinstance(config, CycleGANConfig)
    for file in demo_roll.ON_FILM + demo_roll.COLOR:
        name = demo_roll.photograph(file).stem
        assert name in rows["training data"]
        assert f"{name}: " in rows["license of the training data"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("tfds:coco/2017", "tfds:coco/2017"),
        ("tfds:/home/somebody/roll", "roll"),
        ("/home/somebody/a,tfds:coco/2017", "a, tfds:coco/2017"),
    ],
)
def test_training_data_are_named_without_the_folders_above(make_run, data, shown):
    rows = find_provenance(make_run(CycleGANConfig(data=data))).rows
    assert rows["training data"] == shown
    cataloged = "catalog" in rows["license of the training data"]
    assert cataloged == (data == "tfds:coco/2017")


@pytest.mark.parametrize("config", [CycleGANConfig(), ColorizationConfig("pix2pix")])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("history.csv", ""),
        ("history.csv", "epoch,generator G\n"),
        ("history.csv", "epoch,a\n1\n"),
        ("figures.json", "{}"),
        ("config.json", '{"system": "no such"}'),
        ("config.json", "no JSON"),
    ],
)
def test_a_damaged_run_is_named(make_run, config, file, text):
    run = make_run(config)
    (run / file).write_text(text)
    with pytest.raises(NegcolorError, match=r"run lacks a readable config\.json, history\.csv or"):
        find_provenance(run)


def test_a_history_of_another_program_is_named(make_run):
    run = make_run(CycleGANConfig(), "loss\n1\n")
    with pytest.raises(NegcolorError, match=r"put them back, or name the \.keras file itself"):
        find_provenance(run)
