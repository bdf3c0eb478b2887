"""Turn some cards in a space, move the same cards flat, and turn them in Manim's own ThreeDScene: what a frame costs.

    python benchmarks/depth.py

Six cards with 64 dots and a label each, at 1080p, not encoded. The three are drawn in turn, three times; shown are the
medians of the processor time of a frame. Only their ratios mean anything.
"""

import statistics
import tempfile
import time

import numpy as np
from manim import BLUE, DEGREES, Dot, Scene, Square, Text, ThreeDScene, VGroup, tempconfig
from rich.console import Console
from rich.table import Table

from soakup.drawing.fast import fast_drawing
from soakup.drawing.numbers import Change
from soakup.drawing.space import Space

FPS, SECONDS, PAIRS = 30, 2, 3


def cards() -> list[VGroup]:
    """Six, one behind the other."""
    made = []
    for number in range(1, 7):
        dots = VGroup(*[Dot([x, y, 0], radius=0.02 + 0.01 * ((x + 2 * y) % 5)) for x, y in np.ndindex(8, 8)])
        dots.scale(0.4).move_to([0, 0, 0])
        label = Text(f"card {number}", font_size=24).shift([0, -1.9, 0])
        card = VGroup(Square(3.4, color=BLUE, fill_opacity=0.2), dots, label)
        made.append(card.shift([0, 0, 2.5 - number]))
    return made


class InASpace(Scene):
    def construct(self) -> None:
        space = Space(*cards())
        self.add(space)
        self.play(Change(space, lambda a: space.look(-0.8 + 0.6 * a, -0.25), run_time=SECONDS))


class Flat(Scene):
    def construct(self) -> None:
        group = VGroup(*[card.shift([0.4 * i - 1, 0, 0]) for i, card in enumerate(cards())])
        members = [m for m in group.get_family() if len(m.points)]
        places = [m.points.copy() for m in members]

        def move(alpha: float) -> None:
            for member, place in zip(members, places, strict=True):
                member.points = place + np.array([2 * alpha - 1, 0, 0])

        self.add(group)
        self.play(Change(group, move, run_time=SECONDS))


class ByManim(ThreeDScene):
    def construct(self) -> None:
        self.set_camera_orientation(phi=75 * DEGREES, theta=-130 * DEGREES)
        self.add(*[card.rotate(90 * DEGREES, [1, 0, 0]) for card in cards()])
        self.move_camera(theta=-95 * DEGREES, run_time=SECONDS)


def cost(scene: type[Scene]) -> float:
    """Milliseconds of processor time for each frame."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"dry_run": True, "progress_bar": "none", "verbosity": "ERROR", "media_dir": folder}
        size = {"pixel_width": 1920, "pixel_height": 1080, "frame_rate": FPS}
        with tempconfig({**settings, **size}), fast_drawing():
            made = scene()
            made.setup()
            start = time.process_time()
            made.construct()
            return 1000 * (time.process_time() - start) / (FPS * SECONDS)


def main() -> None:
    costs: dict[type[Scene], list[float]] = {scene: [] for scene in (InASpace, Flat, ByManim)}
    for _ in range(PAIRS):
        for scene, found in costs.items():
            found.append(cost(scene))
    table = Table("way", "ms a frame", "× flat")
    flat = statistics.median(costs[Flat])
    for scene, found in costs.items():
        middle = statistics.median(found)
        table.add_row(scene.__name__, f"{middle:.1f}", f"{middle / flat:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
