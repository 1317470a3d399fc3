"""The folder of a run: made, loaded, refused; what is said when it cannot be written."""

import errno
import json
import os

import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.run_folder import (
    check_resumable,
    create_run,
    load_colorization_run,
    load_run,
    writing,
)

ODD = CycleGANConfig(
    modification="4", data="a,b", steps_per_epoch=7, filters=8, seed=3, precision="float32"
)
FULL = os.strerror(errno.ENOSPC)


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


def test_a_run_of_a_system_is_told_from_one_of_a_modification(tmp_path):
    config = ColorizationConfig("unet-gan", epochs=2, image_size=32, filters=4)
    create_run(tmp_path / "run", config)
    assert load_colorization_run(tmp_path / "run", {"epochs": 2}) == config
    with pytest.raises(NegcolorError, match="--epochs 3 contradicts"):
        load_colorization_run(tmp_path / "run", {"epochs": 3})
    with pytest.raises(NegcolorError, match=r"is the run of the system unet-gan"):
        load_run(tmp_path / "run", {})


def test_a_run_of_another_version_is_not_continued_but_loaded(tmp_path):
    create_run(tmp_path, ODD)
    check_resumable(tmp_path)
    record = json.loads((tmp_path / "config.json").read_text())
    del record["format"]  # as before there were formats
    (tmp_path / "config.json").write_text(json.dumps(record))
    with pytest.raises(NegcolorError, match="begun with another version of negcolor"):
        check_resumable(tmp_path)
    assert load_run(tmp_path, {}) == ODD


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, FULL),
        tf.errors.ResourceExhaustedError(None, None, f"/runs/ckpt-2_temp; {FULL} [Op:SaveV2]"),
    ],
)
def test_a_full_disk_is_one_sentence_with_the_remedy(tmp_path, error):
    with pytest.raises(NegcolorError) as caught, writing(tmp_path):
        raise error
    assert str(caught.value) == (
        f"{tmp_path} cannot be written ({FULL}): free some space or mend its permissions, then "
        f"continue with --resume {tmp_path}."
    )


def test_an_error_without_a_reason_still_makes_a_sentence(tmp_path):
    with (
        pytest.raises(NegcolorError, match=r"cannot be written \(short write\)"),
        writing(tmp_path),
    ):
        raise OSError("short write")
