"""What methods are called, and which of them are known."""

from pathlib import Path

import pytest

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.evaluation.converters import gather_converters, name_models


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runs/mine", "mine"),
        ("runs/mine/generator_g.keras", "mine"),
        ("models/v2.keras", "v2"),
        ("models/v2.1", "v2.1"),
        ("saved_models/mine/3", "mine/3"),
    ],
)
def test_models_have_the_name_of_their_folder_or_file(path, name):
    assert name_models([Path(path)], []) == [(name, Path(path))]


def test_models_of_one_name_are_told_apart(tmp_path):
    paths = [tmp_path / "a" / "run", tmp_path / "b" / "run", tmp_path / "a" / "run", Path("other")]
    assert [name for name, _ in name_models(paths, [])] == [
        str(tmp_path / "a" / "run"),
        str(tmp_path / "b" / "run"),
        "other",
    ]
    ((name, _),) = name_models([tmp_path / "negadoctor"], ["negadoctor"])
    assert name == str(tmp_path / "negadoctor")


def test_classical_converters_by_name():
    assert gather_converters([], ["all"]) == dict(CLASSICAL)
    assert gather_converters([], ["negadoctor", "all", "negadoctor"]) == dict(CLASSICAL)
    assert list(gather_converters([], ["negfix8", "negadoctor"])) == ["negfix8", "negadoctor"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "give --model, --classical, or both"),
        (["all", "Negadoctor"], "there is no classical converter 'Negadoctor'; choose one of all,"),
    ],
)
def test_mistakes(names, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        gather_converters([], names)
