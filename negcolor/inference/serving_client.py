"""A client of TensorFlow Serving: a model on a server, used like one on this machine."""

from __future__ import annotations

import base64
import json
import re
from http import HTTPStatus
from time import sleep
from typing import Any

import imagecodecs
import numpy as np
import requests

from negcolor.errors import NegcolorError
from negcolor.images.color import from_unit, to_unit

SIGNATURE = "serve_image_bytes"
FIRST_WAIT = 0.5  # seconds before the first repetition; each further wait is twice as long
CONNECT_TIMEOUT = 10.0  # seconds

_URL = re.compile(r"https?://[^/@\s]+/v1/models/[^/:?#\s]+(/versions/\d+)?/?")


class TransientError(Exception):
    """A fault that may be over at the next try; the message is a few words about it."""


class ServedModel:
    """A model that negcolor-export wrote, on a running server.

    Images travel as 16-bit PNG files by the REST API, tensorflow.org/tfx/serving/api_rest. What
    may pass (no connection, no answer in time, an error of the server, a damaged answer) is tried
    again after 0.5, 1, 2, … seconds.

    Args:
        url: http://HOST:PORT/v1/models/NAME, with /versions/N for another than the newest.
        timeout: how many seconds the server may be silent.
        retries: how often a request is repeated.

    Raises:
        NegcolorError: that is not what such an address looks like.
    """

    def __init__(self, url: str, *, timeout: float = 120.0, retries: int = 4) -> None:
        if not _URL.fullmatch(url):
            raise NegcolorError(
                f"--server {url} is not a model's address: give http://HOST:PORT/v1/models/NAME, "
                "followed by /versions/N if need be."
            )
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.retries = retries
        self._session = requests.Session()

    def check(self) -> None:
        """Asks once whether the model is there and ready.

        Raises:
            NegcolorError: there is no such server or model, or it is not ready.
        """
        try:
            answer = self._request("GET", self.url)
            states = [str(version["state"]) for version in answer["model_version_status"]]
        except TransientError as error:
            raise self._unreachable(str(error)) from error
        except (KeyError, TypeError) as error:
            raise self._unreachable("its answer is not TensorFlow Serving's") from error
        if "AVAILABLE" not in states:
            raise NegcolorError(
                f"{self.url} is not ready ({', '.join(states) or 'no version'}): wait until the "
                "server has loaded it, or see the server's log."
            )

    def run(self, image: np.ndarray) -> np.ndarray:
        """One pass over the whole image.

        Args:
            image: (H, W, 3) floating point sRGB in [0, 1], of any size.

        Returns:
            The same shape, float32 in [0, 1], in steps of 1/65535.

        Raises:
            NegcolorError: the server cannot be reached, refuses the image, or keeps failing.
        """
        file = imagecodecs.png_encode(np.ascontiguousarray(from_unit(image, "uint16")))
        instance = {"b64": base64.b64encode(file).decode("ascii")}
        body = {"signature_name": SIGNATURE, "instances": [instance]}
        for attempt in range(self.retries + 1):
            if attempt:
                sleep(FIRST_WAIT * 2 ** (attempt - 1))
            try:
                return to_unit(_decode(self._request("POST", f"{self.url}:predict", body), image))
            except TransientError as error:
                last = error
        tries = f"{self.retries + 1} tries" if self.retries else "one try"
        raise self._unreachable(f"{last}, after {tries}") from last

    def _request(self, method: str, url: str, body: Any = None) -> Any:
        """The answer to one request, decoded from JSON."""
        timeouts = (min(CONNECT_TIMEOUT, self.timeout), self.timeout)
        try:
            response = self._session.request(
                method, url, json=body, timeout=timeouts, allow_redirects=False
            )
        except requests.Timeout as error:
            raise TransientError(f"no answer within {self.timeout:g} s") from error
        except (requests.RequestException, ValueError) as error:  # ValueError: a port like 99999
            raise TransientError(_root(error)) from error
        status = response.status_code
        if status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TransientError(_complaint(response))
        if status != HTTPStatus.OK:
            raise NegcolorError(
                f"{self.url} refuses ({_complaint(response)}): check the model's name, and that "
                "negcolor-export wrote it."
            )
        try:
            return json.loads(response.content)
        except ValueError as error:
            raise TransientError("a damaged answer") from error

    def _unreachable(self, reason: str) -> NegcolorError:
        return NegcolorError(
            f"{self.url} does not answer as it should ({reason}): check that the server runs and "
            "see its log."
        )


def _decode(answer: Any, image: np.ndarray) -> np.ndarray:
    """The 16-bit image in an answer."""
    try:
        (prediction,) = answer["predictions"]
        pixels = imagecodecs.png_decode(base64.b64decode(prediction["b64"], validate=True))
    except Exception as error:  # anything may come, and the decoder raises nearly anything
        raise TransientError("a damaged answer") from error
    if pixels.shape != image.shape or pixels.dtype != np.uint16:
        raise TransientError(f"a picture of another size or depth, {pixels.shape} {pixels.dtype}")
    return pixels


def _complaint(response: requests.Response) -> str:
    """The status and, on one line, what the server says about it."""
    try:
        text = str(json.loads(response.content)["error"])
    except (ValueError, KeyError, TypeError):
        text = response.reason or "no reason given"
    return f"{response.status_code}: {' '.join(text.split())[:200]}"


def _root(error: BaseException) -> str:
    """What the operating system or the protocol said first, below the layers of HTTP."""
    while error.__context__ is not None:
        error = error.__context__
    text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]
