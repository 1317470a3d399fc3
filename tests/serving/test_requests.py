"""Requests to an exported model behind stand-ins: negcolor's own and those of the README."""

import re
import shutil
import subprocess
from concurrent import futures
from pathlib import Path

import grpc
import imagecodecs
import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference.serving_client import ServedModel
from negcolor.networks.apply import apply_generator
from negcolor.networks.generator import build_generator
from negcolor.serving.export import export_model

README = Path(__file__).parents[2] / "saved_models" / "README.md"


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(4)
    network = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    for weight in network.trainable_variables:  # more contrast than a fresh network has
        weight.assign(weight * 3 if "kernel" in weight.path else weight)
    return network


@pytest.fixture(scope="module")
def signatures(generator, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    generator.save(folder / "generator.keras")
    model = tf.saved_model.load(str(export_model(folder / "generator.keras", folder / "mine")))
    return model.signatures


@pytest.fixture
def serving(stand_in, signatures):
    """The stand-in with an exported model behind it."""
    signature = signatures["serve_image_bytes"]
    stand_in.model = lambda files: signature(image_bytes=tf.constant(files))["image_bytes"].numpy()
    return stand_in


@pytest.mark.parametrize(("height", "width"), [(1, 1), (7, 10), (33, 64)])
def test_a_served_model_is_the_local_one(serving, generator, height, width):
    image = np.random.default_rng(0).random((height, width, 3), dtype="float32")
    ours, theirs = ServedModel(serving.url).run(image), apply_generator(generator, image)
    assert (ours.shape, ours.dtype) == (image.shape, np.float32)
    # The image travels in 65535 steps and comes back in as many.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=8 / 65535)


def readme_blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.fixture
def scan(tmp_path):
    """16-bit scan.png in an empty folder, and what the generator makes of it."""
    pixels = np.random.default_rng(5).integers(0, 65536, (6, 9, 3), dtype="uint16")
    (tmp_path / "scan.png").write_bytes(imagecodecs.png_encode(pixels))
    return pixels


def check_positive(folder, scan, generator):
    positive = imagecodecs.png_decode((folder / "positive.png").read_bytes())
    expected = apply_generator(generator, (scan / 65535).astype("float32"))
    assert positive.dtype == np.uint16
    np.testing.assert_allclose(positive / 65535, expected, rtol=0, atol=4 / 65535)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_readmes_request_by_curl(serving, generator, scan, tmp_path):
    (script,) = (block for block in readme_blocks("sh") if "curl" in block)
    script = script.replace("http://localhost:8501/v1/models/mine", serving.url)
    subprocess.run(["sh", "-euc", script], check=True, cwd=tmp_path)
    check_positive(tmp_path, scan, generator)


def test_the_readmes_request_by_the_standard_library(
    serving, generator, scan, tmp_path, monkeypatch
):
    (script,) = (block for block in readme_blocks("python") if "urlopen" in block)
    monkeypatch.chdir(tmp_path)
    exec(script.replace("http://localhost:8501/v1/models/mine", serving.url), {})
    check_positive(tmp_path, scan, generator)


class GrpcStandIn(prediction_service_pb2_grpc.PredictionServiceServicer):
    """PredictionService.Predict of one model."""

    def __init__(self, signatures):
        self.signatures = signatures

    def Predict(self, request, context):
        inputs = {name: tf.constant(tf.make_ndarray(t)) for name, t in request.inputs.items()}
        response = predict_pb2.PredictResponse()
        for name, value in self.signatures[request.model_spec.signature_name](**inputs).items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
        return response


def test_the_readmes_request_by_grpc(signatures, generator, scan, tmp_path, monkeypatch):
    running = grpc.server(futures.ThreadPoolExecutor(1))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        GrpcStandIn(signatures), running
    )
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    (script,) = (block for block in readme_blocks("python") if "grpc" in block)
    monkeypatch.chdir(tmp_path)
    exec(script.replace("localhost:8500", f"127.0.0.1:{port}"), {})
    running.stop(None)
    check_positive(tmp_path, scan, generator)
