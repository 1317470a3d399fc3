"""TensorFlow's remarks stay off standard error; everything else gets there."""

import os
import subprocess
import sys

import pytest

from negcolor.tensorflow_logging import hide_remarks

REMARKS = b"""WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795276611.079548   21036 cudart_stub.cc:31] Could not find cuda drivers.
E0000 00:00:1795276611.469187   21036 cuda_platform.cc:52] failed call to cuInit: INTERNAL
"""


@pytest.fixture
def importable(tmp_path, monkeypatch):
    """Makes a `tensorflow` of the given source, which `hide_remarks` has been told to quieten."""
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorflow"]:
        monkeypatch.delitem(sys.modules, name)

    def make(source):
        (tmp_path / "tensorflow.py").write_text(f"import os\nos.write(2, {REMARKS!r})\n{source}")
        hide_remarks()

    yield make
    sys.modules.pop("tensorflow", None)


def test_only_the_remarks_are_hidden(importable, capfd):
    importable("os.write(2, b'libfoo is missing\\n')\nversion = 1")
    import tensorflow

    assert tensorflow.version == 1
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3"
    assert capfd.readouterr().err == "libfoo is missing\n"
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


def test_a_failing_import_is_reported(importable, capfd):
    importable("os.write(2, b'libfoo is missing\\n')\nraise ImportError('broken')")
    with pytest.raises(ImportError, match="broken"):
        import tensorflow  # noqa: F401
    assert capfd.readouterr().err == "libfoo is missing\n"


def test_who_asks_for_remarks_gets_them(importable, monkeypatch, capfd):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    importable("")
    import tensorflow  # noqa: F401

    assert capfd.readouterr().err == REMARKS.decode()


@pytest.mark.slow
def test_the_installed_tensorflow_is_quiet():
    code = (
        "from negcolor.tensorflow_logging import hide_remarks; hide_remarks()\n"
        "import sys, tensorflow as tf; tf.ones(3) + 1; print('mine', file=sys.stderr)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stderr == "mine\n"
