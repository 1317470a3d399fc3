"""The warm-up requests as TensorFlow Serving reads them, and its messages through a model."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference.api import colorize
from negcolor.networks.generator import build_generator
from negcolor.serving import warm_up
from negcolor.serving.export import export_model


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(4)
    return build_generator(GeneratorConfig(filters=4, residual_blocks=1))


@pytest.fixture(scope="module")
def folder(generator, tmp_path_factory):
    """Its exported version."""
    base = tmp_path_factory.mktemp("model")
    generator.save(base / "generator.keras")
    return export_model(base / "generator.keras", base / "mine")


@pytest.fixture(scope="module")
def model(folder):
    return tf.saved_model.load(str(folder))


def test_warm_up_requests_run_through_the_serving_messages(folder, model):
    seen = set()
    for record in tf.data.TFRecordDataset(str(folder / warm_up.FILE)).as_numpy_iterator():
        log = prediction_log_pb2.PredictionLog.FromString(record)
        assert log.WhichOneof("log_type") == "predict_log"
        request = log.predict_log.request
        assert request.model_spec.name == "mine"
        assert predict(model, request).outputs
        seen.add(request.model_spec.signature_name)
    assert seen == set(model.signatures)


def predict(model, request):
    """What a server does with a PredictRequest, over the wire and back."""
    request = predict_pb2.PredictRequest.FromString(request.SerializeToString())
    inputs = {name: tf.constant(tf.make_ndarray(t)) for name, t in request.inputs.items()}
    response = predict_pb2.PredictResponse()
    for name, value in model.signatures[request.model_spec.signature_name](**inputs).items():
        response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
    return predict_pb2.PredictResponse.FromString(response.SerializeToString())


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_predict_request_is_answered_in_its_own_depth(model, generator, dtype):
    white = np.iinfo(dtype).max
    scan = np.random.default_rng(0).integers(0, white + 1, (12, 10, 3), dtype=dtype)
    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = f"serve_{dtype}"
    request.inputs["image"].CopyFrom(tf.make_tensor_proto(scan[None]))
    positive = tf.make_ndarray(predict(model, request).outputs["image"])[0]
    assert positive.dtype == dtype
    expected = colorize(scan, generator).astype("int64")
    assert np.abs(positive - expected).max() <= {"uint8": 1, "uint16": 4}[dtype]
