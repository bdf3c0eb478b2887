"""The attention formula: softmax(Q Kᵀ / √d_k) V, the paper's one line (Vaswani et al. 2017,
https://arxiv.org/abs/1706.03762), assembled from the pieces seen before.

Each symbol is linked to its object: the queries over the grid fly together into Q, the keys beside it into K; what the
line does to them happens in the grid at the same time, with the scores and weights of one head of the Trace.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from manim import Arrow, FadeIn, FadeOut, GrowArrow, LaggedStart, ManimColor, VGroup, VMobject, linear

from soakup.scenes import style
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.errors import SceneError
from soakup.scenes.formula import Formula
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.marks import Dot
from soakup.scenes.motion import change, going, gone_by, half_there, levels, staggered, tinting, together
from soakup.scenes.scene import Beat

LINE = 'op("softmax") lr(( (Q K^T) / sqrt(d_k) )) V'
SOFTMAX, Q, K, T, ROOT, FRACTION, V = [*range(8), 16], [8], [9], [10], [11, 12, 13, 14], [15], [17]  # its glyphs
SIZE = 44
TICK = 0.36  # length of the arrow of a query, key or value
UNDER = 0.45  # kept free under the grid, for what is gathered


class AttentionFormula(GridScene):
    """One head, told by the formula."""

    idea = "the paper’s one line, each symbol linked to what was seen"
    poster_beat = "the whole line"

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention-formula")
        self.choose_formula()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("queries and keys", self.stand_at_the_formula)
        yield Beat("Q and K", self.name_queries_and_keys)
        yield Beat("all products", self.multiply_all)
        yield Beat("the root of d", self.divide_by_the_root)
        yield Beat("softmax of all", self.softmax_of_all)
        yield Beat("V", self.name_values)
        yield Beat("the whole line", self.the_whole_line)

    @property
    def is_textbook(self) -> bool:
        """Whether the head's scores are divided by √d_k, as the line says."""
        return bool(np.isclose(self.head_shown.scale, self.trace.model.head_width**-0.5, rtol=1e-3))

    def choose_formula(self) -> None:
        """Where the line stands, and the grid under it."""
        if not self.is_textbook:
            raise SceneError(
                f"attention-formula divides scores by the root of their length, and {self.trace.model.name} does not"
            )
        plan, theme = self.layout, self.style
        words = plan.under_words - 0.15
        self.line = Formula(LINE, SIZE, theme.text)
        self.line.scale(min(1.0, (plan.right - plan.left) / self.line.width))
        self.line.move_to(((plan.left + plan.right) / 2, words - self.line.height / 2, 0))
        for part, color in ((Q, theme.query), (K, theme.key), (V, theme.value)):
            self.part(part).set_color(color)
        top = words - self.line.height - TICK - 0.2
        bottom = self.screen.floor + UNDER
        height = min((top - bottom) / len(plan.ys), plan.cell[1])
        ys = {j: top - (n + 0.5) * height for n, j in enumerate(plan.ys)}
        flat = replace(plan, ys=ys, cell=(plan.cell[0], height), entry_size=None)
        self.formula_grid = AttentionGrid(self.reading, self.entry_width, theme, flat)

    def part(self, glyphs: Sequence[int]) -> VGroup:
        """Some of the line's symbols."""
        return VGroup(*[self.line[k] for k in glyphs])

    # --- beats ---

    def stand_at_the_formula(self) -> None:
        """The words stand over the grid; into it come their queries from above, their keys from the left."""
        self.write_sentence(self.layout.label_size)
        self.count_head()
        self.say("Every word has a query, and a key")
        self.take_places_on_top()
        self.bring_queries_and_keys()

    def bring_queries_and_keys(self) -> None:
        """An arrow for each query over its column, one for each key before its row."""
        self.use_formula_grid()
        grid, plan, theme = self.grid, self.grid.plan, self.style
        self.query_ticks = {i: self.tick(plan.xs[i], plan.top, 1, theme.query, i) for i in grid.columns}
        self.key_ticks = {j: self.tick(plan.left, plan.ys[j], -1, theme.key, j) for j in grid.rows}
        self.row_names = grid.names_before(plan.left - TICK - 0.1, self.screen.left)
        growing = [LaggedStart(*map(GrowArrow, t.values()), lag_ratio=0.05) for t in (self.query_ticks, self.key_ticks)]
        self.play(*growing, FadeIn(grid.lines, *self.row_names), run_time=1.4)

    def name_queries_and_keys(self) -> None:
        """The queries fly together into Q, the keys into K."""
        self.say("All queries together are Q, all keys together K")
        self.link(list(self.query_ticks.values()), Q)
        self.link(list(self.key_ticks.values()), K)

    def multiply_all(self) -> None:
        self.say("Q times K, turned on its side: every query meets every key in its cell")
        self.make_marks()
        self.play(FadeIn(self.part(T), run_time=0.6))
        columns = [levels([self.marks[i, j] for j in self.grid.rows], 1.0) for i in self.grid.columns]
        self.play(change(self.marks.values(), staggered(columns, 0.3), rate_func=linear, run_time=1.6))
        self.show_scale(self.head_shown.dot_product, self.head_shown.dots)

    def divide_by_the_root(self) -> None:
        shown, k = self.head_shown, self.reading.count("count.head_width")
        self.say("Divided by the root of d, the length of a key: here of ", k)
        self.play(FadeIn(self.part([*FRACTION, *ROOT]), run_time=0.8))
        for (i, j), mark in self.marks.items():
            if j not in self.reading.runs:
                mark.quantities = (shown.score(i, j),)
        self.show_scale(shown.score, shown.scores)

    def softmax_of_all(self) -> None:
        """What is masked goes, and softmax makes dots of the scores."""
        shown, grid = self.head_shown, self.grid
        whole = shown.weight_sum(grid.columns[-1])
        mask = "" if shown.looks_ahead or len(grid.rows) == 1 else ", later words left out"
        self.say("Softmax of every column", mask, ": weights that sum to ", whole)
        self.play(FadeIn(self.part(SOFTMAX), run_time=0.8))
        ahead = [self.marks[i, j] for i in grid.columns for j in grid.rows if j not in shown.seen(i)]
        if ahead:
            self.play(change(ahead, levels(ahead, 0.0), run_time=0.6), FadeIn(grid.shade, run_time=0.8))
        steps, dots = [], []
        for i in grid.columns:
            column = [self.new_dot(i, j) for j in shown.seen(i)]
            steps.append(
                together(gone_by(0.4, [self.marks[i, j] for j in shown.seen(i)]), *[dot.growing(0.4) for dot in column])
            )
            dots += column
        self.add(*dots)
        self.play(
            change([*dots, *self.marks.values()], staggered(steps, 0.2), rate_func=linear, run_time=1.8),
            *[FadeOut(scale, run_time=0.5) for scale in self.scale_shown],
        )
        self.remove(*self.marks.values())

    def name_values(self) -> None:
        """Every key's word has a value as well, on the right; they fly together into V, and then, each as large as its
        weight makes it, down into what the followed word gathers."""
        grid, plan, theme, i = self.grid, self.grid.plan, self.style, self.i
        self.say("V holds all values; every word gathers them by its weights, here “", self.name(i), "”")
        self.value_ticks = {j: self.tick(plan.right, plan.ys[j], 0, theme.value, j) for j in grid.rows}
        self.play(LaggedStart(*map(GrowArrow, self.value_ticks.values()), lag_ratio=0.06, run_time=1.2))
        self.link(list(self.value_ticks.values()), V)
        self.frame_of_values = grid.frame([i], self.head_shown.seen(i), theme.query)
        self.play(FadeIn(self.frame_of_values, run_time=0.6))
        column = [self.dots[i, j] for j in self.head_shown.seen(i)]
        flying = [dot.copy() for dot in column]
        home = np.array([plan.xs[i], plan.bottom - 0.24, 0.0])
        self.gathered_mark = Formula("Sigma", 30, theme.value).move_to(home)
        red = ManimColor(theme.value)
        steps = [together(tinting(dot, red, "fill"), falling(dot, home)) for dot in flying]
        self.play(
            change(flying, staggered(steps, 0.1), rate_func=linear, run_time=1.8),
            FadeIn(self.gathered_mark, run_time=1.8),
        )
        self.remove(*flying)

    def the_whole_line(self) -> None:
        heads, layer = self.reading.count("count.heads"), self.reading.count(f"layer[{self.look.layer}]")
        self.say("One head of attention in one line; layer ", layer, " does it ", heads, " times over")
        ticks = [t for ticks in (self.query_ticks, self.key_ticks, self.value_ticks) for t in ticks.values()]
        rest = [*ticks, *self.dots.values(), *self.grid.over.values(), *self.row_names]
        self.play(
            FadeOut(self.frame_of_values, self.gathered_mark, run_time=0.5),
            change(rest, levels(rest, style.DIM), run_time=0.8),
        )
        self.hold_at_end(3.0)

    # --- moves the beats share ---

    def use_formula_grid(self) -> None:
        """Let the grid be the one under the line."""
        over = self.grid.over
        self.grid, self.layout = self.formula_grid, self.formula_grid.plan
        self.grid.over = over  # the words that stand there already
        self.digits = self.layout.entry_size is not None
        self.marks, self.dots, self.scale_shown = {}, {}, ()

    def tick(self, x: float, y: float, way: int, color: str, i: int) -> Arrow:
        """An arrow into the grid: from above (way 1), from the left (-1), or from the right (0)."""
        off = np.array([[TICK, 0, 0], [0, TICK, 0], [-TICK, 0, 0]][way])
        gap = off * 0.06 / TICK
        tip = min(0.1, 0.9 * self.grid.plan.cell[1])
        arrow = Arrow(np.array([x, y, 0]) + off, np.array([x, y, 0]) + gap, buff=0, stroke_width=2, tip_length=tip)
        return arrow.set_color(self.style.quiet if self.grid.is_quiet(i) else color)

    def link(self, objects: Sequence[VMobject], glyphs: Sequence[int]) -> None:
        """Copies of all objects fly together into a symbol of the line."""
        symbol = self.part(glyphs)
        copies = [m.copy() for m in objects]
        scales = [0.9 * symbol.height / max(m.height, 0.1) for m in copies]
        steps = [
            half_there([m], going(m, symbol.get_center(), scale), 0.0) for m, scale in zip(copies, scales, strict=True)
        ]
        self.play(
            change(copies, staggered(steps, 0.05), rate_func=linear, run_time=1.2),
            FadeIn(symbol, run_time=1.2, rate_func=lambda t: max(0.0, 4 * t - 3)),
        )
        self.remove(*copies)


def falling(dot: Dot, home: np.ndarray) -> Callable[[float], None]:
    """A step in which a dot goes to a place, and is gone there."""
    moving, leaving = going(dot, home, 0.3), levels([dot], 0.0)

    def step(alpha: float) -> None:
        moving(alpha)
        leaving(max(4 * alpha - 3, 0.0))

    return step
