"""What belongs to a study, and what is refused."""

import dataclasses
import json
import re

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.studies.ablation_options import (
    StudyOptions,
    continued,
    load_options,
    parse_keys,
    parse_seeds,
    save_options,
)

BUDGET = CycleGANConfig(epochs=2, filters=4)


def test_keys_and_seeds():
    assert parse_keys("0-2, 7", "patch-34") == ("0", "1", "2", "7", "patch-34")
    assert parse_keys("", "") == ()
    assert parse_seeds("3,0-1") == (3, 0, 1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: parse_keys("20", ""), "there is no modification '20'; choose a number"),
        (lambda: parse_keys("0", "patch-35"), "there is no modification 'patch-35'"),
        (lambda: parse_keys("3-1", ""), "the range 3-1 is empty"),
        (lambda: parse_keys("0-1-2", ""), "--modifications '0-1-2' is not understood at '0-1-2'"),
        (lambda: parse_seeds("0,x"), "--seeds '0,x' is not understood at 'x'"),
        (lambda: StudyOptions(("0",), parse_seeds(""), BUDGET), "--seeds names no seed"),
    ],
)
def test_what_is_not_understood(call, sentence):
    with pytest.raises(NegcolorError, match=re.escape(sentence)):
        call()


def test_the_baseline_always_belongs_to_a_study(tmp_path):
    options = StudyOptions(("layer-norm", "4"), (1, 0, 1), BUDGET)
    assert options.keys == ("0", "4", "layer-norm")
    assert options.seeds == (0, 1)
    names = [folder.name for folder, _ in options.runs(tmp_path)]
    assert names == [f"{key}-seed-{seed}" for seed in (0, 1) for key in options.keys]
    config = dict(options.runs(tmp_path))[tmp_path / "runs" / "4-seed-1"]
    assert config == dataclasses.replace(BUDGET, modification="4", seed=1)


def test_options_are_kept(tmp_path):
    options = StudyOptions(("4",), (0, 1), BUDGET)
    save_options(tmp_path / "study", options)
    assert load_options(tmp_path / "study") == options


def test_a_folder_with_other_things_is_not_used(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(NegcolorError, match="is not empty and no study"):
        save_options(tmp_path, StudyOptions(("4",), (0,), BUDGET))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["{", json.dumps({"seeds": [0]}), json.dumps([])])
def test_damaged_options_are_a_sentence(tmp_path, text):
    (tmp_path / "options.json").write_text(text)
    with pytest.raises(NegcolorError, match="is not a study of negcolor-ablate"):
        load_options(tmp_path)


def test_a_study_goes_on_with_the_same_options_and_may_grow(tmp_path):
    options = StudyOptions(("4",), (0, 1), BUDGET)
    save_options(tmp_path, options)
    assert continued(tmp_path, None, None, {}) == options
    assert continued(tmp_path, ("4",), (0, 1), {"epochs": 2, "filters": 4}) == options
    grown = continued(tmp_path, ("4", "7"), (0, 1, 2), {})
    assert grown == StudyOptions(("0", "4", "7"), (0, 1, 2), BUDGET)


@pytest.mark.parametrize(
    ("keys", "seeds", "given", "sentence"),
    [
        (None, None, {"epochs": 3}, "--epochs 3 contradicts STUDY, which was started with 2"),
        (None, None, {"steps_per_epoch": 3}, "STUDY, which was started with the default"),
        (("7",), None, {}, "STUDY was started with 4 as well"),
        (None, (1, 2), {}, "STUDY was started with 0 as well"),
    ],
)
def test_contradictions_are_refused(tmp_path, keys, seeds, given, sentence):
    save_options(tmp_path, StudyOptions(("4",), (0, 1), BUDGET))
    sentence = sentence.replace("STUDY", str(tmp_path))
    with pytest.raises(NegcolorError, match=re.escape(sentence)):
        continued(tmp_path, keys, seeds, given)
