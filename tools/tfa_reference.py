"""Write the tensorflow-addons arrays that our normalization layers are tested against.

    python3.11 tools/tfa_reference.py

makes an environment of its own (TensorFlow 2.15 and tensorflow-addons 0.23, about 1.7 GB; they
cannot be installed beside Keras 3), runs there and replaces tests/networks/tfa_reference.npz.

All arrays are float32, activations are (B, H, W, C). ``*_gradient`` is the gradient of
sum(upstream * outputs), where upstream is a fixed array, with respect to the array it is named
after.

instance_normalization/CASE/
    inputs, gamma, beta, upstream; outputs, inputs_gradient, gamma_gradient, beta_gradient.
    Epsilon is 1e-5.
spectral_normalization/CASE/
    inputs, kernel (kh, kw, Cin, Cout) and bias as given, initial_u (Cout,), strides, upstream;
    u (N, Cout), normalized_kernels and outputs after each of N training calls;
    inputs_gradient, normalized_kernel_gradient and bias_gradient of the first call;
    settled_u (Cout,) and settled_outputs of an inference call, after many training calls.
    The padding is "valid" and each training call makes one power iteration.

tensorflow-addons assigns the normalized kernel, so each call starts from the previous result. A
positive factor in the kernel changes neither u nor v and cancels in kernel / sigma, so the n-th
normalized kernel is also the given kernel divided by its n-th estimate of sigma: what a layer
that leaves its kernel alone computes. The gradient of tensorflow-addons stops at the normalized
kernel and lacks the derivative of sigma.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import numpy as np

REQUIREMENTS = ("tensorflow==2.15.*", "tensorflow-addons==0.23.0", "numpy<2")
OUTPUT = Path(__file__).parents[1] / "tests" / "networks" / "tfa_reference.npz"

# Input shape (B, H, W, C) and contrast. In "faint" the variance is near epsilon, which shows
# where epsilon is added.
INSTANCE_CASES = {
    "even": ((1, 8, 8, 4), 1.0),
    "odd_batch": ((2, 7, 5, 3), 1.0),
    "one_channel": ((1, 9, 6, 1), 1.0),
    "faint": ((2, 6, 7, 5), 0.003),
}
EPSILON = 1e-5

# Input shape (B, H, W, C), kernel shape (kh, kw, Cin, Cout), strides. In "wide" the kernel matrix
# has more columns than rows.
SPECTRAL_CASES = {
    "square": ((1, 6, 6, 2), (3, 3, 2, 5), 1),
    "odd_batch": ((2, 9, 7, 3), (4, 4, 3, 4), 2),
    "wide": ((2, 5, 4, 3), (1, 1, 3, 7), 1),
}
TRAINING_CALLS = 4
SETTLING_CALLS = 200


def instance_normalization(
    shape: tuple[int, ...], contrast: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Arrays of one instance normalization, named as in the module's description."""
    import tensorflow as tf
    import tensorflow_addons as tfa

    given = {
        "inputs": contrast * rng.normal(size=shape),
        "gamma": rng.normal(1.0, 0.3, size=shape[-1]),
        "beta": rng.normal(0.0, 0.5, size=shape[-1]),
        "upstream": rng.normal(size=shape),
    }
    given = {name: array.astype(np.float32) for name, array in given.items()}

    layer = tfa.layers.InstanceNormalization(epsilon=EPSILON)
    layer.build(shape)
    layer.set_weights([given["gamma"], given["beta"]])
    inputs = tf.constant(given["inputs"])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)
        scalar = tf.reduce_sum(given["upstream"] * outputs)
    gradients = tape.gradient(scalar, {"inputs": inputs, "gamma": layer.gamma, "beta": layer.beta})
    return {
        **given,
        "outputs": outputs.numpy(),
        **{f"{name}_gradient": gradient.numpy() for name, gradient in gradients.items()},
    }


def spectral_normalization(
    input_shape: tuple[int, ...],
    kernel_shape: tuple[int, int, int, int],
    strides: int,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Arrays of one spectrally normalized convolution, named as in the module's description."""
    import tensorflow as tf
    import tensorflow_addons as tfa

    filters = kernel_shape[-1]
    given = {
        "inputs": rng.normal(size=input_shape),
        "kernel": rng.normal(0.0, 0.3, size=kernel_shape),
        "bias": rng.normal(size=filters),
        "initial_u": rng.normal(size=filters),
    }
    given = {name: array.astype(np.float32) for name, array in given.items()}

    convolution = tf.keras.layers.Conv2D(filters, kernel_shape[:2], strides)
    layer = tfa.layers.SpectralNormalization(convolution, power_iterations=1)
    layer.build(input_shape)
    convolution.set_weights([given["kernel"], given["bias"]])
    layer.u.assign(given["initial_u"][None])
    inputs = tf.constant(given["inputs"])
    upstream = rng.normal(size=layer.compute_output_shape(input_shape)).astype(np.float32)

    calls = []
    gradients = {}
    for call in range(TRAINING_CALLS):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            scalar = tf.reduce_sum(upstream * outputs)
        if call == 0:
            gradients = tape.gradient(
                scalar,
                {
                    "inputs": inputs,
                    "normalized_kernel": convolution.kernel,
                    "bias": convolution.bias,
                },
            )
        calls.append((layer.u.numpy()[0], convolution.kernel.numpy(), outputs.numpy()))
    u, normalized_kernels, training_outputs = map(np.stack, zip(*calls, strict=True))

    for _ in range(SETTLING_CALLS):
        layer(inputs, training=True)
    return {
        **given,
        "strides": np.array(strides),
        "upstream": upstream,
        "u": u,
        "normalized_kernels": normalized_kernels,
        "outputs": training_outputs,
        **{f"{name}_gradient": gradient.numpy() for name, gradient in gradients.items()},
        "settled_u": layer.u.numpy()[0],
        "settled_outputs": layer(inputs, training=False).numpy(),
    }


def write_arrays(output: Path) -> None:
    """Compute every case and write them to ``output``, an .npz with keys LAYER/CASE/ARRAY."""
    results = {}
    for seed, (case, instance) in enumerate(INSTANCE_CASES.items()):
        rng = np.random.default_rng(seed)
        results[f"instance_normalization/{case}"] = instance_normalization(*instance, rng)
    for seed, (case, spectral) in enumerate(SPECTRAL_CASES.items()):
        rng = np.random.default_rng(seed)
        results[f"spectral_normalization/{case}"] = spectral_normalization(*spectral, rng)
    arrays: dict[str, Any] = {
        f"{prefix}/{name}": array
        for prefix, named in results.items()
        for name, array in named.items()
    }
    unfinished = output.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays)
    unfinished.replace(output)


def run_inside(environment: Path, output: Path) -> None:
    """Install the requirements in ``environment`` and run this file with its interpreter."""
    venv.create(environment, with_pip=True, symlinks=True)
    python = str(environment / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    # Without oneDNN and GPU the order of additions, and so the last digit, is the same everywhere.
    settings = {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [python, __file__, "--environment", str(environment), "--output", str(output)]
    subprocess.run(command, check=True, env={**os.environ, **settings})


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the tensorflow-addons reference arrays.")
    parser.add_argument(
        "--environment",
        type=Path,
        help="folder of the environment, made where missing and kept (default: a temporary one)",
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="default: %(default)s")
    arguments = parser.parse_args()
    environment, output = arguments.environment, arguments.output.resolve()
    if sys.version_info[:2] != (3, 11):
        parser.error("TensorFlow 2.15 is installed for Python 3.11: run this file with python3.11")
    if environment is None:
        with tempfile.TemporaryDirectory() as folder:
            run_inside(Path(folder).resolve(), output)
    elif environment.resolve() == Path(sys.prefix).resolve():
        write_arrays(output)
    else:
        run_inside(environment.resolve(), output)


if __name__ == "__main__":
    main()
