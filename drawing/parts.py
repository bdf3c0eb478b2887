"""The two parts of drawing that are compiled where there is a compiler: `Canvas`, and what is done to `mobjects`.

Where one could not be compiled, the same in plain Python takes its place: slower, and faster than Manim still.
"""

from typing import Any

Canvas: Any
mobjects: Any

try:
    from soakup.drawing._canvas import Canvas
except ImportError:
    from soakup.drawing.plain_canvas import Canvas

try:
    from soakup.drawing import _mobjects as mobjects
except ImportError:
    from soakup.drawing import plain_mobjects as mobjects
