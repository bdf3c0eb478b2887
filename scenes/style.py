"""How everything looks: colours, sizes and times, and the functions from a value to a width, an opacity or a colour.

The meaning of each colour is the grammar's: yellow asks, teal is a key, red is a value, blue one head's update, violet
the feed-forward block; ink, one hue a word, says whose meaning a vector holds.
"""

import math
import re
from dataclasses import dataclass, replace

import numpy as np
from manim import ManimColor, interpolate_color

from soakup.scenes.errors import SceneError

# Font sizes, in Manim's points; digits of 22 stand 20 pixels high at 1080p, and nothing is smaller.
STATEMENT, LABEL, CAPTION = 48, 30, 36
ENTRY, ENTRY_SMALLEST = 24, 22
MARGIN = 0.4  # left free at every edge of the frame
DIM = 0.25  # opacity of what is not the point just now
FADED = 0.4  # of what is laid aside, and may still be read while it is
READING = 0.3  # seconds a word takes to read
LEAST_HOLD = 0.8  # seconds
YELLOWS = (0.235, 0.315)  # hues, in turns, that no ink has
ARC_LEAST = 0.03  # contributions under this share are not drawn


@dataclass(frozen=True)
class Theme:
    """The colours of one ground."""

    ground: str
    text: str
    quiet: str  # hairlines, arrows, the rest token
    others: str  # many small shares together
    query: str
    key: str
    value: str
    embedding: str
    update: str
    head_update: str
    mlp: str
    updated: str
    data: tuple[str, str]  # activations, by magnitude; both readable on a tinted panel
    positive: tuple[str, str]  # by magnitude
    negative: tuple[str, str]
    probability: tuple[str, str]
    ink_lightness: float
    ink_chroma: float

    def __deepcopy__(self, memo: dict) -> "Theme":
        return self


DARK = Theme(
    ground="#000000",
    text="#FFFFFF",
    quiet="#888888",
    others="#606060",
    query="#FFFF00",
    key="#5CD0B3",
    value="#FC6255",
    embedding="#DDDDDD",
    update="#FFFF00",
    head_update="#58C4DD",
    mlp="#9A72AC",
    updated="#5CD0B3",
    data=("#A8A8A8", "#FFFFFF"),
    positive=("#2C8AA0", "#9CDCEB"),
    negative=("#CF5044", "#FF8080"),
    probability=("#5CD0B3", "#FFFF00"),
    ink_lightness=0.76,
    ink_chroma=0.13,
)
LIGHT = Theme(
    ground="#FFFFFF",
    text="#000000",
    quiet="#666666",
    others="#919191",
    query="#8A6D00",
    key="#1F7A63",
    value="#C23A2E",
    embedding="#444444",
    update="#8A6D00",
    head_update="#1C758A",
    mlp="#7A4E8E",
    updated="#1F7A63",
    data=("#545454", "#000000"),
    positive=("#1C758A", "#0B4A5A"),
    negative=("#C23A2E", "#8A1F16"),
    probability=("#1F7A63", "#8A6D00"),
    ink_lightness=0.55,
    ink_chroma=0.13,
)
THEMES = {"dark": DARK, "light": LIGHT}
READABLE = 4.5  # contrast of what is to be read with the ground, at least (WCAG 2, AA)


def on_ground(theme: Theme, ground: str) -> Theme:
    """A theme on a ground of its own. Raises SceneError for one on which it cannot be read."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", ground):
        raise SceneError(f"{ground!r} is no colour of a ground: write it as #RRGGBB, or transparent")
    found = contrast(theme.text, ground)
    if found < READABLE:
        name, other = ("dark", "light") if theme is DARK else ("light", "dark")
        raise SceneError(
            f"on {ground} the {name} theme cannot be read, its contrast being {found:.1f}: "
            f"try --theme {other}, or another ground"
        )
    return replace(theme, ground=ground)


def contrast(one: str, two: str) -> float:
    """Of two colours as #RRGGBB, from 1 to 21, as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


def readable(color: str, theme: Theme) -> str:
    """A colour as letters on the ground have it: nearer to the text's, as far as it takes to be read."""
    mixed = (interpolate_color(ManimColor(color), ManimColor(theme.text), step / 20).to_hex() for step in range(21))
    return next((found for found in mixed if contrast(found, theme.ground) > READABLE + 0.1), theme.text)


def brightness(value: float, scale: float) -> float:
    """How bright a value is drawn, 0 to 1: fully from `scale` on, which is 0 where nearly all there is is nothing."""
    return min(1.0, abs(value) / scale) if scale else float(value != 0)


def data_color(value: float, scale: float, theme: Theme) -> ManimColor:
    """Of an activation's digits: grey to the text's colour by magnitude; `scale` is the magnitude of the latter."""
    return interpolate_color(
        ManimColor(theme.data[0]),
        ManimColor(theme.data[1]),
        brightness(value, scale),
    )


def probability_color(value: float, theme: Theme) -> ManimColor:
    """Of a bar: teal to yellow by probability."""
    return interpolate_color(
        ManimColor(theme.probability[0]),
        ManimColor(theme.probability[1]),
        float(np.clip(value, 0, 1)),
    )


def score_color(value: float, scale: float, theme: Theme) -> ManimColor:
    """Of a score drawn as a patch: from the ground to blue where it is positive, to red where it is negative."""
    end = theme.positive[1] if value > 0 else theme.negative[1]
    return interpolate_color(ManimColor(theme.ground), ManimColor(end), brightness(value, scale))


def weight_opacity(weight: float) -> float:
    """Opacity of what is multiplied by a weight: faint under a tenth, since what is not faint has to be read."""
    return 1.0 if weight >= 0.1 else 0.45


def arc_width(share: float) -> float:
    """Stroke width of an arc: in proportion to the share, but never too thin to be seen."""
    return max(15.0 * share, 1.8)


def arc_opacity(share: float) -> float:
    """Opacity of an arc: the root of the share, full at a third."""
    return min(1.0, max(math.sqrt(3.0 * share), 0.4))


def light_radius(share: float) -> float:
    """Radius of a travelling light: its area is in proportion to the share."""
    return 0.17 * math.sqrt(share)


def oklch(lightness: float, chroma: float, hue: float) -> np.ndarray:
    """Linear-light RGB (3,) of an OKLCH colour, hue in turns (Ottosson 2020, https://bottosson.github.io/posts/oklab/)."""
    a, b = chroma * math.cos(math.tau * hue), chroma * math.sin(math.tau * hue)
    l, m, s = (
        (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    )
    rgb = np.array(
        [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    )
    return np.clip(rgb, 0.0, 1.0)


def to_color(linear: np.ndarray) -> ManimColor:
    """A colour of the screen (sRGB) from linear light (3,)."""
    encoded = np.where(
        linear <= 0.0031308,
        12.92 * linear,
        1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055,
    )
    return ManimColor.from_rgb(tuple(float(c) for c in np.clip(encoded, 0, 1)))


def to_linear(color: str) -> np.ndarray:
    """Linear light (3,) of a colour of the screen."""
    c = np.array(ManimColor(color).to_rgb())
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def inks(count: int, rest: int | None, theme: Theme) -> np.ndarray:
    """One ink a word, that of the rest token grey; in linear light: (count, 3).

    The hues stand evenly along the circle but for its yellows, which mean what is being looked at, and a gap between
    the last and the first; neighbours differ in lightness too.
    """
    hues = [w for w in range(count) if w != rest]
    turns = [0.03 + 0.74 * n / max(len(hues) - 1, 1) for n in range(len(hues))]
    turns = [t if t < YELLOWS[0] else t + YELLOWS[1] - YELLOWS[0] for t in turns]
    lightness = [theme.ink_lightness + (0.03 if n % 2 else -0.03) for n in range(len(hues))]
    table = {w: oklch(l, theme.ink_chroma, turn) for w, l, turn in zip(hues, lightness, turns, strict=True)}
    return np.array([table.get(w, to_linear(theme.quiet)) for w in range(count)])
