"""How a matrix of the head makes something of a word's vector: the vector opens into its numbers and is normed, the
matrix comes, and row by row it sweeps over them while the result is counted up."""

from collections.abc import Sequence

from manim import FadeIn, FadeOut, linear

from soakup.scenes.formula import Formula
from soakup.scenes.head_scene import HeadScene
from soakup.scenes.matrix import Matrix, Sweep
from soakup.scenes.motion import change, coming_from, levels, opening, shifting, together
from soakup.scenes.product import BETWEEN, Product
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import late
from soakup.scenes.vectors import Column
from soakup.scenes.words import Words

NAME, NOTE = 34, 26
LABEL = 0.42  # from what is labelled to the baseline under it
GLIDE = 0.15  # seconds for the way from one row to the next
MADE = {"W_Q": "arrow(Q)", "W_K": "arrow(K)", "W_V": "arrow(V)"}


class Multiplying(HeadScene):
    """A scene in which a matrix meets a vector."""

    product: Product
    sweeps = (2.2, 0.8, 0.35)  # seconds for the sweep over the first row, the second, and each later one

    def vector_in_words(self, i: int) -> list[str | Quantity]:
        """What token i's vector is as it comes to the layer, and what becomes of it first."""
        numbers = [*self.whose(i), " is ", self.reading.count("count.width"), " numbers here"]
        return [*numbers, ", brought to a standard size by a norm"] if self.normed(i) else numbers

    def open_vector(self, i: int, start: Sequence[float], beside: bool = False) -> None:
        """E comes down from where it stands, opens into its numbers under that, or `beside` the matrix that is there,
        and is normed."""
        theme, place = self.style, self.product
        before, normed = self.before_and_after(i)
        length = Words.of([self.reading.count("count.width"), " numbers"], NOTE, theme.text)
        x = place.vector_x
        if not beside:
            farthest = self.screen.room / 2 - max(place.vector_width, length.width) / 2
            x = min(max(start[0], -farthest), farthest)
        self.opened = Column(before, (x, place.top), place.vector_width, place.size, place.scale, theme)
        self.opened_name = Formula("arrow(E)", NAME, theme.embedding).move_to((x, place.top + 0.4, 0))
        under = self.opened.get_bottom()[1] - LABEL
        self.opened_length = length.stand(x, place.bottom - LABEL if beside else under)  # it is wider than the column
        home = self.opened_name.get_center()
        coming = coming_from(self.opened_name, start)
        self.play(change([self.opened_name], coming, rate_func=linear, run_time=0.8))
        self.play(
            change([self.opened], opening([self.opened], home), run_time=0.8),
            FadeIn(self.opened_length, run_time=0.8),
        )
        if self.normed(i):
            self.wait(0.3)
            word = Words("normed", NOTE, theme.text).stand(x, under)
            self.play(
                change([self.opened], self.opened.counting(normed), run_time=1.4),
                FadeOut(self.opened_length, run_time=0.4),
                FadeIn(word, run_time=1.2),
            )
            self.opened_length = word

    def bring_matrix(self, name: str, color: str) -> None:
        """The matrix comes, with its name and its shape, and the vector goes beside it."""
        count, theme, place = self.reading.count, self.style, self.product
        self.matrix = self.new_matrix(name)
        middle = place.matrix_x + place.matrix_width / 2
        self.matrix_name = Formula(name, NAME, color).move_to((middle, place.top + 0.36, 0))
        self.shape = Words.of([count("count.head_width"), " × ", count("count.width")], NOTE, theme.text)
        self.shape.stand(middle, place.bottom - LABEL)
        vector, label = [self.opened, self.opened_name], self.opened_length
        aside = place.vector_x - self.opened_name.get_x()
        wide = label.width > place.vector_width + BETWEEN / 2
        down = place.bottom - LABEL - label.baseline if wide else 0.0
        beside = together(shifting(vector, (aside, 0, 0)), shifting([label], (aside, down, 0)))
        self.play(
            change([*vector, label], beside, run_time=1.0),
            FadeIn(self.matrix, self.matrix_name, self.shape, run_time=1.4, rate_func=late),
        )

    def multiply(self, name: str, i: int, color: str, times: tuple[float, float, float]) -> None:
        """Row by row the matrix sweeps over the vector, and what it makes is counted up."""
        shown, theme, place = self.head_shown, self.style, self.product
        made = shown.made_of(name, i, place.rows, place.made_format)
        self.made = Column(made, (place.made_x, place.top), place.made_width, place.size, place.scale, theme, color)
        self.made.brackets.set_stroke(color)
        self.made_name = Formula(MADE[name], NAME, color).move_to((place.made_x, place.top + 0.4, 0))
        self.equals = Formula("=", NAME, theme.text).move_to((place.equals_x, place.middle, 0))
        hidden = [*self.made.entries, self.made.ellipsis]
        levels(hidden, 0.0)(1.0)
        sweep = Sweep(self.matrix, self.opened, theme.query)
        self.play(FadeIn(self.equals, self.made.brackets, self.made_name, run_time=0.6))
        self.add(self.made)
        self.play(change([sweep], levels([sweep], 1.0), run_time=0.4))

        moved = [self.made, sweep]
        for n, row in enumerate(place.rows):
            if n == len(place.rows) - 1 > 0:  # first over those that are hidden
                self.play(change([sweep], sweep.gliding(None), run_time=GLIDE))
                self.play(change([*moved], sweep.over_hidden(self.made), rate_func=linear, run_time=times[-1]))
            if n:
                self.play(change([sweep], sweep.gliding(n), run_time=GLIDE))
            over = sweep.over(n, shown.row_products(name, i, row), self.made, made[n])
            self.play(change(moved, over, rate_func=linear, run_time=times[min(n, 2)]))
        self.play(change([sweep], levels([sweep], 0.0), run_time=0.3))
        self.remove(sweep)

    # --- numbers ---

    def before_and_after(self, i: int) -> tuple[list[Quantity], list[Quantity]]:
        """Entries of token i's vector as it comes to the layer, and normed."""
        shown, (columns, spec) = self.head_shown, (self.product.columns, self.product.vector_format)
        return shown.before(i, columns, spec), shown.attention_input(i, columns, spec)

    def normed(self, i: int) -> bool:
        """Whether a norm changes token i's vector."""
        before, after = self.before_and_after(i)
        return [q.value for q in before] != [q.value for q in after]

    def table(self, name: str) -> list[list[Quantity]]:
        """The entries of a matrix that are shown."""
        place = self.product
        return self.head_shown.matrix(name, place.rows, place.columns, place.weight_format)

    def new_matrix(self, name: str) -> Matrix:
        place = self.product
        return Matrix(self.table(name), (place.matrix_x, place.top), place.size, place.weight_scale, self.style)
