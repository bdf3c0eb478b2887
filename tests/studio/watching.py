"""A <soakup-clip> in a browser, watched: what it shows, and where it comes to stand."""

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Locator


def ready(clip: Locator) -> Locator:
    clip.evaluate("e => new Promise(done => e.video.readyState > 2 ? done() : (e.video.oncanplay = done))")
    return clip


def stood(clip: Locator, act: Callable[[], object]) -> int:
    """Do something, and wait until the film stands at the end of a beat: which."""
    clip.evaluate("e => { e.stood = new Promise(done => e.addEventListener('beat', done, { once: true })) }")
    act()
    clip.evaluate("e => e.stood")
    clip.evaluate("e => new Promise(done => e.video.seeking ? (e.video.onseeked = done) : done())")
    return clip.evaluate("e => e.index")


def picture(clip: Locator) -> np.ndarray:
    """What the browser shows of the film, as large as the film is: (480, 854, 3)."""
    clip.page.mouse.move(0, 0)
    url = clip.evaluate("""e => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 854, height: 480 });
        canvas.getContext('2d').drawImage(e.video, 0, 0, 854, 480);
        return canvas.toDataURL();
    }""")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def same(shown: np.ndarray, expected: Image.Image) -> bool:
    return float(np.abs(shown.astype(int) - np.asarray(expected)).mean()) < 3
