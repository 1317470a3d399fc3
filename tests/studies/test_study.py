"""What is trained in a study, in which order, under which options."""

import dataclasses
import pickle
from pathlib import Path

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.studies import STUDIES, find_study
from negcolor.experiments.systems import SYSTEMS
from negcolor.studies.study import AblationStudy, CompanionStudy

BUDGET = {"data": "photos", "epochs": 8, "backbone_weights": "none"}


def companion(number="004", seeds=(0,), **budget):
    return CompanionStudy(seeds, {**BUDGET, **budget}, find_study(number))


def configs(study):
    """Name of the run folder -> configuration."""
    return {run.folder.name: run.config for run in study.runs(Path())}


def test_every_system_is_in_a_study():
    trained = {c.system for study in STUDIES.values() for c in study.candidates}
    assert trained == set(SYSTEMS)
    for study in STUDIES.values():
        assert all(study.number in SYSTEMS[c.system].papers for c in study.candidates)
        assert len({c.name for c in study.candidates}) == len(study.candidates)


def test_the_baseline_always_belongs_to_a_study_of_modifications():
    study = AblationStudy((1, 0, 1), {"epochs": 2, "filters": 4}, ("layer-norm", "4"))
    assert study.names == ("0", "4", "layer-norm")
    assert study.seeds == (0, 1)
    found = configs(study)
    assert [*found] == [f"{key}-seed-{seed}" for seed in (0, 1) for key in study.names]
    assert found["4-seed-1"] == CycleGANConfig(modification="4", seed=1, epochs=2, filters=4)


def test_runs_are_of_every_system_with_every_seed():
    found = configs(companion(seeds=(1, 0)))
    assert [*found] == [
        f"{name}-seed-{seed}" for seed in (0, 1) for name in ("archaeology-cnn", "archaeology-gan")
    ]
    config = found["archaeology-gan-seed-1"]
    assert (config.system, config.seed, config.epochs) == ("archaeology-gan", 1, 8)
    assert (config.batch_size, config.image_size) == (32, 128)  # the paper's


def test_runs_have_titles():
    (run,) = AblationStudy((3,), {}, ("0",)).runs(Path("study"))
    assert run.title == "baseline, seed 3"
    assert run.folder == Path("study/runs/0-seed-3")
    titles = [run.title for run in companion(batch_size=9).runs(Path())]
    assert titles[1] == "archaeology-gan in batches of 9, seed 0"


def test_runs_reach_a_new_process():
    for study in (AblationStudy((0,), {}, ("4",)), companion()):
        for run in study.runs(Path("study")):
            assert pickle.loads(pickle.dumps(run)) == run


def test_002_trains_100_epochs_unless_others_are_given():
    study = dataclasses.replace(companion("002"), budget={})
    assert [config.epochs for config in configs(study).values()] == [100, 100]
    assert [config.epochs for config in configs(companion("002")).values()] == [8, 8]


@pytest.mark.parametrize(("given", "whole", "quarter"), [({}, 64, 16), ({"batch_size": 3}, 3, 1)])
def test_003_trains_with_a_quarter_of_the_batch_too(given, whole, quarter):
    found = configs(companion("003", **given))
    assert found["inception-gan-seed-0"].batch_size == whole
    assert found["inception-gan-quarter-batch-seed-0"].batch_size == quarter


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: AblationStudy((), {}, ("0",)), "--seeds names no seed"),
        (lambda: AblationStudy((0,), {"image_size": 130}, ("0",)), "--image-size 130 does not"),
        # the archaeology GAN has four phases
        (lambda: companion(epochs=3), "--epochs 3 is too small; give 4 or more"),
    ],
)
def test_mistakes_are_found_at_once(make, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        make()
