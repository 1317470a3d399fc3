"""A box of small scans, a converter that changes nothing, a batch of them, and a generator."""

import os
import threading

import keras
import numpy as np
import pytest

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.images import io
from negcolor.inference.batch import convert_batch
from negcolor.inference.convert import Method, NegativeConverter
from negcolor.inference.jobs import Job, Settings
from negcolor.networks.generator import build_generator

SETTINGS = Settings()


class Identity:
    """A pass that gives back what it gets; `act` is called with the number of each run."""

    def __init__(self, act):
        self.act = act
        self.runs = 0

    def __call__(self, image):
        self.runs += 1
        self.act(self.runs)
        return image.astype("float32")


@pytest.fixture
def box(tmp_path):
    """Five jobs; the scans have 5x7 pixels."""
    jobs = [Job(tmp_path / f"{n}.png", tmp_path / "out" / f"{n}.png") for n in range(1, 6)]
    for number, job in enumerate(jobs):
        io.write(job.scan, np.full((5, 7, 3), 40 * number, "uint8"))
    return jobs


@pytest.fixture(scope="session")
def identity():
    """Makes a converter that gives back what it gets, after doing what it is told."""

    def make(act=lambda number: None, **options):
        return NegativeConverter(Identity(act), method=Method.WHOLE, **options)

    return make


@pytest.fixture
def convert():
    """Runs a batch; returns {stem: outcome}, each reported once and in the calling thread."""

    def run(jobs, converter, settings=SETTINGS, **options):
        outcomes = {}

        def report(outcome):
            assert threading.current_thread() is threading.main_thread()
            assert outcome.job.scan.stem not in outcomes
            outcomes[outcome.job.scan.stem] = outcome

        convert_batch(jobs, lambda: converter, settings, report, **options)
        return outcomes

    return run


@pytest.fixture
def same_images():
    """Whether jobs have results that equal the scans, and no other file is there."""

    def compare(jobs):
        for job in jobs:
            np.testing.assert_array_equal(io.read(job.output), io.read(job.scan))
        return {job.output.name for job in jobs} == set(os.listdir(jobs[0].output.parent))

    return compare


@pytest.fixture(scope="session")
def generator():
    """A small generator."""
    keras.utils.set_random_seed(1)
    network = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    for weight in network.trainable_variables:  # more contrast than a fresh network has
        weight.assign(weight * 3 if "kernel" in weight.path else weight)
    return network
