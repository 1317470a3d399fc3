"""Keras' InceptionV3 as a feature extractor, for FID, KID and the Inception Score."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from negcolor.errors import NegcolorError

if TYPE_CHECKING:
    import keras

SIDE = 299  # of the images that InceptionV3 was trained on
BATCH = 16
WEIGHTS = "inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
WEIGHTS_MD5 = "9a0d58056eeedaa3f26cb7ebd46da564"  # as keras.applications.inception_v3 has it
PATIENCE = 20.0  # seconds that a download may stand still

DISCLAIMER = (
    "FID, KID and Inception Score are computed on Keras' InceptionV3 (ImageNet weights). "
    "Published figures use the 2015 Inception graph with other weights, so that only figures "
    "from negcolor may be compared with each other; below 2048 pictures, prefer KID to FID."
)


class Inception:
    """InceptionV3 with its last pooling layer and its 1000 classes as outputs.

    Images are (H, W, 3) floating point, sRGB in [0, 1], of any sizes. They are resampled to
    299×299 by Pillow's anti-aliased bicubic filter, as Parmar et al. 2022, "On aliased resizing
    and surprising subtleties in GAN evaluation", recommend.
    """

    def __init__(self, network: keras.Model) -> None:
        """Takes InceptionV3 with `include_top=True`."""
        import keras

        pooled = network.get_layer("avg_pool").output
        self._model = keras.Model(network.inputs[0], [pooled, network.outputs[0]])

    def features(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """What the last pooling layer sees in N images: (N, 2048) float64."""
        return self._run(images, 0)

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """The classes' probabilities for N images: (N, 1000) float64, rows sum to 1."""
        return self._run(images, 1)

    def _run(self, images: Sequence[np.ndarray], output: int) -> np.ndarray:
        if not len(images):
            return np.empty((0, self._model.outputs[output].shape[-1]))
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        answers = [
            np.asarray(self._model(np.stack([_prepare(p) for p in batch]), training=False)[output])
            for batch in batches
        ]
        return np.concatenate(answers).astype(np.float64)


def load_inception(weights: Path | None) -> Inception:
    """InceptionV3 with ImageNet weights.

    Args:
        weights: Keras' file `WEIGHTS`; None takes it from Keras' cache, or downloads it (96 MB).

    Raises:
        NegcolorError: the file is missing or another one, or the download fails.
    """
    if weights is not None:
        _check(weights)
    from keras.applications import InceptionV3

    try:
        with _impatient():
            return Inception(InceptionV3(weights=str(weights) if weights else "imagenet"))
    except Exception as error:  # Keras, h5py and urllib raise many types
        reason = " ".join(str(error).split())[:200]
        raise NegcolorError(
            f"InceptionV3's weights cannot be loaded ({reason}): give Keras' file {WEIGHTS} "
            "with --inception-weights."
        ) from error


def _check(weights: Path) -> None:
    """Keras would load some other files without complaint, and the metrics would mean nothing."""
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "md5").hexdigest()
    except OSError as error:
        raise NegcolorError(
            f"--inception-weights {weights} cannot be read ({error.strerror}): name Keras' file "
            f"{WEIGHTS}."
        ) from error
    if digest != WEIGHTS_MD5:
        raise NegcolorError(
            f"--inception-weights {weights} is not Keras' file {WEIGHTS}, or it is damaged: "
            "download it again."
        )


@contextmanager
def _impatient() -> Iterator[None]:
    """Lets a download that stands still fail; Keras itself would wait for ever."""
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(usual)


def _prepare(image: np.ndarray) -> np.ndarray:
    """(299, 299, 3) float32 in [-1, 1], as `inception_v3.preprocess_input` scales."""
    planes = np.ascontiguousarray(np.moveaxis(np.asarray(image, np.float32), -1, 0))
    resized = [
        np.asarray(Image.fromarray(plane).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        for plane in planes
    ]
    return np.clip(np.stack(resized, axis=-1), 0.0, 1.0) * 2.0 - 1.0
