"""How one word's value is made: W_V times its normed vector, row by row; then it takes its place under the word."""

from manim import FadeOut, Mobject

from soakup.scenes import style
from soakup.scenes.gathering import Gathering, Source
from soakup.scenes.motion import becoming, change, during, half_there, levels, tinting, together
from soakup.scenes.multiplying import Multiplying
from soakup.scenes.product import plan_product


class OneValue(Multiplying, Gathering):
    """The value of the word that is looked at most."""

    shown: Source
    dimmed_words: list[Mobject]

    def one_vector_of(self) -> None:
        """The E of the word that the followed one looks at opens into its numbers, which are then normed."""
        j = self.j if any(s.token == self.j for s in self.single) else self.i
        self.shown = shown = next(s for s in self.single if s.token == j)
        room, under = self.screen.room, shown.e.get_bottom()[1]
        self.product = plan_product(
            self.head_shown, ("W_V",), (j,), room, under, self.screen.floor, self.value_entries, self.value_format
        )
        self.bring_words(*self.vector_in_words(j))
        others = [m for s in self.single if s.box is not shown.box for m in (s.box, s.e, *s.stem)]
        self.dimmed_words = others
        self.coming(change(others, levels(others, style.DIM), run_time=0.6))
        self.open_vector(j, shown.e.get_center())

    def one_value(self) -> None:
        """W_V comes, and row by row it makes the word's value."""
        count, theme, j = self.reading.count, self.style, self.shown.token
        self.say("A matrix turns them into ", count("count.head_width"), ": what ", *self.whose(j), " has to give")
        self.bring_matrix("W_V", theme.value)
        self.multiply("W_V", j, theme.value, (1.4, 0.5, 0.2))
        self.afterwards(self.put_under)

    def put_under(self) -> None:
        """What was made goes under its word, and the matrix's name to the arrows of all; all else goes."""
        source, others = self.shown, self.dimmed_words
        moved = {self.made: source.column, self.made_name: source.name[0], self.matrix_name: self.values_label}
        moving = [becoming(m, place) for m, place in moved.items()]
        moving[1] = half_there([self.made_name], moving[1])  # it passes the numbers it names
        moving.append(tinting(self.made.brackets, self.ink_or_quiet(source.token)))
        leaving = [self.matrix, self.shape, self.opened, self.opened_name, self.opened_length, self.equals]
        self.play(
            FadeOut(*leaving, run_time=0.6),
            change(moved, during(0.35, 1.0, together(*moving)), run_time=1.6),
            change(others, levels(others, 1.0), run_time=1.0),
        )
        self.remove(*moved)
        self.add(source.column, source.name, self.values_label)
