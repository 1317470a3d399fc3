"""Python inside tf.data: exceptions come out as they were, and the interpreter can end."""

import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from pipelines.domain import ImageDomain
from pipelines.py_function import readable_errors


def test_unreadable_file_is_named_in_one_sentence(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    with pytest.raises(NegcolorError, match=r"broken\.png") as caught, readable_errors():
        next(iter(ImageDomain([broken]).stream(0, 0, 8)))
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_other_errors_of_tensorflow_pass_unchanged():
    with pytest.raises(tf.errors.InvalidArgumentError), readable_errors():
        tf.reshape(tf.zeros(3), (2, 2))


@pytest.mark.slow
def test_interpreter_ends_while_images_are_being_made():
    # An iterator that lives to the end, and far more to do ahead than there is time for.
    script = """
import numpy as np
from pipelines import domain
domain.CACHE_BYTES = 0
pictures = domain.ImageDomain([np.zeros((600, 700, 3), np.uint8)] * 3)
iterator = iter(pictures.stream(0, 0, 300).prefetch(500))
next(iterator)
"""
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=90)
    assert ended.returncode == 0
