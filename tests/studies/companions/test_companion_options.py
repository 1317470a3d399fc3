"""What belongs to a study of systems, and what is refused."""

import re
from pathlib import Path

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.studies import STUDIES, find_study
from negcolor.experiments.systems import SYSTEMS
from negcolor.studies import ablation_options as modifications
from negcolor.studies.companion_options import (
    PaperOptions,
    continued,
    load_options,
    save_options,
)

BUDGET = {"data": "photos", "epochs": 8, "backbone_weights": "none"}


def options(number="004", seeds=(0,), **budget):
    return PaperOptions(find_study(number), seeds, {**BUDGET, **budget})


def test_every_system_is_in_a_study():
    trained = {c.system for study in STUDIES.values() for c in study.candidates}
    assert trained == set(SYSTEMS)
    for study in STUDIES.values():
        assert all(study.number in SYSTEMS[c.system].papers for c in study.candidates)
        assert len({c.name for c in study.candidates}) == len(study.candidates)


def test_runs_are_of_every_system_with_every_seed():
    runs = dict(options(seeds=(1, 0)).runs(Path("study")))
    assert [folder.as_posix() for folder in runs] == [
        f"study/runs/{name}-seed-{seed}"
        for seed in (0, 1)
        for name in ("archaeology-cnn", "archaeology-gan")
    ]
    config = runs[Path("study/runs/archaeology-gan-seed-1")]
    assert (config.system, config.seed, config.epochs) == ("archaeology-gan", 1, 8)
    assert (config.batch_size, config.image_size) == (32, 128)  # the paper's


def test_002_trains_100_epochs_unless_others_are_given():
    study = find_study("002")
    epochs = [config.epochs for _, config in PaperOptions(study, (0,), {}).runs(Path())]
    assert epochs == [100, 100]
    epochs = [config.epochs for _, config in PaperOptions(study, (0,), BUDGET).runs(Path())]
    assert epochs == [8, 8]


@pytest.mark.parametrize(("given", "whole", "quarter"), [({}, 64, 16), ({"batch_size": 3}, 3, 1)])
def test_003_trains_with_a_quarter_of_the_batch_too(given, whole, quarter):
    runs = dict(options("003", **given).runs(Path()))
    assert runs[Path("runs/inception-gan-seed-0")].batch_size == whole
    assert runs[Path("runs/inception-gan-quarter-batch-seed-0")].batch_size == quarter


def test_options_are_kept_and_may_grow(tmp_path):
    save_options(tmp_path, options())
    assert load_options(tmp_path) == options()
    study = find_study("004")
    assert continued(tmp_path, study, None, {"epochs": 8}) == options()
    assert continued(tmp_path, study, (0, 3), {}).seeds == (0, 3)
    assert continued(tmp_path, study, None, {"precision": "auto"}) == options()  # the default


def test_the_epochs_of_002_can_be_said_again(tmp_path):
    study = find_study("002")
    save_options(tmp_path, PaperOptions(study, (0,), {"data": "photos"}))
    assert continued(tmp_path, study, None, {"epochs": 100}).budget == {"data": "photos"}


@pytest.mark.parametrize(
    ("number", "seeds", "given", "sentence"),
    [
        ("004", None, {"epochs": 9}, "--epochs 9 contradicts STUDY, which was started with 8;"),
        ("004", None, {"filters": 9}, "which was started with the default;"),
        ("001", None, {}, "--study 001 contradicts STUDY, which was started with 004;"),
        ("004", (1,), {}, "STUDY was started with 0 as well;"),
    ],
)
def test_contradictions_are_refused(tmp_path, number, seeds, given, sentence):
    save_options(tmp_path, options())
    with pytest.raises(NegcolorError, match=re.escape(sentence.replace("STUDY", str(tmp_path)))):
        continued(tmp_path, find_study(number), seeds, given)


def test_studies_of_modifications_and_of_systems_are_told_apart(tmp_path):
    save_options(tmp_path / "systems", options())
    with pytest.raises(NegcolorError, match=r"is a study of paper 004; give --study 004"):
        modifications.load_options(tmp_path / "systems")
    study = modifications.StudyOptions(("0",), (0,), CycleGANConfig())
    modifications.save_options(tmp_path / "modifications", study)
    with pytest.raises(NegcolorError, match=r"is a study of modifications; leave --study out"):
        load_options(tmp_path / "modifications")


def test_mistakes_in_the_budget_are_found_at_once():
    with pytest.raises(NegcolorError, match=r"--epochs 3 is too small; give 4 or more"):
        options(epochs=3)  # the archaeology GAN has four phases
    with pytest.raises(NegcolorError, match=r"--study 005 is unknown; choose one of 001, 002"):
        find_study("005")
