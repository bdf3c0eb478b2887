"""The two parts of drawing that are compiled where there is a compiler: `Canvas`, and what is done to `mobjects`.

Where one could not be compiled, the same in plain Python stands in its place: slower, and faster than Manim still.
"""

from contextlib import suppress
from typing import Any

from soakup.drawing import plain_canvas, plain_mobjects

Canvas: Any = plain_canvas.Canvas
mobjects: Any = plain_mobjects

with suppress(ImportError):
    from soakup.drawing import _canvas

    Canvas = _canvas.Canvas
with suppress(ImportError):
    from soakup.drawing import _mobjects

    mobjects = _mobjects
