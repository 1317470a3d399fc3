"""A served model: what passes is survived, what stays is reported in one sentence."""

import base64
import socket
import subprocess
import sys

import imagecodecs
import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.inference import serving_client
from negcolor.inference.serving_client import ServedModel


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited between tries, which take no time."""
    seconds = []
    monkeypatch.setattr(serving_client, "sleep", seconds.append)
    return seconds


IMAGE = np.random.default_rng(0).random((5, 7, 3), dtype="float32")


def answer_as(pixels):
    encoded = base64.b64encode(imagecodecs.png_encode(pixels)).decode()
    return lambda handler: handler.answer(200, {"predictions": [{"b64": encoded}]})


def hang(handler):
    handler.server.released.wait(10)
    handler.close_connection = True


def cut(handler):
    handler.close_connection = True


FAULTS = {
    "internal error": (lambda h: h.answer(500, {"error": "it\nbroke"}), "500: it broke"),
    "overloaded": (lambda h: h.answer(429, b"later"), "429: Too Many Requests"),
    "unavailable": (lambda h: h.answer(503, b"<html>"), "503: Service Unavailable"),
    "timeout": (hang, "no answer within 0.2 s"),
    "closed": (cut, "closed connection"),
    "truncated": (lambda h: h.answer(200, b'{"predictions": [', missing=9), "IncompleteRead"),
    "no JSON": (lambda h: h.answer(200, b'{"predictions": ['), "a damaged answer"),
    "no UTF-8": (lambda h: h.answer(200, b"\xff\xfe\x00"), "a damaged answer"),
    "a list": (lambda h: h.answer(200, b"[1]"), "a damaged answer"),
    "no prediction": (lambda h: h.answer(200, b'{"predictions": []}'), "a damaged answer"),
    "no base64": (lambda h: h.answer(200, b'{"predictions": [{"b64": "%"}]}'), "a damaged"),
    "no PNG": (lambda h: h.answer(200, b'{"predictions": [{"b64": "AAAA"}]}'), "a damaged"),
    "other size": (answer_as(np.zeros((5, 8, 3), "uint16")), "another size"),
    "other depth": (answer_as(np.zeros((5, 7, 3), "uint8")), "another size or depth"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_is_survived(stand_in, waits, name):
    stand_in.faults = [FAULTS[name][0]] * 2
    network = ServedModel(stand_in.url, timeout=0.2 if name == "timeout" else 10)
    np.testing.assert_allclose(network.run(IMAGE), 1 - IMAGE, atol=1 / 65535)
    assert waits == [0.5, 1]
    assert stand_in.requests == ["/v1/models/mine:predict"] * 3


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_is_reported(stand_in, waits, name):
    fault, reason = FAULTS[name]
    stand_in.faults = [fault] * 3
    network = ServedModel(stand_in.url, timeout=0.2 if name == "timeout" else 10, retries=2)
    with pytest.raises(NegcolorError) as caught:
        network.run(IMAGE)
    sentence = str(caught.value)
    for part in (stand_in.url, reason, "after 3 tries", "check that the server runs"):
        assert part in sentence
    assert "\n" not in sentence
    assert waits == [0.5, 1]
    assert not stand_in.faults
    np.testing.assert_allclose(network.run(IMAGE), 1 - IMAGE, atol=1 / 65535)  # still usable


def test_nobody_listens(waits):
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        url = f"http://127.0.0.1:{occupied.getsockname()[1]}/v1/models/mine"
    network = ServedModel(url)
    with pytest.raises(NegcolorError, match=r"Connection refused, after 5 tries"):
        network.run(IMAGE)
    assert waits == [0.5, 1, 2, 4]
    with pytest.raises(NegcolorError, match="Connection refused"):
        network.check()
    assert len(waits) == 4  # asked once


def test_a_server_that_starts_late(stand_in, monkeypatch):
    stand_in.shutdown()
    stand_in.server_close()
    servers = []

    def start(_):
        servers.append(type(stand_in)(stand_in.server_address).running())
        servers[0].__enter__()

    monkeypatch.setattr(serving_client, "sleep", start)
    np.testing.assert_allclose(ServedModel(stand_in.url).run(IMAGE), 1 - IMAGE, atol=1 / 65535)
    servers[0].__exit__(None, None, None)


@pytest.mark.parametrize(
    ("path", "reason"), [("nosuch", "404: Servable not found"), ("mine/versions/2", "404")]
)
def test_a_missing_model_is_not_asked_for_again(stand_in, waits, path, reason):
    url = stand_in.url.replace("mine", path)
    with pytest.raises(NegcolorError, match=reason) as caught:
        ServedModel(url).run(IMAGE)
    assert "check the model's name" in str(caught.value)
    with pytest.raises(NegcolorError, match="404: Could not find any versions"):
        ServedModel(url).check()
    assert (len(stand_in.requests), waits) == (2, [])


def test_the_servers_reason_for_a_refusal_is_told(stand_in, waits):
    stand_in.faults = [lambda h: h.answer(400, {"error": "input must be\n   rank 1"})]
    with pytest.raises(NegcolorError, match=r"refuses \(400: input must be rank 1\)"):
        ServedModel(stand_in.url).run(IMAGE)
    assert waits == []


def test_check_is_content_with_a_model_that_is_ready(stand_in):
    for path in ("", "/", "/versions/1"):
        ServedModel(stand_in.url + path).check()
    assert stand_in.requests == ["/v1/models/mine"] * 2 + ["/v1/models/mine/versions/1"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"model_version_status": [{"state": "LOADING"}]}, r"not ready \(LOADING\)"),
        ({"model_version_status": []}, "no version"),
        ({}, "not TensorFlow Serving's"),
        ([], "not TensorFlow Serving's"),
        (b"<html>", "a damaged answer"),
    ],
)
def test_check_complains(stand_in, status, reason):
    stand_in.status = status
    with pytest.raises(NegcolorError, match=reason):
        ServedModel(stand_in.url).check()


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8501",
        "localhost:8501/v1/models/mine",
        "ftp://localhost/v1/models/mine",
        "http://localhost:8501",
        "http://localhost:8501/v1/models/",
        "http://localhost:8501/v1/models/mine:predict",
        "http://localhost:8501/v1/models/mine/versions/new",
        "http://name:password@localhost:8501/v1/models/mine",
        "http:///v1/models/mine",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(NegcolorError, match="http://HOST:PORT/v1/models/NAME"):
        ServedModel(url)


def test_a_port_that_cannot_be(waits):
    with pytest.raises(NegcolorError, match="99999"):
        ServedModel("http://localhost:99999/v1/models/mine", retries=0).run(IMAGE)


@pytest.mark.slow
def test_the_client_needs_no_tensorflow():
    module = "negcolor.inference.serving_client"
    code = f"import sys, {module}; print({{'tensorflow', 'keras'}} & {{*sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert result.stdout == b"set()\n"
