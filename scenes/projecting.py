"""What one head gathered for a word becomes its ΔE: W_O times that, row by row.

     W_O
    [ e11 … e1k ]   [ g1 ]     [ ΔE1 ]
    [  ⋮      ⋮ ] · [  ⋮ ]  =  [  ⋮  ]
    [ ed1 … edk ]   [ gk ]     [ ΔEd ]

Where the model that computed the Trace is not here, an arrow stands for the matrix.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
from manim import UP, Arrow, FadeIn, FadeOut, GrowArrow, Mobject, linear

from soakup.scenes import style
from soakup.scenes.adding import SIGN_ROOM, sign
from soakup.scenes.formula import Formula
from soakup.scenes.gathering import NOTE, Gathering
from soakup.scenes.matrix import Matrix, Sweep, matrix_width
from soakup.scenes.motion import after, becoming, change, during, in_turn, levels, together
from soakup.scenes.quantity import Quantity, format_for
from soakup.scenes.scene import late
from soakup.scenes.stage import StageScene, Vector
from soakup.scenes.updated_row import NAME
from soakup.scenes.vectors import SIZES, Column, column_height, column_width
from soakup.scenes.words import Words

COLUMNS = (5, 4, 3)  # of the matrix, as many as there is room for
BETWEEN = 0.3  # the matrix and what it is multiplied with
EQUALS = SIGN_ROOM + 0.3  # room for that sign
ARROW = 2.4  # room for what stands for the matrix
GLIDE = 0.25  # of the time of a row: how long the sweep goes to it


class Projecting(Gathering, StageScene):
    """From what one head gathers to its update of a word."""

    # --- beats ---

    def project(self) -> None:
        """W_O makes of what was gathered the head's own ΔE."""
        count, theme, own = self.reading.count, self.style, self.own
        width, head = count("count.width"), count(f"head[{self.look.head}]")
        self.say("A last matrix turns them into ", width, ": the ΔE of head ", head)
        self.plan_projection()
        gone = {m: None for s in self.sources for m in (*s.whole, *self.value_row.signs) if m is not own.box}
        moved = [self.gathered, self.gathered_name, own.box]
        there = self.gathered_column()
        name = Words("gathered", NOTE, theme.value).stand(self.gathered_x, self.project_top + 0.25)
        steps = [becoming(each, to) for each, to in zip(moved, (there, name, self.box), strict=True)]
        self.play(
            FadeOut(*[m for m in gone if m in self.mobjects], self.frame, run_time=0.6),
            change(moved, during(0.3, 1.0, together(*steps)), run_time=1.6),
        )
        self.remove(*moved)
        self.add(there, name, self.box)
        self.this = self.made_vector()
        shown = (self.multiply_by_output_matrix if self.trace.has_weights else self.pass_an_arrow)(there)
        self.afterwards(lambda: self.play(FadeOut(*shown, name, there, run_time=0.4)))

    # --- moves ---

    def multiply_by_output_matrix(self, gathered: Column) -> list[Mobject]:
        """W_O comes, and row by row it sweeps over what was gathered while ΔE counts up."""
        count, theme, made = self.reading.count, self.style, self.this
        matrix = self.new_output_matrix()
        middle = self.matrix_x + matrix.width_of_all / 2
        name = Formula("W_O", NAME, theme.text).move_to((middle, self.project_top + 0.4, 0))
        shape = Words.of([count("count.width"), " × ", count("count.head_width")], NOTE, theme.text)
        shape.stand(middle, gathered.get_bottom()[1] - 0.42)
        equals = sign("=", self.between_x, self.stage.middle, theme)
        levels([*made.column.entries, made.column.ellipsis], 0.0)(1.0)
        self.add(made.column.ellipsis, *made.column.entries)
        coming = [matrix, name, shape, equals, made.column.brackets, made.name]
        sweep = Sweep(matrix, gathered, theme.query)
        lit = change([sweep], levels([sweep], 1.0), run_time=1.0, rate_func=late)
        self.play(*[FadeIn(each, run_time=1.0) for each in coming], lit)
        self.add(made.column)
        rows = self.head_shown.output_products(self.i, self.reading.entries)
        steps = [
            glided(sweep.gliding(n), sweep.over(n, products, made.column, quantity))
            for n, (products, quantity) in enumerate(zip(rows, made.column.quantities, strict=True))
        ]
        steps.insert(len(steps) - 1, glided(sweep.gliding(None), sweep.over_hidden(made.column)))
        run_time = min(0.35 * len(steps), 3.4)
        self.play(change([made.column, sweep], in_turn(steps), rate_func=linear, run_time=run_time))
        self.play(change([sweep], levels([sweep], 0.0), run_time=0.3))
        self.remove(sweep)
        return [matrix, name, shape, equals]

    def pass_an_arrow(self, gathered: Column) -> list[Mobject]:
        """An arrow leads from what was gathered to ΔE."""
        start, end = gathered.get_right()[0] + 0.2, self.this.column.get_left()[0] - 0.2
        middle = self.stage.middle
        arrow = Arrow((start, middle, 0), (end, middle, 0), buff=0, stroke_width=4, color=self.style.quiet)
        name = Formula("W_O", NAME, self.style.text).next_to(arrow, UP, buff=0.15)
        self.play(GrowArrow(arrow, run_time=0.8), FadeIn(name, run_time=0.8))
        self.play(FadeIn(*self.this.parts, run_time=1.0))
        return [arrow, name]

    # --- the matrix and its columns ---

    def plan_projection(self) -> None:
        """Where the matrix stands, what it is multiplied with and what that makes, as large as they fit side by side;
        or these two with an arrow between them."""
        weights, entries = self.trace.has_weights, len(self.value_entries)
        values = np.array([q.value for s in self.sources for q in (*s.column.quantities, *self.gathered.quantities)])
        sizes = [size for size in SIZES if size <= self.stage.size]
        large = [size for size in sizes if size >= style.ENTRY]
        tables = {count: self.output_table(min(count, entries)) for count in COLUMNS if weights}
        for count, size in (*product(COLUMNS, large), *product(COLUMNS, sizes)):
            self.project_size = size
            before = matrix_width(tables[count], size) + BETWEEN if weights else 0.0
            gathered = column_width(values, self.value_format, size)
            made = column_width(self.update_widest, self.update_format, size)
            whole = before + gathered + (EQUALS if weights else ARROW) + made
            if whole <= self.screen.room:
                break
        self.table_shown = tables.get(count, [])
        self.project_top = self.stage.middle + column_height(len(self.reading.entries), size) / 2
        self.gathered_width, self.matrix_x = gathered, -whole / 2
        self.gathered_x, self.made_x = self.matrix_x + before + gathered / 2, (whole - made) / 2
        self.between_x = (self.gathered_x + gathered / 2 + self.made_x - made / 2) / 2

    def output_table(self, count: int) -> list[list[Quantity]]:
        """So many of the head's columns of W_O, with the rows that make the entries of ΔE that are shown."""
        own = self.head_shown.output_weights
        columns = [*range(count - 1), own.shape[1] - 1]
        return self.head_shown.output_matrix(self.reading.entries, columns, format_for(own))

    def new_output_matrix(self) -> Matrix:
        scale = float(np.percentile(np.abs(self.head_shown.output_weights), 95))
        return Matrix(self.table_shown, (self.matrix_x, self.project_top), self.project_size, scale, self.style)

    def gathered_column(self) -> Column:
        """What was gathered, where it is multiplied."""
        theme, top = self.style, (self.gathered_x, self.project_top)
        scale, quantities = self.reading.entry_scale, self.gathered.quantities
        column = Column(quantities, top, self.gathered_width, self.project_size, scale, theme, theme.value)
        column.brackets.set_stroke(theme.value)
        return column

    def made_vector(self) -> Vector:
        """The head's ΔE, where it is made."""
        color = self.style.head_update
        made = self.vector(
            self.head_update(self.head_shown.head), self.made_x, color, "Delta arrow(E)", self.project_size
        )
        for part in made.parts:
            part.shift((0, self.project_top - self.stage.top, 0))
        return made


def glided(there: Callable[[float], None], over: Callable[[float], None]) -> Callable[[float], None]:
    """A step in which a sweep goes to a row, and then over it."""
    return together(during(0.0, GLIDE, there), after(GLIDE, over))
