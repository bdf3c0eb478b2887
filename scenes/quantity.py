"""Where a thing on the screen comes from.

Every digit drawn, and every size or colour that stands for data, belongs to a `Quantity`: a path into the Trace, the
value found there, and how it is written. What a film shows can so be recorded in its manifest and computed again.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["element", "derived", "count", "text"]


def write(value: float | str, format: str) -> str:
    """A value as it stands on the screen.

    `format` is a Python format spec (".2f", "+.1f", "d", ",d"); "percent" for a share written as a whole percentage,
    "<1%" where it is there but would round to nothing; "s" for text without the space around it, text that is nothing
    but space being shown as ␣ or, where a line ends, ↵; or "" for a value that is drawn as a size or a colour.
    Minus is the true minus sign.

    >>> write(-1.25, "+.1f"), write(0.456, "percent"), write(0.004, "percent"), write(192, "d")
    ('−1.2', '46%', '<1%', '192')
    """
    if format == "":
        return ""
    if format == "s":
        return str(value).strip() or ("↵" if "\n" in str(value) else "␣")
    if format == "percent":
        return "<1%" if 0 < abs(value) < 0.005 else f"{value * 100:.0f}%"
    if format.endswith("d"):
        value = round(value)
    return format_number(value, format)


def format_number(value: float, spec: str) -> str:
    """A number by a format spec, with the true minus sign, and never a minus before zeros."""
    text = f"{value:{spec}}"
    if text.startswith("-") and not any(c in "123456789" for c in text):
        text = ("+" if "+" in spec else "") + text[1:]
    return text.replace("-", "−")


def format_for(values: np.ndarray) -> str:
    """Sign, and as many decimals as give the typical value two significant figures: one to three."""
    typical = float(np.median(np.abs(values)))
    decimals = 1 - int(np.floor(np.log10(typical))) if typical > 0 else 2
    return f"+.{min(max(decimals, 1), 3)}f"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing on the screen and where it comes from.

    `path` is resolved by `Trace.value`; `shown` says what the value drives ("digits", "arc width", "ink", …).
    """

    kind: Kind
    path: str
    value: float | str
    format: str = ""
    shown: str = "digits"

    def __deepcopy__(self, memo: dict) -> "Quantity":
        return self  # it cannot change, and Manim copies whatever hangs on a mobject many times a play

    @property
    def text(self) -> str:
        return write(self.value, self.format)

    def record(self) -> dict:
        """As the manifest holds it."""
        return {
            "kind": self.kind,
            "path": self.path,
            "value": self.value,
            "format": self.format,
            "text": self.text,
            "shown": self.shown,
        }
