"""The options of a run, their limits, and the phases that they amount to."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negcolor.errors import NegcolorError
from negcolor.experiments.config import SIMULATIONS, ColorizationConfig, CycleGANConfig, apportioned
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.phases import GAN_LOSSES, Cycle, Gan, adam
from negcolor.training import losses
from pipelines import batches


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
        ({"recipe": "supervised"}, "--recipe supervised .* --pretrain-steps"),
        ({"recipe": "film", "pretrain_steps": 1}, "--recipe film .* --prior density"),
    ],
)
def test_values_that_do_not_work_are_refused_by_name(options, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        CycleGANConfig(**options)


def test_what_is_offered_is_what_there_is():
    assert set(GAN_LOSSES) == set(losses.GAN_LOSSES)
    assert set(SIMULATIONS) == set(batches.SIMULATIONS)


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


def test_a_recipe_has_no_phases_without_length():
    assert [phase.name for phase in CycleGANConfig().phases()] == ["cyclegan"]
    phases = CycleGANConfig(pretrain_steps=700, epochs=3).phases()
    assert [(phase.name, phase.length, phase.unit) for phase in phases] == [
        ("start", 700, "step"),
        ("cyclegan", 3, "epoch"),
    ]


def test_a_cyclegan_has_the_weights_and_rates_of_its_modification():
    (phase,) = CycleGANConfig("12", gan_loss="lsgan", schedule="constant").phases()
    assert phase.step == Cycle(cycle_weight=10.0, identity_weight=0.0, loss="lsgan")
    assert (phase.generator, phase.discriminator) == (adam(1e-4), adam(4e-4))
    assert not phase.decay
    (phase,) = CycleGANConfig("identity-loss", image_size=64, batch_size=3).phases()
    assert phase.step.identity_weight == 5.0
    assert phase.decay
    assert (phase.image_size, phase.batch_size) == (64, 3)


def test_phases_have_their_own_sizes_or_those_of_the_run():
    options = {"recipe": "film", "prior": "density", "pretrain_steps": 5, "image_size": 128}
    balance, residual = CycleGANConfig(**options).phases()
    assert (balance.length, balance.image_size, balance.batch_size) == (18_000, 64, 32)
    assert (residual.length, residual.image_size, residual.batch_size) == (5, 128, 1)
    sharp = CycleGANConfig(recipe="sharp", gan_loss="lsgan").phases()[-1]
    assert isinstance(sharp.step, Gan)
    assert sharp.step.loss == "lsgan"


@given(
    parts=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    more=st.integers(0, 500),
)
def test_epochs_are_divided_in_proportion(parts, more):
    total = len(parts) + more
    lengths = apportioned(total, parts)
    assert sum(lengths) == total
    assert min(lengths) >= 1
    assert apportioned(sum(parts), parts) == parts


def test_budgets_shrink_everything_in_proportion():
    system = ColorizationConfig(
        "archaeology-gan", epochs=28, filters=8, image_size=64, batch_size=4
    )
    system = system.configured_system()
    assert [phase.length for phase in system.phases] == [3, 10, 10, 5]
    assert (system.generator.filters, system.discriminator.filters) == (8, 8)
    assert system.discriminator.units == 128
    assert (system.image_size, system.batch_size) == (64, 4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 3}, "--epochs 3 is too small; give 4 or more"),
        ({"image_size": 40}, "--image-size 40 does not fit .* multiple of 16"),
        ({"image_size": 0}, "--image-size 0 does not fit .* multiple of 16"),
        ({"batch_size": 0}, "--batch-size 0 is too small"),
        ({"filters": 0}, "--filters 0 is too small"),
        ({"precision": "half"}, "--precision half is unknown"),
    ],
)
def test_values_that_do_not_work_for_a_system_are_refused_by_name(options, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        ColorizationConfig("archaeology-gan", **options)


def test_phases_of_a_system_have_the_sizes_of_the_run():
    phases = ColorizationConfig("archaeology-gan", image_size=64, batch_size=4).phases()
    assert {(phase.image_size, phase.batch_size) for phase in phases} == {(64, 4)}
    assert [phase.length for phase in phases] == [27, 100, 100, 50]
