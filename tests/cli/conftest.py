"""Commands as they are installed, what a refusal looks like, and a roll to train on."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from negcolor.images.io import write


@pytest.fixture(scope="session")
def installed():
    """Name -> path of an installed command."""
    return lambda name: str(Path(sys.executable).with_name(name))


@pytest.fixture(scope="session")
def command(installed):
    """Runs an installed command to its end and returns its exit code and what it printed."""

    def call(name, *arguments, **options):
        return subprocess.run(
            [installed(name), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    return call


STOPPED_TRAINING = """
import os, sys
import keras
from negcolor.training.trainer import Trainer
{before}

class Stop(keras.callbacks.Callback):
    steps = {steps}

    def on_train_batch_end(self, batch, logs=None):
        self.steps -= 1
        if not self.steps:
            os.kill(os.getpid(), {signal})

train, stop = Trainer.train, Stop()
Trainer.train = lambda trainer, minutes=None: train(trainer, minutes, [stop])
sys.argv[0] = "negcolor-train"
from negcolor.cli.train import main
main()
"""


@pytest.fixture(scope="session")
def stopped_training():
    """Runs negcolor-train in a process that sends itself a signal after so many steps."""

    def call(signal, steps, *arguments, before=""):
        code = STOPPED_TRAINING.format(signal=int(signal), steps=steps, before=before)
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def complaints():
    """The sentences of our commands on standard error, where TensorFlow writes, too."""

    def find(stderr):
        assert "Traceback" not in stderr
        return [line for line in stderr.splitlines() if line.startswith("negcolor-")]

    return find


@pytest.fixture
def call_main(monkeypatch, capfd):
    """Runs a command's main in this process, which has TensorFlow loaded already.

    Returns its exit code, standard output and standard error.
    """

    def call(main, name, *arguments):
        monkeypatch.setattr("sys.argv", [name, *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capfd.readouterr()

    return call


@pytest.fixture(scope="session")
def tree():
    """Folder -> every file below it with its content."""

    def read(folder):
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return read


@pytest.fixture(scope="session")
def roll(tmp_path_factory):
    """trainA, trainB, testA and truthA with colored squares; negatives are 255 - image."""
    folder = tmp_path_factory.mktemp("roll")
    rng = np.random.default_rng(0)
    for name, count in {"trainA": 3, "trainB": 2, "testA": 1}.items():
        for number in range(count):
            colors = rng.integers(0, 256, (8, 8, 3), dtype="uint8")
            image = colors.repeat(8, axis=0).repeat(8, axis=1)
            if name.endswith("A"):
                write(folder / name / f"{number}.png", 255 - image)
            if name != "trainA":
                truths = "trainB" if name == "trainB" else "truthA"
                write(folder / truths / f"{number}.png", image)
    return folder
