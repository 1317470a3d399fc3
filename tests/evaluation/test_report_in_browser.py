"""The report in a real browser, driven through the W3C WebDriver protocol."""

import re
import shutil
import subprocess

import pytest
import requests

from negcolor.evaluation.report import write_report

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1000",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # key of references, WebDriver section 11
RIGHT, HOME = "\ue014", "\ue011"  # keys, section 15.4.2

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (BROWSER and DRIVER), reason="needs chromium and chromedriver (Debian: chromium-driver)"
    ),
]


class Browser:
    """A session of chromedriver."""

    def __init__(self, server, profile):
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy for this machine
        arguments = [*ARGUMENTS, f"--user-data-dir={profile}"]
        options = {"binary": BROWSER, "args": arguments}
        capabilities = {"alwaysMatch": {"goog:chromeOptions": options}}
        self._url = f"{server}/session"
        self._url += "/" + self.post("", capabilities=capabilities)["sessionId"]

    def post(self, command, **parameters):
        answer = self._http.post(self._url + command, json=parameters, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["value"]

    def close(self):
        self._http.delete(self._url, timeout=60)

    def find(self, selector):
        return self.post("/element", using="css selector", value=selector)[ELEMENT]

    def press(self, element, keys):
        self.post(f"/element/{element}/value", text=keys)

    def click(self, element):
        self.post(f"/element/{element}/click")

    def drag(self, element, pixels):
        """From the element's center to the right."""
        origin = {"type": "pointerMove", "origin": {ELEMENT: element}, "duration": 50, "y": 0}
        pointer = [
            {**origin, "x": 0},
            {"type": "pointerDown", "button": 0},
            {**origin, "x": pixels},
            {"type": "pointerUp", "button": 0},
        ]
        self.post("/actions", actions=[{"type": "pointer", "id": "mouse", "actions": pointer}])

    def run(self, script):
        return self.post("/execute/sync", script=f"return {script}", args=[])


@pytest.fixture
def browser(tmp_path):
    with subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True) as driver:
        try:
            lines = iter(driver.stdout.readline, "")
            port = next(
                found[1]
                for line in lines
                if (found := re.search(r"successfully on port (\d+)", line))
            )
            session = Browser(f"http://127.0.0.1:{port}", tmp_path / "profile")
            try:
                yield session
            finally:
                session.close()
        finally:
            driver.terminate()


def clip(browser):
    """How much of the left image is hidden, from the right, in percent."""
    value = browser.run("getComputedStyle(document.querySelector('#slider .left')).clipPath")
    return float(re.fullmatch(r"inset\(0px (?:calc\()?([\d.]+)%\)? 0px 0px\)", value)[1])


def test_the_slider_moves_by_mouse_and_keys_and_changes_images(evaluation, browser, tmp_path):
    write_report(tmp_path / "report", evaluation)
    browser.post("/url", url=(tmp_path / "report" / "report.html").as_uri())
    handle = browser.find("#slider input")
    width = browser.run("document.querySelector('#slider .left').getBoundingClientRect().width")
    assert clip(browser) == 50

    browser.drag(handle, round(width / 4))
    assert clip(browser) == pytest.approx(25, abs=1)
    browser.press(handle, HOME)
    assert clip(browser) == 100
    browser.press(handle, 4 * RIGHT)
    assert clip(browser) == 98

    sources = "['left', 'right'].map((side) => document.querySelector('#slider .' + side).src)"
    grid = "[0, 1].map((column) => document.getElementById(`picture-{}-${{column}}`).src)"
    assert browser.run(sources) == browser.run(grid.format(0))
    browser.click(browser.find("#choose-picture option[value='2']"))
    assert browser.run(sources) == browser.run(grid.format(2)) != browser.run(grid.format(0))


def test_nothing_is_loaded_and_nothing_goes_wrong(evaluation, browser, tmp_path):
    write_report(tmp_path / "report", evaluation)
    browser.post("/url", url=(tmp_path / "report" / "report.html").as_uri())
    loaded = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert [name for name in browser.run(loaded) if not name.startswith("data:")] == []
    broken = "[...document.images].filter((image) => !image.naturalWidth).length"
    assert browser.run(broken) == 0
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
