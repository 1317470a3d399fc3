"""A stand-in for TensorFlow Serving, for whatever talks to a server; a run of a colorizer."""

import base64
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import imagecodecs
import pytest

READY = {"model_version_status": [{"version": "1", "state": "AVAILABLE", "status": {}}]}


class Refusal(Exception):
    """What the stand-in answers with status 400."""


class Handler(BaseHTTPRequestHandler):
    """Rules of tensorflow.org/tfx/serving/api_rest for one model called "mine"."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.requests.append(self.path)
        if re.fullmatch("/v1/models/mine(/versions/1)?", self.path):
            self.answer(200, self.server.status)
        else:
            self.answer(404, {"error": "Could not find any versions of model nosuch"})

    def do_POST(self):
        self.server.requests.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.faults:
            return self.server.faults.pop(0)(self)
        if not re.fullmatch("/v1/models/mine(/versions/1)?:predict", self.path):
            return self.answer(404, {"error": "Servable not found for request: Latest(nosuch)"})
        try:
            files = self.server.model(self.files(json.loads(body)))
        except Refusal as error:
            return self.answer(400, {"error": str(error)})
        encoded = [{"b64": base64.b64encode(file).decode()} for file in files]
        return self.answer(200, {"predictions": encoded})

    @staticmethod
    def files(request):
        """Of the row format: a single named input may be given without its name."""
        if request.pop("signature_name", None) != "serve_image_bytes":
            raise Refusal('Serving signature name: "x" not found in signature def')
        if request.keys() != {"instances"}:
            raise Refusal("Missing 'inputs' or 'instances' key")
        values = (row.get("image_bytes", row) for row in request["instances"])
        return [base64.b64decode(value["b64"], validate=True) for value in values]

    def answer(self, status, content, *, missing=0):
        data = content if isinstance(content, bytes) else json.dumps(content, indent=4).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) + missing))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = bool(missing)

    def log_message(self, *_):
        pass


def invert(files):
    return [imagecodecs.png_encode(65535 - imagecodecs.png_decode(file)) for file in files]


class StandIn(ThreadingHTTPServer):
    """Listens on a free port of this machine; `faults` spoil one prediction each."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address=("127.0.0.1", 0)):
        super().__init__(address, Handler)
        self.model, self.status, self.faults, self.requests = invert, READY, [], []
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1/models/mine"

    @contextmanager
    def running(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            self.released.set()
            self.shutdown()
            self.server_close()


@pytest.fixture
def stand_in():
    with StandIn().running() as running:
        yield running


@pytest.fixture(scope="session")
def system_run(tmp_path_factory):
    """The run folder of a grey-to-color system of 16×16 pixels, whose colors are vivid."""
    import keras

    from negcolor.experiments.config import ColorizationConfig
    from negcolor.experiments.run_folder import create_run

    folder = tmp_path_factory.mktemp("somebody") / "run"
    create_run(
        folder,
        ColorizationConfig("archaeology-gan", data="/home/somebody/album", epochs=4, image_size=16),
    )
    (folder / "history.csv").write_text("epoch,gan G,discriminator D\n1,4.5,0.7\n2,3.25,0.625\n")
    keras.utils.set_random_seed(0)
    lightness = keras.Input((16, 16, 1))
    features = keras.layers.Conv2D(8, 5, padding="same", activation="relu")(lightness)
    colors = keras.layers.Conv2D(2, 3, padding="same", activation="tanh")(features)
    keras.Model(lightness, colors).save(folder / "generator_g.keras")
    return folder
