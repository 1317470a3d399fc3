"""Python functions inside tf.data: their exceptions, and an orderly end of the interpreter."""

import atexit
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError

_DRAINED_AFTER = 0.3  # seconds without a call
_PATIENCE = 10.0  # seconds

_last_call = 0.0
_running: set[object] = set()
_closing = False


def image_from(
    load: Callable[[np.ndarray], np.ndarray], argument: tf.Tensor, size: int
) -> tf.Tensor:
    """An image that a Python function makes, as a node of a graph.

    Args:
        load: returns (H, W, 3) float32 with min(H, W) = `size`, decided by its argument alone.
        argument: its argument, any tensor.
        size: length of the short side, in pixels.

    Returns:
        (H, W, 3) float32, of unknown height and width.
    """

    def call(value: np.ndarray) -> np.ndarray:
        global _last_call
        token = object()
        _running.add(token)
        try:
            return np.zeros((size, size, 3), np.float32) if _closing else load(value)
        finally:
            _last_call = time.monotonic()
            _running.discard(token)

    image = tf.numpy_function(call, [argument], tf.float32, stateful=False)
    return tf.ensure_shape(image, (None, None, 3))


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turns TensorFlow's account of an unreadable image back into the NegcolorError it was.

    Images are read inside tf.data, which reports exceptions as its own. Put this around
    whatever iterates over a dataset, such as `Model.fit`.
    """
    try:
        yield
    except tf.errors.OpError as error:
        sentence = re.search(r"NegcolorError: (.+)", error.message)
        if sentence is None:
            raise
        raise NegcolorError(sentence[1]) from error


@atexit.register
def _drain() -> None:
    """Lets the threads of tf.data come to rest before the interpreter ends.

    A thread that enters Python after that is stopped for ever, and whoever then deletes its
    iterator waits for it for ever. Empty images fill the buffers ahead within moments, and a
    pipeline with full buffers makes no calls.
    """
    global _closing
    _closing = True
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < min(give_up, _last_call + _DRAINED_AFTER) or (
        _running and time.monotonic() < give_up
    ):
        time.sleep(_DRAINED_AFTER / 5)
