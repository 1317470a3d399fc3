"""How the options of a study are understood and kept, and what is refused."""

import json
import re

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import NUMBERED
from negcolor.experiments.studies import find_study
from negcolor.studies.study import AblationStudy, CompanionStudy
from negcolor.studies.study_options import load_study, plan_study, save_study

BUDGET = {"data": "photos", "epochs": 8}
MODIFICATIONS = AblationStudy((0, 1), {**BUDGET, "filters": 4}, ("4",))
SYSTEMS = CompanionStudy((0,), {**BUDGET, "backbone_weights": "none"}, find_study("004"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "study"


def planned(folder, **given):
    return plan_study(folder, None, {"data": "demo", **given})


def test_entries_and_seeds_of_a_new_study(folder):
    study = planned(folder, modifications="7, 0-2", variants="patch-34", seeds="3,0-1")
    assert study.names == ("0", "1", "2", "7", "patch-34")
    assert study.seeds == (0, 1, 3)
    assert planned(folder).names == NUMBERED
    assert planned(folder).seeds == (0, 1, 2)
    assert planned(folder, variants="layer-norm").names == (*NUMBERED, "layer-norm")
    assert planned(folder, modifications="").names == ("0",)
    study = plan_study(folder, "004", {"data": "demo", "seeds": "5"})
    assert (study.kind, study.seeds) == ("004", (5,))
    assert plan_study(folder, "004", {"data": "demo"}).seeds == (0,)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"modifications": "20"}, "there is no modification '20'"),
        ({"modifications": "0", "variants": "patch-35"}, "there is no modification 'patch-35'"),
        ({"modifications": "3-1"}, "--modifications: the range 3-1 is empty"),
        ({"modifications": "0-1-2"}, "--modifications '0-1-2' is not understood at '0-1-2'"),
        ({"seeds": "0,x"}, "--seeds '0,x' is not understood at 'x'"),
        ({"seeds": ""}, "--seeds names no seed"),
        ({"backbone_weights": "none"}, "--backbone-weights goes with --study only"),
    ],
)
def test_what_is_not_understood(folder, given, sentence):
    with pytest.raises(NegcolorError, match=re.escape(sentence)):
        planned(folder, **given)


@pytest.mark.parametrize(
    ("paper", "given", "sentence"),
    [
        (None, {}, "--data is missing; name a folder, or demo."),
        ("001", {}, "--data is missing; name a folder of photographs, or demo."),
        ("005", BUDGET, "'005'; choose one of 001, 002, 003, 004."),
        ("001", {"modifications": "0"}, "--modifications does not go with --study; leave it out."),
        ("001", {"variants": "x"}, "--variants does not go with --study"),
        ("001", {"schedule": "linear"}, "--schedule does not go with --study"),
        ("001", {"pretrain_steps": 0}, "--pretrain-steps does not go with --study"),
    ],
)
def test_options_that_do_not_go_together(folder, paper, given, sentence):
    with pytest.raises(NegcolorError, match=re.escape(sentence)):
        plan_study(folder, paper, given)


@pytest.mark.parametrize("study", [MODIFICATIONS, SYSTEMS])
def test_options_are_kept(folder, study):
    save_study(folder, study)
    assert load_study(folder) == study


def test_a_folder_with_other_things_is_not_used(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(NegcolorError, match="is not empty and no study"):
        save_study(tmp_path, MODIFICATIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "text",
    ["{", json.dumps({"seeds": [0]}), json.dumps([]), json.dumps({**SYSTEMS.record(), "seeds": 0})],
)
def test_damaged_options_are_a_sentence(tmp_path, text):
    (tmp_path / "options.json").write_text(text)
    with pytest.raises(NegcolorError, match="is not a study of negcolor-ablate"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    "record",
    [
        {"modifications": ["0"], "seeds": [0], "budget": {"data": "demo"}},
        {"study": "004", "seeds": [0], "budget": {"data": "demo"}},
        {**SYSTEMS.record(), "names": ["archaeology-cnn"]},
    ],
)
def test_studies_of_another_version_are_refused(tmp_path, record):
    (tmp_path / "options.json").write_text(json.dumps(record))
    with pytest.raises(NegcolorError, match="was begun by another version of negcolor"):
        load_study(tmp_path)


def test_a_study_goes_on_with_the_same_options_and_may_grow(folder):
    save_study(folder, MODIFICATIONS)
    assert plan_study(folder, None, {}) == MODIFICATIONS
    same = {"modifications": "4", "seeds": "0,1", "epochs": 8, "filters": 4}
    assert plan_study(folder, None, same) == MODIFICATIONS
    grown = plan_study(folder, None, {"modifications": "4,7", "seeds": "0-2"})
    assert grown == AblationStudy((0, 1, 2), MODIFICATIONS.budget, ("0", "4", "7"))


def test_a_study_of_systems_goes_on_and_may_have_more_seeds(folder):
    save_study(folder, SYSTEMS)
    assert plan_study(folder, "004", {"epochs": 8, "precision": "auto"}) == SYSTEMS  # the default
    assert plan_study(folder, "004", {"seeds": "0,3"}).seeds == (0, 3)


def test_the_epochs_of_002_can_be_said_again(folder):
    save_study(folder, CompanionStudy((0,), {"data": "photos"}, find_study("002")))
    assert plan_study(folder, "002", {"epochs": 100}).budget == {"data": "photos"}


@pytest.mark.parametrize(
    ("study", "paper", "given", "sentence"),
    [
        (MODIFICATIONS, None, {"epochs": 3}, "--epochs 3 contradicts STUDY, which was started wit"),
        (MODIFICATIONS, None, {"steps_per_epoch": 3}, "which was started with the default;"),
        (MODIFICATIONS, None, {"modifications": "7"}, "STUDY was started with 4 as well;"),
        (MODIFICATIONS, None, {"seeds": "1,2"}, "STUDY was started with 0 as well;"),
        (MODIFICATIONS, "004", {}, "STUDY is a study of modifications; leave --study out, or"),
        (SYSTEMS, None, {}, "STUDY is a study of paper 004; give --study 004, or"),
        (SYSTEMS, "001", {}, "STUDY is a study of paper 004; give --study 004, or"),
        (SYSTEMS, "004", {"epochs": 9}, "--epochs 9 contradicts STUDY, which was started with 8;"),
        (SYSTEMS, "004", {"filters": 9}, "which was started with the default;"),
        (SYSTEMS, "004", {"seeds": "1"}, "STUDY was started with 0 as well;"),
    ],
)
def test_contradictions_are_refused(folder, study, paper, given, sentence):
    save_study(folder, study)
    with pytest.raises(NegcolorError, match=re.escape(sentence.replace("STUDY", str(folder)))):
        plan_study(folder, paper, given)
