"""The content of S1 and S2s in stock_scenes.py, second for second, made as our own scenes are: of numbers set together,
and of steps that change arrays in place."""

import numpy as np
from manim import (
    BLUE,
    DOWN,
    GREY,
    LEFT,
    ORIGIN,
    PI,
    RIGHT,
    UL,
    UP,
    WHITE,
    YELLOW,
    ArcBetweenPoints,
    Circle,
    Create,
    FadeIn,
    Indicate,
    LaggedStart,
    Line,
    Scene,
    SurroundingRectangle,
    Text,
    Transform,
    VGroup,
    VMobject,
    smooth,
)
from stock_scenes import TOK12, softmax_causal

from soakup.drawing.numbers import Change, Number, Numbers
from soakup.scenes.motion import change, levels, staggered


def opening_out(shape):
    """A step in which a shape grows from its middle."""
    home, middle = shape.points.copy(), shape.get_center()

    def step(alpha):
        shape.points = middle + (home - middle) * max(alpha, 1e-3)

    step(0)
    return step


def fading_to(shapes, opacity):
    """A step that brings fills and strokes to an opacity."""
    rgbas = [(r, r[:, 3].copy()) for shape in shapes for r in (shape.fill_rgbas, shape.stroke_rgbas)]

    def step(alpha):
        for colours, start in rgbas:
            colours[:, 3] = start + (opacity - start) * alpha

    return step


def turning_into(arcs, others):
    """A step in which each arc takes the other's width and opacity; they stand in the same places."""
    pairs = [
        (arc, float(arc.stroke_width), float(other.stroke_width), arc.stroke_rgbas[0, 3], other.stroke_rgbas[0, 3])
        for arc, other in zip(arcs, others, strict=True)
    ]

    def step(alpha):
        for arc, width, new_width, opacity, new_opacity in pairs:
            arc.stroke_width = width + (new_width - width) * alpha
            arc.stroke_rgbas[:, 3] = opacity + (new_opacity - opacity) * alpha

    return step


class S1(Scene):
    """12x12 causal attention grid."""

    def construct(self):
        n, cell = 12, 0.5
        rng = np.random.default_rng(0)
        scores = rng.normal(0, 1.5, (n, n))
        weights = softmax_causal(scores)
        x0, y0 = -1.8, 2.55

        def pos(i, j):
            return np.array([x0 + j * cell + cell / 2, y0 - i * cell - cell / 2, 0])

        grid = VGroup(
            *[Line([x0, y0 - i * cell, 0], [x0 + n * cell, y0 - i * cell, 0]) for i in range(n + 1)],
            *[Line([x0 + j * cell, y0, 0], [x0 + j * cell, y0 - n * cell, 0]) for j in range(n + 1)],
        ).set_stroke(GREY, 1)
        rows = VGroup(*[Text(t, font_size=18).next_to(pos(i, 0), LEFT, buff=0.4) for i, t in enumerate(TOK12)])
        cols = VGroup(
            *[Text(t, font_size=18).rotate(PI / 4).next_to(pos(0, j), UP, buff=0.35) for j, t in enumerate(TOK12)]
        )
        title = Text("Attention", font_size=36).to_edge(LEFT)
        self.play(FadeIn(title), Create(grid), FadeIn(rows, shift=RIGHT * 0.3), FadeIn(cols, shift=DOWN * 0.3))

        places = np.array([[pos(i, j) + 0.07 * DOWN for j in range(n)] for i in range(n)])
        nums = Numbers(scores, places, 16, lambda v: f"{v:.2f}".replace("-", "−"))
        self.play(LaggedStart(*[FadeIn(m, scale=0.5) for m in nums], lag_ratio=0.01), run_time=1.5)

        upper = ~np.tril(np.ones((n, n), dtype=bool))
        self.play(
            *[Transform(m, Number("−∞", 16, m.points[0], color=GREY)) for m in nums.entries[upper]],
            run_time=1,
        )
        lower = Numbers(scores[~upper], places[~upper], 16, nums.write)
        self.remove(*nums.entries[~upper])
        self.add(lower)
        self.play(Change(lower, lower.counting(weights[~upper])), run_time=1.5)
        dots = VGroup(
            *[
                Circle(
                    radius=max(0.001, 0.24 * np.sqrt(weights[i, j])), color=BLUE, fill_opacity=0.8, stroke_width=1
                ).move_to(pos(i, j))
                for i in range(n)
                for j in range(n)
            ]
        )
        rest = VGroup(*nums.entries[upper], *lower)
        self.add(dots)
        growing = staggered([opening_out(d) for d in dots], 0.01)
        self.play(
            Change(dots, growing),
            change(rest, levels([rest], 0.35)),
            run_time=1.5,
        )
        box = SurroundingRectangle(VGroup(*[dots[8 * n + j] for j in range(n)]), color=YELLOW, buff=0.05)
        others = [dots[i * n + j] for i in range(n) for j in range(n) if i != 8]
        self.play(Create(box), change(others, fading_to(others, 0.2)), run_time=1)
        self.wait(0.5)


class S2s(Scene):
    """9 embedding columns x 8 entries, arcs, one layer."""

    def construct(self):
        rng = np.random.default_rng(1)
        toks = TOK12[:9]
        xs = np.linspace(-6, 6, 9)
        labels = VGroup(*[Text(t, font_size=24).move_to([x, 0.6, 0]) for t, x in zip(toks, xs, strict=True)])
        ys = -1.7 + 0.3 * (3.5 - np.arange(8)) - 0.1
        values = rng.normal(0, 3, (9, 8))
        places = np.stack(np.broadcast_arrays(xs[:, None] + 0.1, ys[None, :]), axis=-1)
        cols = Numbers(values, places, 24, lambda v: f"{v:+.1f}".replace("-", "−"))
        brackets = VGroup()
        for x in xs:
            h = 1.25
            lb = VMobject().set_points_as_corners([[-0.3, h, 0], [-0.42, h, 0], [-0.42, -h, 0], [-0.3, -h, 0]])
            rb = lb.copy().flip(UP, about_point=ORIGIN)
            brackets.add(VGroup(lb, rb).set_stroke(WHITE, 2).move_to([x, -1.7, 0]))
        self.play(FadeIn(labels), FadeIn(cols), Create(brackets), run_time=1)
        pairs = [(i, j) for i in range(9) for j in range(i)]

        def make_arcs():
            w = rng.dirichlet(np.ones(len(pairs))) * 12
            return VGroup(
                *[
                    ArcBetweenPoints(
                        [xs[j], 1.0, 0],
                        [xs[i], 1.0, 0],
                        angle=-PI * 0.6,
                        color=BLUE,
                        stroke_width=2 + 4 * min(1, a),
                        stroke_opacity=float(min(1, a)),
                    )
                    for (i, j), a in zip(pairs, w, strict=True)
                ]
            )

        arcs = make_arcs()
        self.play(Create(arcs), run_time=0.6)
        layer = Text("Layer 1", font_size=28).to_corner(UL)
        self.play(FadeIn(layer), run_time=0.2)
        self.play(change(arcs, turning_into(arcs, make_arcs())), run_time=0.4)
        counting = Change(cols, cols.counting(values + rng.normal(0, 2, (9, 8))), rate_func=smooth)
        self.play(counting, *[Indicate(b, scale_factor=1.05) for b in brackets], run_time=0.6)
        self.wait(0.4)
