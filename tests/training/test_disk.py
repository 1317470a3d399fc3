"""Errors of the disk as sentences."""

import errno
import os

import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.training.disk import writing

FULL = os.strerror(errno.ENOSPC)


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
