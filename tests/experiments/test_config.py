"""The options of a run, their limits, and the folder that keeps them."""

import dataclasses

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments import config
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.run_folder import create_run, load_run
from negcolor.training.losses import GAN_LOSSES as LOSSES

ODD = CycleGANConfig(
    modification="4", data="a,b", steps_per_epoch=7, filters=8, seed=3, precision="float32"
)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"modification": "20"}, "20"),
        ({"image_size": 130}, "--image-size 130 .* multiple of 4"),
        ({"image_size": 28}, "--image-size 28 .* from 32 on"),
        ({"epochs": 0}, "--epochs 0 is too small; give 1"),
        ({"batch_size": 0}, "--batch-size 0"),
        ({"steps_per_epoch": 0}, "--steps-per-epoch 0"),
        ({"filters": 0}, "--filters 0"),
        ({"pretrain_steps": -1}, "--pretrain-steps -1 is too small; give 0"),
        ({"precision": "double"}, "--precision double .* auto, float32, bfloat16, float16"),
        ({"jit": "yes"}, "--jit yes .* auto, on, off"),
        ({"gan_loss": "wgan"}, "--gan-loss wgan .* bce, lsgan"),
        ({"schedule": "cosine"}, "--schedule cosine .* linear, constant"),
    ],
)
def test_values_that_do_not_work_are_refused_by_name(options, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        CycleGANConfig(**options)


def test_every_gan_loss_is_offered():
    assert set(config.GAN_LOSSES) == set(LOSSES)


def test_filters_replace_those_of_both_networks_only():
    chosen = CycleGANConfig(filters=8).configured_modification()
    assert chosen.generator == dataclasses.replace(BASELINE.generator, filters=8)
    assert chosen.discriminator == dataclasses.replace(BASELINE.discriminator, filters=8)
    assert chosen.training == BASELINE.training


def test_a_narrow_modification_is_narrower_than_a_narrow_baseline():
    chosen = CycleGANConfig("14", filters=16).configured_modification()  # 48 filters in the paper's
    assert (chosen.generator.filters, chosen.discriminator.filters) == (12, 16)
    assert CycleGANConfig("14", filters=1).configured_modification().generator.filters == 1
    assert CycleGANConfig().configured_modification() == BASELINE


@pytest.mark.parametrize("configuration", [CycleGANConfig(), ODD])
def test_a_run_is_loaded_as_it_was_created(tmp_path, configuration):
    create_run(tmp_path / "runs" / "one", configuration)
    assert [path.name for path in (tmp_path / "runs" / "one").iterdir()] == ["config.json"]
    assert load_run(tmp_path / "runs" / "one", {}) == configuration


def test_a_folder_with_something_in_it_is_not_made_a_run(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(NegcolorError, match=r"is not empty.*--output.*--resume"):
        create_run(tmp_path, CycleGANConfig())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NegcolorError, match=r"file/run cannot be written \(Not a directory\)"):
        create_run(tmp_path / "file" / "run", CycleGANConfig())


@pytest.mark.parametrize("text", [None, "", "{", "[]", "7", '{"epochs": 3, "color": 1}'])
def test_a_folder_without_a_readable_configuration_is_no_run(tmp_path, text):
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    with pytest.raises(NegcolorError, match="is not a run of negcolor-train"):
        load_run(tmp_path, {})


def test_options_beside_resume_may_repeat_but_not_contradict(tmp_path):
    create_run(tmp_path, ODD)
    assert load_run(tmp_path, {"seed": 3, "filters": 8, "precision": "auto"}) == ODD
    with pytest.raises(NegcolorError, match=r"--steps-per-epoch 9 contradicts .* with 7;"):
        load_run(tmp_path, {"seed": 3, "steps_per_epoch": 9})
    with pytest.raises(NegcolorError, match=r"--precision bfloat16 contradicts .* with float32;"):
        load_run(tmp_path, {"precision": "bfloat16"})

    create_run(tmp_path / "plain", CycleGANConfig())
    with pytest.raises(NegcolorError, match=r"--filters 8 contradicts .* with the default;"):
        load_run(tmp_path / "plain", {"filters": 8})
