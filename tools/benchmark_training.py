"""Times a training step, and the input pipeline alone, on this machine.

    python tools/benchmark_training.py                                  # baseline, 256², float32
    python tools/benchmark_training.py --modification identity-loss --precision bfloat16
    python tools/benchmark_training.py --modification all --image-size 128 --steps 3
    python tools/benchmark_training.py --system all --image-size 64     # random backbones
    python tools/benchmark_training.py --pipeline demo                  # pairs per second
    python tools/benchmark_training.py --pipeline FOLDER

A step is reported in seconds, images per second, and as the fraction of this machine's large-matmul
rate, measured in the same run and the same precision, at which the step's multiplications ran.
The multiplications are counted by TensorFlow in the step's graph (two operations per
multiply-add). Of a grey-to-color system each phase is timed, in a process of its own whose peak of
memory is reported.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable

import keras
import tensorflow as tf

from negcolor.experiments.config import POLICIES, ColorizationConfig, CycleGANConfig
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.experiments.systems import SYSTEMS
from negcolor.networks.factory import build_networks
from negcolor.training.adversarial import AdversarialModel
from negcolor.training.colorization_task import ColorizationData, ColorizationTask
from negcolor.training.precision import resolve_jit, resolve_precision
from negcolor.training.steps import build_step

MATMUL_SIDE = 2048
SIDE = 256  # of images, where none is given
TURN = 5  # steps in which every network of a system is trained once at least


def seconds(function: Callable[[], object], repeats: int) -> list[float]:
    """Wall-clock seconds of each call, after one call that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return times


def matmul_rate(policy: str) -> float:
    """Operations per second of the machine's large matrix product; the best of ten."""
    dtype = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}.get(policy, policy)
    matrix = tf.cast(tf.random.normal((MATMUL_SIDE, MATMUL_SIDE)), dtype)
    product = tf.function(lambda: tf.matmul(matrix, matrix))
    return 2 * MATMUL_SIDE**3 / min(seconds(lambda: product()[0, 0].numpy(), 10))


def count_operations(model: AdversarialModel, batch: tf.Tensor) -> float:
    """Multiplications and additions of all convolutions in one step, forward and backward."""

    def convolutions(function: tf.types.experimental.ConcreteFunction) -> float:
        total = 0.0
        for operation in function.graph.get_operations():
            kind = operation.type
            if kind == "Conv2D":
                kernel, result = operation.inputs[1], operation.outputs[0]
                pixels = result.shape.num_elements() // result.shape[-1]
                total += 2.0 * pixels * kernel.shape.num_elements()
            elif kind == "Conv2DBackpropInput":  # also the transposed convolution
                kernel, gradient = operation.inputs[1], operation.inputs[2]
                pixels = gradient.shape.num_elements() // gradient.shape[-1]
                total += 2.0 * pixels * kernel.shape.num_elements()
            elif kind == "Conv2DBackpropFilter":
                gradient, result = operation.inputs[2], operation.outputs[0]
                pixels = gradient.shape.num_elements() // gradient.shape[-1]
                total += 2.0 * pixels * (result.shape.num_elements() or _filter_size(operation))
        return total

    generators = tf.function(model.generator_gradients, autograph=False)
    discriminators = tf.function(model.discriminator_gradients, autograph=False)
    return convolutions(generators.get_concrete_function(batch, batch)) + convolutions(
        discriminators.get_concrete_function(batch, batch, batch, batch)
    )


def _filter_size(operation: tf.Operation) -> int:
    """Elements of a kernel whose shape reaches the gradient as a constant."""
    shape = tf.get_static_value(operation.inputs[1])
    return int(shape.prod())


def benchmark_step(key: str, options: argparse.Namespace) -> None:
    """Prints a line for one modification."""
    side = options.image_size or SIDE
    config = CycleGANConfig(
        modification=key,
        image_size=side,
        filters=options.filters,
        precision=options.precision,
        jit=options.jit,
    )
    policy = POLICIES[resolve_precision(config.precision)]
    networks = build_networks(config.configured_modification(), policy=policy)
    (phase,) = config.phases()
    jit = resolve_jit(config.jit) == "on"
    model = build_step(phase, networks, steps=options.steps, policy=policy, jit=jit)
    shape = (options.batch_size, side, side, 3)
    batch = tf.random.uniform(shape, -1, 1)
    step = tf.function(model.train_step, autograph=False)
    rate = matmul_rate(policy)
    times = seconds(lambda: step((batch, batch))["generator G"].numpy(), options.steps)
    rate = max(rate, matmul_rate(policy))
    median = statistics.median(times)
    operations = count_operations(model, batch)
    print(
        f"{key:18s} {median:6.2f} s (min {min(times):.2f}, max {max(times):.2f})  "
        f"{options.batch_size / median:5.2f} images/s  {operations / 1e12:5.2f} TFLOP  "
        f"{operations / median / rate:4.0%} of {rate / 1e9:.0f} GFLOP/s",
        flush=True,
    )


def benchmark_system(name: str, options: argparse.Namespace) -> None:
    """Prints a line for each phase of a system, and then the peak of this process' memory."""
    config = ColorizationConfig(
        system=name,
        image_size=options.image_size,
        filters=options.filters,
        batch_size=options.batch_size,
        precision=options.precision,
        jit=options.jit,
        backbone_weights="none",
    )
    policy = POLICIES[resolve_precision(config.precision)]
    size = config.configured_system().image_size
    batch = tf.random.uniform((options.batch_size, size, size, 3), -1, 1)
    stream = tf.data.Dataset.from_tensors(batch).repeat()
    task = ColorizationTask(config, ColorizationData(lambda step, order: stream, 1, batch.numpy()))
    networks = task.build_networks(policy)
    jit = resolve_jit(config.jit) == "on"
    for phase in config.phases():
        data = next(iter(task.batches(phase, 0)))
        model = build_step(phase, networks, steps=1, policy=policy, jit=jit, two_domains=False)
        mean = seconds_per_step(model, data, options.steps)
        print(
            f"{name:30s} {phase.name:12s} {mean:6.3f} s  {options.batch_size / mean:7.2f} images/s",
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # of KiB, as Linux has it
    print(f"{name:30s} peak memory {peak:.2f} GiB at {size}x{size}", flush=True)


def seconds_per_step(model: AdversarialModel, data: object, steps: int) -> float:
    """The mean over whole turns, `steps` steps at least, after one turn that is not counted."""
    step = tf.function(model.train_step, autograph=False)

    def turn() -> list[float]:
        return [float(loss) for _ in range(TURN) for loss in step(data).values()]

    return statistics.mean(seconds(turn, -(-steps // TURN))) / TURN


def benchmark_systems(options: argparse.Namespace) -> None:
    """Benchmarks one system, or all, each in a new process."""
    for name in SYSTEMS if options.system == "all" else [options.system]:
        process = multiprocessing.get_context("spawn").Process(
            target=benchmark_system, args=(name, options)
        )
        process.start()
        process.join()


def benchmark_pipeline(source: str, options: argparse.Namespace) -> None:
    """Prints pairs per second of the unpaired and the paired stream, with images cached."""
    from pipelines.batches import paired, unpaired
    from pipelines.sources import open_data

    data = open_data(source)
    for name, stream in {"unpaired": unpaired, "paired": paired}.items():
        batches = iter(stream(data, image_size=options.image_size or SIDE, batch_size=1))
        for _ in range(100):
            next(batches)
        count = 300
        began = time.perf_counter()
        for _ in range(count):
            next(batches)
        print(f"{source} {name}: {count / (time.perf_counter() - began):.0f} pairs/s", flush=True)


def main() -> None:
    """Reads the command line and runs one of the benchmarks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--modification", default="0", help=f"one of {', '.join(MODIFICATIONS)}, or all"
    )
    parser.add_argument("--system", help="one of the companion papers' instead, or all")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--jit", default="auto")
    parser.add_argument("--image-size", type=int, help="default: 256, or the system's")
    parser.add_argument("--filters", type=int)
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5, help="timed steps")
    parser.add_argument("--pipeline", metavar="DATA", help="time the input of this --data instead")
    options = parser.parse_args()
    if options.pipeline:
        benchmark_pipeline(options.pipeline, options)
        return
    if options.system:
        benchmark_systems(options)
        return
    keys = list(MODIFICATIONS) if options.modification == "all" else [options.modification]
    for key in keys:
        benchmark_step(key, options)
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
