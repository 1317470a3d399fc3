"""Requests that TensorFlow Serving runs when it loads a model, so that the first user waits less.

They are a TFRecord of PredictionLog messages, one per signature. Such a message is a nest of
length-delimited fields, and is written here as such: tensorflow-serving-api, which defines it,
would otherwise be needed for every export.

Sources: tensorflow.org/tfx/serving/saved_model_warmup; prediction_log.proto, predict.proto and
model.proto of TensorFlow Serving for the fields' numbers; protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tensorflow as tf
from PIL import Image

FILE = Path("assets.extra", "tf_serving_warmup_requests")
"""Where a server looks for them in a SavedModel."""

SIDE = 64


def write_warm_up(folder: Path, model_name: str) -> None:
    """Adds the requests to the SavedModel in a folder."""
    file = folder / FILE
    file.parent.mkdir()
    with tf.io.TFRecordWriter(str(file)) as writer:
        for signature, (name, value) in _inputs().items():
            writer.write(_prediction_log(model_name, signature, name, tf.make_tensor_proto(value)))


def _inputs() -> dict[str, tuple[str, np.ndarray]]:
    """Name and value of the input of each signature: a grey ramp, of every kind that it takes."""
    unit = np.broadcast_to(np.linspace(0, 1, SIDE, dtype="float32")[:, None], (1, SIDE, SIDE, 3))
    uint8, uint16 = (unit * 255).astype("uint8"), (unit * 65535).astype("uint16")
    jpeg = BytesIO()
    Image.fromarray(uint8[0]).save(jpeg, "JPEG")
    files = [imagecodecs.png_encode(uint8[0]), imagecodecs.png_encode(uint16[0]), jpeg.getvalue()]
    return {
        "serving_default": ("image", unit),
        "serve_uint8": ("image", uint8),
        "serve_uint16": ("image", uint16),
        "serve_image_bytes": ("image_bytes", np.array(files, dtype=object)),
    }


def _prediction_log(model_name: str, signature: str, name: str, tensor: Any) -> bytes:
    """PredictionLog { predict_log { request { model_spec, inputs { name: tensor } } } }."""
    model_spec = _field(1, model_name.encode()) + _field(3, signature.encode())
    inputs = _field(1, name.encode()) + _field(2, tensor.SerializeToString())
    return _field(6, _field(1, _field(1, model_spec) + _field(2, inputs)))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field: number and wire type 2, the length as a varint, the content."""
    encoded = bytearray([number << 3 | 2])
    length = len(content)
    while length > 127:
        encoded.append(length & 127 | 128)
        length >>= 7
    encoded.append(length)
    return bytes(encoded) + content
