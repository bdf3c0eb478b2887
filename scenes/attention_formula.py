"""The attention formula: softmax(Q Kᵀ / √d_k) V, the paper's one line (Vaswani et al. 2017,
https://arxiv.org/abs/1706.03762), assembled from the pieces seen before.

Each symbol is linked to its object: the queries over the grid fly together into Q, the keys before it into K, the
values after it into V; what the line does to them happens in the grid at the same time, with the scores and weights of
one head of the Trace. What each symbol stands for is noted under the line where there is room.

    wide                        upright
    Layer 1 of 4  box box box   Layer 1 of 4  softmax(…) V
    head 2 of 8    Q   Q   Q    head 2 of 8   Q  every word’s query
                box K           …
    softmax(…) V box K             box box box
    Q  …        box K              Q   Q   Q
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from manim import UP, Arrow, FadeIn, GrowArrow, LaggedStart, Mobject, VGroup, VMobject, linear

from soakup.drawing.numbers import Change
from soakup.scenes import style
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.errors import SceneError
from soakup.scenes.formula import Formula
from soakup.scenes.grid import ARROW_DOWN, ARROW_RIGHT, GAP, SYMBOL, Kept
from soakup.scenes.marks import Dot
from soakup.scenes.motion import along, change, during, going, gone_by, half_there, levels, staggered, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat, late
from soakup.scenes.scores import ScoreScene
from soakup.scenes.sources import HEADER
from soakup.scenes.words import Words

LINE = 'op("softmax") lr(( (Q K^T) / sqrt(d_k) )) V'
SOFTMAX, Q, K, T, ROOT, FRACTION, V = [*range(8), 16], [8], [9], [10], [11, 12, 13, 14], [15], [17]  # its glyphs
SYMBOLS = {'op("softmax")': SOFTMAX, "Q": Q, "K": K, "T": T, "div sqrt(d_k)": [*FRACTION, *ROOT], "V": V}
LARGE, SMALL = 54, 42  # sizes of the line: the small one, in a square frame
NOTE, NOTED = 26, 30  # sizes of a note, and of the symbol it is on
NOTE_LINE, NOTES = 0.44, 5  # from one note to the next, and how many there are
NAMES, NOTES_WIDTH = 1.25, 4.5  # room for the symbols before the notes, and for both
BETWEEN = 0.3  # the line and the grid
TOGETHER = "All queries together are Q, all keys together K"
UNDER = 0.45  # kept free under the grid, for what is gathered
NAME = 0.3  # the same, for the names of arrows
SWOLLEN = 2  # by how much thicker the strokes are of what is read
VALUES = GAP + SYMBOL + ARROW_RIGHT  # and to its right


class AttentionFormula(ScoreScene):
    """One head, told by the formula."""

    idea = "the paper’s one line, each symbol linked to what was seen"
    poster_beat = "the whole line"
    as_drawn = "; here each query is a column"  # in the line, each is a row

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention-formula")
        self.choose_formula()
        self.use_formula_grid()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("queries and keys", self.stand_at_the_formula)
        yield Beat("Q and K", self.name_queries_and_keys)
        yield Beat("all products", self.multiply_all)
        yield Beat("the root of d", self.divide_by_the_root)
        yield Beat("softmax of all", self.softmax_of_all)
        yield Beat("V", self.name_values)
        yield Beat("the whole line", self.the_whole_line)

    def choose_formula(self) -> None:
        """Where the line stands, and beside or under it the grid.

        Raises SceneError where the head does something else than the line says.
        """
        if not self.is_textbook:
            raise SceneError(
                f"attention-formula divides scores by the root of their length, and {self.trace.model.name} does not"
            )
        screen, theme = self.screen, self.style
        self.has_notes = screen.tall or not screen.narrow
        self.line = line = Formula(LINE, LARGE if self.has_notes else SMALL, theme.text)
        self.symbols = {source: line.part(source, glyphs) for source, glyphs in SYMBOLS.items()}
        for source, color in (("Q", theme.query), ("K", theme.key), ("V", theme.value)):
            self.symbols[source].set_color(color)
        notes = NOTES * NOTE_LINE if self.has_notes else 0.0
        if screen.narrow:
            line.move_to((screen.right - line.width / 2, screen.top - line.height / 2, 0))
            kept = Kept(top=line.height + notes + BETWEEN, right=VALUES, bottom=UNDER)
        else:
            kept = Kept(left=line.width + 2 * BETWEEN, right=VALUES, bottom=UNDER)
        self.notes_left = screen.left
        if screen.narrow:
            self.notes_left = min(line.get_left()[0], screen.right - NOTES_WIDTH - 1)
        self.noted = 0
        # Where no number is wide enough, all scores are drawn as colours: here they are to be seen all at once.
        self.formula_grid = AttentionGrid(self.reading, lambda size: math.inf, theme, kept=kept)
        if self.formula_grid.plan.q_y is None:  # the arrows' names stand under it, in place of symbols
            kept = replace(kept, bottom=UNDER + NAME)
            self.formula_grid = AttentionGrid(self.reading, lambda size: math.inf, theme, kept=kept)
        if not screen.narrow:  # with its notes in the middle of what layer, head and the scale of dots leave
            ceiling = screen.top - HEADER - 2 * self.formula_grid.plan.largest_dot - 0.3
            line.move_to((screen.left + line.width / 2, (ceiling + screen.floor + notes + 0.1) / 2, 0))

    def use_formula_grid(self) -> None:
        """Let the grid be the one beside the line."""
        self.grid, self.layout = self.formula_grid, self.formula_grid.plan
        self.digits = False
        self.marks, self.dots, self.scale_shown = {}, {}, ()
        self.in_the_way = [self.line]

    # --- beats ---

    def stand_at_the_formula(self) -> None:
        """The words stand over the grid and before it, each with its query and its key."""
        self.write_sentence(self.layout.label_size)
        self.count_head()
        self.say("Every word has a query, and a key")
        self.take_places_on_top()
        self.show_line()
        self.come_beside()
        self.bring_queries_and_keys()

    def show_line(self) -> None:
        """With the next play, the line is there, dimmed: symbol by symbol it is lit from now on."""
        symbols = list(self.symbols.values())
        levels(symbols, 0.0)(1.0)
        self.coming(change(symbols, levels(symbols, style.DIM), run_time=0.8))

    def lit(self, *sources: str) -> Change:
        """Some of the line's symbols are lit."""
        symbols = [self.symbols[source] for source in sources]
        return change(symbols, levels(symbols, 1.0), run_time=0.8)

    def bring_queries_and_keys(self) -> None:
        """Every word's query over its column, every word's key before its row."""
        grid = self.grid
        arrows = [arrow for each in (grid.arrows_over, grid.arrows_beside) for some in each.values() for arrow in some]
        self.names = {} if grid.queries else {source: self.arrows_name(source) for source in ("Q", "K", "V")}
        self.in_the_way = [self.line, *self.names.values()]
        symbols = [*grid.queries.values(), *grid.keys.values(), *[self.names[s] for s in ("Q", "K") if s in self.names]]
        growing = [LaggedStart(*map(GrowArrow, arrows), lag_ratio=0.03, run_time=1.4)]
        appearing = [LaggedStart(*map(FadeIn, symbols), lag_ratio=0.03, run_time=1.4)] if symbols else []
        self.play(*growing, *appearing, FadeIn(grid.lines, run_time=1.4))

    def name_queries_and_keys(self) -> None:
        """The queries fly together into Q, the keys into K."""
        grid = self.grid
        self.say(TOGETHER)
        self.link([grid.queries.get(i, grid.arrows_over[i]) for i in grid.columns], "Q")
        self.note("Q", self.style.query, "every word’s query")
        self.link([grid.keys.get(j, grid.arrows_beside[j]) for j in grid.rows], "K")
        self.note("K", self.style.key, "every word’s key")

    def multiply_all(self) -> None:
        self.say("T turns K, so that every query meets every key", self.as_drawn)
        self.make_marks()
        self.play(self.lit("T"))
        columns = [levels([self.marks[i, j] for j in self.grid.rows], 1.0) for i in self.grid.columns]
        self.show_scale(self.head_shown.dot_product, self.head_shown.dots)
        self.play(change(self.marks.values(), staggered(columns, 0.3), rate_func=linear, run_time=1.6))

    def divide_by_the_root(self) -> None:
        k = self.reading.count("count.head_width")
        self.say("Divided by the root of ", k, ", since a key has ", k, " numbers")
        self.note("d_k", self.style.text, k, " numbers in a key")
        self.coming(self.lit("div sqrt(d_k)"))
        self.scale_colors()

    def softmax_of_all(self) -> None:
        """What is masked goes, and softmax makes dots of the scores."""
        shown, grid = self.head_shown, self.grid
        whole = shown.weight_sum(grid.columns[-1])
        mask = "" if shown.looks_ahead or len(grid.rows) == 1 else ", later words left out"
        self.say("Softmax of every column", mask, ": weights that sum to ", whole)
        self.note('op("softmax")', self.style.text, "columns sum to ", whole)
        self.play(self.lit('op("softmax")'))
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
        self.hide_scale()
        self.play(
            change([*dots, *self.marks.values()], staggered(steps, 0.2), rate_func=linear, run_time=1.8),
            FadeIn(self.dot_scale(), run_time=1.4, rate_func=late),
        )
        self.remove(*self.marks.values())

    def name_values(self) -> None:
        """Every key's word has a value as well, on the right; they gather in V; and then each comes along its row, is
        made as large as its weight, and falls into what the followed word gathers."""
        grid, plan, theme, i = self.grid, self.grid.plan, self.style, self.i
        self.say("V holds all values; by its weights, “", self.name(i), "” gathers them")
        self.values = {j: self.value_beside(j) for j in grid.rows}
        named = [self.names["V"]] if "V" in self.names else []
        self.play(LaggedStart(*map(FadeIn, [*self.values.values(), *named]), lag_ratio=0.06, run_time=0.9))
        self.link([each[0] for each in self.values.values()], "V")
        self.note("V", theme.value, "every word’s value")
        seen = self.head_shown.seen(i)
        frame = grid.frame([i], seen, theme.query)
        self.coming(FadeIn(frame, run_time=0.6))
        flying = [self.values[j][0].copy() for j in seen]
        weighted = [self.dots[i, j].copy().set_fill(theme.value) for j in seen]
        levels(weighted, 0.0)(1.0)
        coming = []
        for value, dot in zip(flying, weighted, strict=True):
            smaller = going(value, dot.get_center(), dot.width / max(value.width, value.height))
            coming.append(together(half_there([value], smaller, 0.0, until=0.6), during(0.8, 1.0, levels([dot], 1.0))))
        self.play(change([*flying, *weighted], staggered(coming, 0.1), rate_func=linear, run_time=1.4))
        self.remove(*flying)
        gathered = Words("gathered", NOTE, theme.value)
        half = gathered.width / 2
        x = min(max(plan.xs[i], plan.left + half), plan.right - half)
        gathered.stand(x, plan.bottom - 0.32)
        home = gathered.get_center()
        falls = [falling(dot, home) for dot in weighted]
        self.play(
            change(weighted, staggered(falls, 0.1), rate_func=linear, run_time=1.0),
            FadeIn(gathered, run_time=1.0, rate_func=late),
        )
        self.remove(*weighted)
        self.adding_up_values = [frame, gathered, *named]

    def the_whole_line(self) -> None:
        """The line is read once more, each symbol beside what it stands for; then all of it, as a picture to keep."""
        heads, layer = self.reading.count("count.heads"), self.reading.count(f"layer[{self.look.layer}]")
        self.say("Each symbol, and where it lives")
        grid, line = self.grid, self.symbols
        names = {source: [name] for source, name in self.names.items()}
        pairs: list[list[Mobject]] = [
            [line["Q"], *grid.arrows_over.values(), *grid.queries.values(), *names.get("Q", [])],
            [line["K"], *grid.arrows_beside.values(), *grid.keys.values(), *names.get("K", [])],
            [*[symbol for source, symbol in line.items() if source != "V"], *self.dots.values()],
            [line["V"], *self.values.values(), *self.adding_up_values],
        ]
        for pair in pairs:
            self.play(change(pair, swelling(pair), rate_func=linear, run_time=1.0))
        self.say("One head of attention in one line; layer ", layer, " does it ", heads, " times over")
        self.play()
        self.hold_at_end(2.0)

    # --- moves the beats share ---

    def arrows_name(self, source: str) -> Formula:
        """What all arrows of a kind are, where there is no room for symbols: queries before theirs over the grid, keys
        and values under theirs beside it."""
        plan, theme = self.layout, self.style
        away = GAP + ARROW_RIGHT / 2
        x = plan.right + away if source == "V" else plan.left - away
        y = plan.top + ARROW_DOWN / 2 if source == "Q" else plan.bottom - 0.24
        return Formula(source, 28, {"Q": theme.query, "K": theme.key, "V": theme.value}[source]).move_to((x, y, 0))

    def value_beside(self, j: int) -> VGroup:
        """The symbol of key j's value on the right of its row, and an arrow from there into the grid; where there is no
        room for symbols, the arrow."""
        plan, theme, many = self.layout, self.style, j in self.reading.runs
        color = theme.quiet if self.grid.is_quiet(j) else theme.value
        x, y = plan.right + GAP, plan.ys[j]
        tip = min(0.1, 0.9 * plan.cell[1])
        arrow = Arrow((x + ARROW_RIGHT, y, 0), (x, y, 0), buff=0, stroke_width=2, tip_length=tip).set_color(color)
        if not self.grid.keys or many:
            return VGroup(arrow)
        symbol = Formula("arrow(V)", self.grid.keys[j].size, color)
        return VGroup(symbol.move_to((x + ARROW_RIGHT + SYMBOL / 2, y, 0)), arrow)

    def link(self, objects: Sequence[VMobject], source: str) -> None:
        """Copies of all objects gather in a symbol at their margin, which goes to its place in the line; arrows, which
        would cross words, only swell."""
        symbol, (start, *stops) = self.symbols[source], self.way_to(source)
        lit = symbol.copy().move_to(start)
        levels([lit], 0.0)(1.0)
        appearing = change([lit], during(0.6, 1.0, levels([lit], 1.0)), rate_func=linear, run_time=0.7)
        if source in self.names:
            self.play(change(objects, swelling(objects), rate_func=linear, run_time=0.7), appearing)
        else:
            copies = [m.copy() for m in objects]
            levels(copies, 0.0)(1.0)  # each comes out of what it is a copy of
            scales = [0.9 * symbol.height / max(m.height, m.width) for m in copies]
            ways = [going(m, start, scale) for m, scale in zip(copies, scales, strict=True)]
            steps = [half_there([m], way, 0.0, by=0.3) for m, way in zip(copies, ways, strict=True)]
            self.play(change(copies, staggered(steps, 0.05), rate_func=linear, run_time=0.7), appearing)
            self.remove(*copies)
        self.play(
            change([lit], half_there([lit], along(lit, [*stops, tuple(symbol.get_center())])), run_time=0.7),
            change([symbol], during(0.7, 1.0, levels([symbol], 1.0)), run_time=0.7),
        )
        self.remove(lit)

    def way_to(self, source: str) -> list[tuple[float, float, float]]:
        """Where the symbols of a margin gather, and how they go from there to the line: round the grid's words."""
        plan, line = self.layout, self.line
        beside = min(m.get_left()[0] for m in self.grid.margins())
        if source in self.names:
            x, y, _ = self.names[source].get_center() + (0.3 * UP if source == "Q" else 0)
        elif source == "V":
            x = plan.right + GAP + ARROW_RIGHT + SYMBOL / 2
            x = min(x, self.screen.right - self.symbols[source].width / 2)
            y = plan.top + SYMBOL if self.screen.narrow else plan.bottom - SYMBOL / 2 - GAP
        else:
            x, y = plan.left - GAP - SYMBOL / 2, plan.top + GAP + SYMBOL / 2
        x = max(x, self.screen.left + self.symbols[source].width / 2)
        under = (x, line.get_bottom()[1] - 0.1, 0.0)
        turn = under if self.screen.narrow else ((line.get_right()[0] + beside) / 2, y + 0.3 * (y > plan.top), 0.0)
        return [(x, y, 0.0), turn]

    def note(self, symbol: str, color: str, *words: str | Quantity) -> None:
        """With the next play, note under the line what a symbol of it stands for, where there is room."""
        if not self.has_notes:
            return
        self.noted += 1
        left, baseline = self.notes_left, self.line.get_bottom()[1] - 0.1 - NOTE_LINE * self.noted
        named = Formula("K " + symbol, NOTED, color)  # the K stands on the line that others may reach below
        named.shift((left - named[1].get_left()[0], baseline - named[0].get_bottom()[1], 0))
        named.remove(named[0])
        said = Words.of(words, NOTE, self.style.text).stand(left + NAMES, baseline, side=-1)
        self.coming(FadeIn(named, said, run_time=0.8))


def falling(dot: Dot, home: np.ndarray) -> Callable[[float], None]:
    """A step in which a dot goes to a place, and is gone there."""
    return together(going(dot, home, 0.3), during(0.75, 1.0, levels([dot], 0.0)))


def swelling(mobjects: Sequence[Mobject]) -> Callable[[float], None]:
    """A step in which the strokes of mobjects grow thicker, and thin again, where they stand."""
    members = [m for mobject in mobjects for m in mobject.get_family() if len(m.points)]
    widths = [float(m.stroke_width) for m in members]
    for m in members:
        if float(m.stroke_width) == 0:  # it is but filled
            m.set_stroke(m.get_fill_color(), width=0, opacity=m.get_fill_opacity())

    def step(alpha: float) -> None:
        for m, width in zip(members, widths, strict=True):
            m.stroke_width = width + SWOLLEN * np.sin(np.pi * alpha)

    return step
