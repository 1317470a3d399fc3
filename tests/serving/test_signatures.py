"""An exported model against the local one it was made of, in a process that lacks negcolor."""

import io
import pickle
import subprocess
import sys

import imagecodecs
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import negcolor
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.images.io import read
from negcolor.inference.api import colorize
from negcolor.networks.generator import build_generator
from negcolor.serving.export import export_model

KINDS = {
    "instance": {},
    "batch": {"normalization": "batch"},
    "layer": {"normalization": "layer", "activation": "leaky_relu"},
    "bilinear": {"upsampling": ("transposed", "bilinear")},
    "skip": {"skip_connections": True, "residual_order": "pre"},
    "dropout": {"residual_dropout": 0.5, "upsampling": ("nearest_x4",)},
    "prior": {"prior": "density", "skip_connections": True},
}
SIGNATURES = {"serving_default", "serve_uint8", "serve_uint16", "serve_image_bytes"}
SIZES = [(1, 1), (1, 9), (7, 3), (8, 8), (17, 64), (50, 33)]

# Reads [(signature, input)] and writes the outputs of each model.
FRESH_PROCESS = """
import pickle, sys
sys.modules["keras"] = sys.modules["tf_keras"] = sys.modules["negcolor"] = None
import tensorflow as tf
calls_file, answers_file, *models = sys.argv[1:]
calls = pickle.load(open(calls_file, "rb"))
answers = {}
for folder in models:
    model = tf.saved_model.load(folder)
    answers[folder] = [
        {name: value.numpy() for name, value in
         model.signatures[signature](**{name: tf.constant(given) for name, given in inputs.items()}
        ).items()}
        for signature, inputs in calls
    ]
for name in ("keras", "negcolor"):
    try:
        __import__(name)
    except ImportError:
        pass
    else:
        raise AssertionError(name)
pickle.dump(answers, open(answers_file, "wb"))
"""


def ask_in_a_fresh_process(calls, models, folder):
    """The answers of each model to the calls; the folder is for what the processes exchange."""
    (folder / "calls").write_bytes(pickle.dumps(calls))
    arguments = [folder / "calls", folder / "answers", *models]
    subprocess.run([sys.executable, "-c", FRESH_PROCESS, *map(str, arguments)], check=True)
    by_model = pickle.loads((folder / "answers").read_bytes())
    return [by_model[str(model)] for model in models]


def noise(*shape, dtype="uint8", seed=0):
    white = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, white + 1, shape).astype(dtype)


@pytest.fixture(scope="module")
def generators():
    """A small generator of each kind, with weights large enough for results of high contrast."""
    rng = np.random.default_rng(3)
    networks = {}
    for kind, fields in KINDS.items():
        network = build_generator(GeneratorConfig(filters=4, residual_blocks=1, **fields))
        for weight in network.weights:
            fan_in = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 25
            center = 1 if weight.path.endswith(("gamma", "variance")) else 0
            weight.assign(rng.normal(center, fan_in**-0.5, weight.shape))
        networks[kind] = network
    return networks


@pytest.fixture(scope="module")
def folders(generators, tmp_path_factory):
    """The exported version of each generator."""
    base = tmp_path_factory.mktemp("models")
    found = {}
    for kind, network in generators.items():
        network.save(base / f"{kind}.keras")
        found[kind] = export_model(base / f"{kind}.keras", base / kind)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Scans of many sizes, depths and varieties."""
    folder = tmp_path_factory.mktemp("scans")
    scans = {
        f"{height}x{width} {dtype}.png": imagecodecs.png_encode(
            noise(height, width, 3, dtype=dtype)
        )
        for height, width in SIZES
        for dtype in ("uint8", "uint16")
    }
    for dtype in ("uint8", "uint16"):
        for name, channels in {"grey": 1, "grey and alpha": 2, "alpha": 4}.items():
            pixels = np.squeeze(noise(9, 11, channels, dtype=dtype))
            scans[f"{name} {dtype}.png"] = imagecodecs.png_encode(pixels)
    photograph = Image.fromarray(noise(5, 7, 3).repeat(4, axis=0).repeat(4, axis=1))
    for name, image, options in [
        ("color.jpg", photograph, {}),
        ("subsampled.jpg", photograph, {"quality": 60, "subsampling": 2}),
        ("grey.jpg", photograph.convert("L"), {}),
        ("palette.png", photograph.quantize(7), {}),
        ("bits.png", photograph.convert("1"), {}),
    ]:
        data = io.BytesIO()
        image.save(data, "JPEG" if name.endswith("jpg") else "PNG", **options)
        scans[name] = data.getvalue()
    for name, data in scans.items():
        (folder / name).write_bytes(data)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def calls(files):
    """What every exported model is asked: signature and inputs."""
    arrays = [
        (f"serve_{dtype}", {"image": noise(count, height, width, 3, dtype=dtype, seed=count)})
        for count, height, width in [(1, 1, 1), (2, 19, 30)]
        for dtype in ("uint8", "uint16")
    ]
    unit = np.random.default_rng(1).random((2, 13, 21, 3), dtype="float32")
    scans = np.array([file.read_bytes() for file in files], dtype=object)
    return [
        ("serving_default", {"image": unit}),
        *arrays,
        ("serve_image_bytes", {"image_bytes": scans}),
    ]


@pytest.fixture(scope="module")
def answers(folders, calls, tmp_path_factory):
    """The answers of each model to these calls, in a process without negcolor and Keras."""
    fresh = ask_in_a_fresh_process(calls, folders.values(), tmp_path_factory.mktemp("fresh"))
    return dict(zip(folders, fresh, strict=True))


def steps(ours, theirs):
    return np.abs(ours.astype("int64") - theirs.astype("int64")).max()


TOLERANCE = {"uint8": 1, "uint16": 4}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_arrays_become_what_colorize_makes_of_them(kind, generators, calls, answers):
    for (signature, inputs), outputs in zip(calls, answers[kind], strict=True):
        assert outputs.keys() == inputs.keys()
        if signature == "serve_image_bytes":
            continue
        for image, ours in zip(inputs["image"], outputs["image"], strict=True):
            theirs = colorize(image, generators[kind])
            assert ours.dtype == theirs.dtype
            if signature == "serving_default":
                np.testing.assert_allclose(ours, theirs, rtol=0, atol=4 / 65535)
            else:
                assert steps(ours, theirs) <= TOLERANCE[ours.dtype.name]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_files_become_what_colorize_makes_of_them(kind, generators, files, answers):
    results = answers[kind][-1]["image_bytes"]
    contrasts = []
    for file, result in zip(files, results, strict=True):
        ours, theirs = imagecodecs.png_decode(result), colorize(read(file), generators[kind])
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), file.name
        assert steps(ours, theirs) <= TOLERANCE[ours.dtype.name], file.name
        contrasts.append(theirs.std() / np.iinfo(theirs.dtype).max)
    assert max(contrasts) > 0.1  # a grey generator would prove little


@pytest.mark.slow
def test_the_command_line_tool_shows_all_signatures(folders):
    tool = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
    arguments = ["show", "--dir", str(folders["instance"]), "--all"]
    shown = subprocess.run([*tool, *arguments], check=True, capture_output=True, text=True).stdout
    for name in SIGNATURES:
        assert f"signature_def['{name}']" in shown
    assert "shape: (-1, -1, -1, 3)" in shown


@pytest.mark.slow
def test_graphs_hold_no_machine_paths(folders):
    graph = (folders["instance"] / "saved_model.pb").read_bytes()
    assert str(folders["instance"].parent).encode() not in graph
    assert b"negcolor/" not in graph


SYSTEM_SIZES = [(1, 1), (1, 9), (7, 300), (9, 5), (60, 90), (16, 16)]


@pytest.fixture(scope="module")
def system(exported_system):
    """The signatures of an exported system."""
    return tf.saved_model.load(str(exported_system)).signatures


@pytest.mark.parametrize(("height", "width"), SYSTEM_SIZES)
def test_every_signature_of_a_system_gives_the_local_result(system_run, system, height, width):
    for name, dtype in {"serve_uint8": "uint8", "serve_uint16": "uint16"}.items():
        image = noise(height, width, 3, dtype=dtype)
        result = system[name](image=tf.constant(image[None]))["image"].numpy()[0]
        assert result.dtype == image.dtype
        expected = negcolor.colorize_grey(image, system_run)
        np.testing.assert_allclose(result.astype(int), expected, atol=1 if dtype == "uint8" else 3)

        file = imagecodecs.png_encode(image)
        (answer,) = system["serve_image_bytes"](image_bytes=tf.constant([file]))[
            "image_bytes"
        ].numpy()
        np.testing.assert_array_equal(imagecodecs.png_decode(answer), result)
    unit = noise(height, width, 3, dtype="uint16") / np.float32(65535)
    result = system["serving_default"](image=tf.constant(unit[None]))["image"].numpy()[0]
    np.testing.assert_allclose(result, negcolor.colorize_grey(unit, system_run), atol=5e-5)


def test_images_of_a_batch_are_colored_each_by_itself(system):
    both = np.stack([noise(20, 30, 3, dtype="uint16"), noise(20, 30, 3, dtype="uint16")[::-1]])
    together = system["serve_uint16"](image=tf.constant(both))["image"].numpy()
    for number in range(2):
        alone = system["serve_uint16"](image=tf.constant(both[number : number + 1]))["image"]
        np.testing.assert_allclose(together[number].astype(int), alone.numpy()[0], atol=1)


def test_grey_files_become_colored_files(system_run, system):
    grey = noise(12, 10, 3)[..., 0].copy()
    file = imagecodecs.png_encode(grey)
    (answer,) = system["serve_image_bytes"](image_bytes=tf.constant([file]))["image_bytes"].numpy()
    expected = negcolor.colorize_grey(grey, system_run)
    np.testing.assert_allclose(imagecodecs.png_decode(answer).astype(int), expected, atol=1)


@pytest.mark.slow
def test_a_system_needs_neither_keras_nor_negcolor(system_run, exported_system, tmp_path):
    unit = noise(31, 20, 3, dtype="uint16") / np.float32(65535)
    calls = [("serving_default", {"image": unit[None]})]
    ((answer,),) = ask_in_a_fresh_process(calls, [exported_system], tmp_path)
    expected = negcolor.colorize_grey(unit, system_run)
    np.testing.assert_allclose(answer["image"][0], expected, atol=5e-5)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"no picture"])
def test_what_is_no_image_is_refused(system, data):
    with pytest.raises(tf.errors.InvalidArgumentError):
        system["serve_image_bytes"](image_bytes=tf.constant([data]))
