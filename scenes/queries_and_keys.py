"""Queries and keys: each vector asks and answers.

W_Q times one word's normed vector, row by row, is its query; W_K times the vector of the word it will look at is that
word's key. So for every word; then both take their places at the attention grid, are turned by position where the model
does that, and in every cell a query and a key meet: their dot product, `dot_product` of the Trace, which the scene
`attention-pattern` goes on with.
"""

from collections.abc import Iterable
from itertools import product

import numpy as np
from manim import Animation, FadeIn, FadeOut, Mobject, linear

from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.grid import SYMBOL
from soakup.scenes.matrix import Matrix, Sweep
from soakup.scenes.motion import becoming, change, collapsing, going, half_there, levels, opening
from soakup.scenes.quantity import Quantity, format_for
from soakup.scenes.scene import Beat
from soakup.scenes.scores import ScoreScene
from soakup.scenes.vectors import Column, column_width, entry_places
from soakup.scenes.words import Words

ROWS = (6, 5, 4)  # of a matrix, and of a query, as many as there is room for
COLUMNS = (5, 4, 3)  # of a matrix, likewise
SIZES = (30, 28, 26, 24, 22)  # of entries
OVER, UNDER = 0.75, 0.7  # room over the product for names, and under it for lengths
BETWEEN = 0.62  # the product's parts: room for a sign
NAME, NOTE = 34, 26
GLIDE = 0.15  # seconds for the way from one row to the next


class QueriesAndKeys(ScoreScene):
    """One head, from the words' vectors to its scores."""

    idea = "each vector asks and answers"
    poster_beat = "its query"

    sweeps = (2.2, 0.8, 0.35)  # seconds for the sweep over the first row, the second, and each later one
    key_made = False  # whether a key has been made entry by entry

    def story(self) -> Iterable[Beat]:
        self.choose_grid("queries-and-keys")
        self.plan_product()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("words and vectors", self.words_and_vectors)
        yield Beat("one word’s vector", self.one_vector)
        yield Beat("its query", self.its_query)
        yield Beat("all queries", self.all_queries)
        yield Beat("a key", self.a_key)
        yield Beat("all keys", self.all_keys)
        if self.head_shown.turns:
            yield Beat("turned by position", self.turned_by_position)
        elif self.head_shown.changes:
            yield Beat("changed before they meet", self.changed_before_they_meet)
        yield Beat("a query meets a key", self.a_query_meets_a_key)
        yield Beat("all scores", self.all_scores)
        yield Beat("the best match", self.the_best_match)

    def plan_product(self) -> None:
        """Where the matrix, the vector and their product stand, and how their entries are written."""
        shown, trace, plan = self.head_shown, self.trace, self.layout
        record, weights = trace.layers[shown.layer], trace.weights.layers[shown.layer]
        k, d = trace.model.head_width, trace.model.width
        own = slice(shown.head * k, (shown.head + 1) * k)
        learned = np.concatenate([weights.W_Q[own], weights.W_K[own]])
        made = np.stack([record.projected_queries[shown.head], record.projected_keys[shown.head]])
        self.weight_format, self.data_format = format_for(learned), format_for(record.attention_input)
        self.weight_scale, self.data_scale = (float(np.percentile(np.abs(a), 95)) for a in (learned, made))
        self.over_product = plan.q_y - SYMBOL / 2 if plan.q_y else plan.top  # where arrows end
        bottom = self.screen.floor
        room = self.screen.room, self.over_product - bottom - OVER - UNDER
        for many, count, self.entry_size in product(ROWS, COLUMNS, SIZES):
            self.rows = [*range(min(many, k) - 1), k - 1]
            self.columns = [*range(min(count, d) - 1), d - 1]
            drawn = [q.value for i in (self.i, self.j) for column in self.before_and_after(i) for q in column]
            self.vector_width = column_width(np.array(drawn), self.data_format, self.entry_size)
            self.made_width = column_width(made[:, [self.i, self.j]][..., self.rows], self.data_format, self.entry_size)
            matrix = self.new_matrix("W_Q", (0, 0))
            width = matrix.width_of_all + self.vector_width + self.made_width + 2 * BETWEEN
            height = -entry_places(len(self.rows), self.entry_size)[-1]
            if width <= room[0] and height <= room[1]:
                break
        self.product_top = (self.over_product - OVER + bottom + UNDER) / 2 + height / 2
        self.matrix_x = -width / 2
        self.vector_x = self.matrix_x + matrix.width_of_all + BETWEEN + self.vector_width / 2
        self.made_x = self.vector_x + self.vector_width / 2 + BETWEEN + self.made_width / 2
        self.product_middle, self.product_bottom = self.product_top - height / 2, self.product_top - height

    # --- beats ---

    def words_and_vectors(self) -> None:
        self.write_sentence(self.layout.label_size)
        layer, symbol = self.reading.count(f"layer[{self.look.layer}]"), " E" if self.grid.embeddings_over else ""
        self.say("Every word has come to layer ", layer, " as a vector", symbol)
        self.count_head()
        self.take_places_on_top()
        self.stand_vectors(over=True)

    def one_vector(self) -> None:
        """The followed word's E opens into its numbers, which are then normed."""
        what = "; a norm brings all vectors to one size" if self.normed(self.i) else ""
        self.say(*self.whose(self.i), " is ", self.reading.count("count.width"), " numbers here", what)
        self.single_out(self.i)
        self.open_vector(self.i)

    def its_query(self) -> None:
        """W_Q comes, and row by row it makes the query."""
        count, theme = self.reading.count, self.style
        self.say("Each of the matrix’s ", count("count.head_width"), " rows, times E, makes one number of the query")
        self.matrix = self.new_matrix("W_Q", (self.matrix_x, self.product_top))
        middle = self.matrix_x + self.matrix.width_of_all / 2
        self.matrix_name = Formula("W_Q", NAME, theme.query).move_to((middle, self.product_top + 0.36, 0))
        self.shape = Words.of([count("count.head_width"), " × ", count("count.width")], NOTE, theme.text)
        self.shape.stand(middle, self.product_bottom - 0.42)
        self.play(FadeIn(self.matrix, self.matrix_name, self.shape, run_time=1.0))
        self.multiply("W_Q", "queries", self.i, theme.query, self.sweeps)

    def all_queries(self) -> None:
        """The query becomes its symbol over the grid, and every word gets one."""
        self.say("A query is what a word looks for; every word makes one")
        self.put_away(self.i, over=True)
        self.light_up()
        self.make(over=True, made=self.i)

    def a_key(self) -> None:
        """The same with another matrix and the word that the followed one will look at."""
        theme, j = self.style, self.j
        self.say("Another matrix makes of “", self.name(j), "” a key: what it can be found by")
        self.single_out(j)
        name = Formula("W_K", NAME, theme.key).move_to(self.matrix_name)
        turning = self.matrix.becoming(self.head_shown.matrix("W_K", self.rows, self.columns, self.weight_format))
        self.play(
            FadeOut(self.matrix_name, run_time=0.4),
            change([self.matrix], turning, run_time=1.2),
            FadeIn(name, run_time=1.2),
        )
        self.matrix_name = name
        self.open_vector(j)
        self.multiply("W_K", "keys", j, theme.key, (self.sweeps[1], self.sweeps[2], self.sweeps[2]))
        self.key_made = True

    def all_keys(self) -> None:
        self.say("Every word stands on the left as well, with its key")
        leaving = [self.matrix, self.matrix_name, self.shape]
        self.coming(FadeOut(*leaving, run_time=0.25))
        if self.key_made:
            self.put_away(self.j, over=False)
            self.light_up()
        self.come_beside(from_above=False, made=self.j if self.key_made else None)
        self.stand_vectors(over=False)
        self.coming(FadeIn(self.grid.lines, run_time=1.2))
        self.make(over=False, made=self.j if self.key_made else None)

    def the_best_match(self) -> None:
        """Where in the followed word's column the highest score stands."""
        shown, i = self.head_shown, self.i
        rows = [j for j in self.grid.rows if j not in self.reading.runs]
        best = max(rows, key=lambda j: shown.dots[i, j])
        self.say("The query of “", self.name(i), "” matches the key of ", *self.other(best), " best")
        self.point_out([best], self.marks, self.grid.rows)

    def changed_before_they_meet(self) -> None:
        """Where a model does more with queries and keys than to turn them, that is said."""
        self.say("In this model both are changed once more before they meet, by a norm or by their place")
        symbols = [*self.grid.queries.values(), *self.grid.keys.values()]
        if symbols:
            self.play(change(symbols, levels(symbols, style.DIM), run_time=0.7))
            self.play(change(symbols, levels(symbols, 1.0), run_time=0.7))

    # --- moves the beats share ---

    def single_out(self, i: int) -> None:
        """Let all words but one step back."""
        kept = self.standing_over(i)
        self.dimmed = [m for k in self.grid.columns if k != i for m in self.standing_over(k) if m not in kept]
        self.coming(change(self.dimmed, levels(self.dimmed, style.DIM), run_time=0.6))

    def standing_over(self, i: int) -> list[Mobject]:
        """What stands over column i by now."""
        shown = {id(m) for mobject in self.mobjects for m in mobject.get_family()}
        parts = [p for m in self.grid.asking(i) for p in (m if m is self.grid.arrows_over[i] else [m])]
        return [part for part in parts if id(part) in shown]

    def light_up(self) -> None:
        self.coming(change(self.dimmed, levels(self.dimmed, 1.0), run_time=0.6))

    def naming(self, label: Formula) -> Animation:
        """While the matrix is there, a copy of the name over it goes to the arrows."""
        name = self.matrix_name
        if name not in self.mobjects:
            return super().naming(label)
        home = label.copy()
        label.become(name)
        return change([label], half_there([label], becoming(label, home)), run_time=1.2)

    def open_vector(self, i: int) -> None:
        """E comes down from its word, opens into its numbers, and is normed."""
        theme = self.style
        before, normed = self.before_and_after(i)
        top = (self.vector_x, self.product_top)
        self.opened = Column(before, top, self.vector_width, self.entry_size, self.data_scale, theme)
        symbols = self.grid.embeddings_over
        over = symbols[i].get_center() if symbols else np.array([self.layout.xs[i], self.layout.top - 0.2, 0.0])
        self.opened_name = Formula("arrow(E)", NAME, theme.embedding).move_to(
            (self.vector_x, self.product_top + 0.4, 0)
        )
        self.opened_length = Words.of([self.reading.count("count.width"), " numbers"], NOTE, theme.text)
        self.opened_length.stand(self.vector_x, self.product_bottom - 0.42)
        home = self.opened_name.get_center()
        self.opened_name.move_to(over)
        levels([self.opened_name], 0.06)(1.0)
        coming = half_there([self.opened_name], going(self.opened_name, home))
        self.play(change([self.opened_name], coming, rate_func=linear, run_time=0.8))
        self.play(change([self.opened], opening([self.opened], home), run_time=0.8))
        self.play(FadeIn(self.opened_length, run_time=0.5))
        if self.normed(i):
            word = Words("normed", NOTE, theme.text).stand(self.vector_x, self.product_bottom - 0.42)
            self.play(
                change([self.opened], self.opened.counting(normed), run_time=1.4),
                FadeOut(self.opened_length, run_time=0.4),
                FadeIn(word, run_time=1.2),
            )
            self.opened_length = word

    def multiply(self, name: str, what: str, i: int, color: str, times: tuple[float, float, float]) -> None:
        """Row by row the matrix sweeps over the vector, and the query or key is counted up."""
        shown, theme = self.head_shown, self.style
        made = shown.projected(what, i, self.rows, self.data_format)
        top = (self.made_x, self.product_top)
        self.made = Column(made, top, self.made_width, self.entry_size, self.data_scale, theme, color)
        self.made.brackets.set_stroke(color)
        symbol = "arrow(Q)" if what == "queries" else "arrow(K)"
        self.made_name = Formula(symbol, NAME, color).move_to((self.made_x, self.product_top + 0.4, 0))
        sign_x = (self.vector_x + self.vector_width / 2 + self.made_x - self.made_width / 2) / 2
        self.equals = Formula("=", NAME, theme.text).move_to((sign_x, self.product_middle, 0))
        hidden = [*self.made.entries, self.made.ellipsis]
        levels(hidden, 0.0)(1.0)
        sweep = Sweep(self.matrix, self.opened, theme.query)
        self.play(FadeIn(self.equals, self.made.brackets, self.made_name, run_time=0.6))
        self.add(self.made)
        self.play(change([sweep], levels([sweep], 1.0), run_time=0.4))

        moved = [self.made, sweep]
        for n, r in enumerate(self.rows):
            if n == len(self.rows) - 1 > 0:  # first over those that are hidden
                self.play(change([sweep], sweep.gliding(None), run_time=GLIDE))
                self.play(change([*moved], sweep.over_hidden(self.made), rate_func=linear, run_time=times[-1]))
            if n:
                self.play(change([sweep], sweep.gliding(n), run_time=GLIDE))
            products = shown.row_products(name, what, i, r)
            self.play(
                change(moved, sweep.over(n, products, self.made, made[n]), rate_func=linear, run_time=times[min(n, 2)])
            )
        self.play(change([sweep], levels([sweep], 0.0), run_time=0.3))
        self.remove(sweep)

    def put_away(self, i: int, over: bool) -> None:
        """What was made collapses into its symbol, which takes its place at the grid; the vector goes."""
        grid = self.grid
        symbols = grid.queries if over else grid.keys
        leaving = [self.opened, self.opened_name, self.opened_length, self.equals]
        symbol = self.made_name
        collapse = collapsing([self.made], symbol.get_center())
        self.play(FadeOut(*leaving, run_time=0.5), change([self.made], collapse, run_time=1.0))
        self.remove(self.made)
        if not symbols:
            self.play(FadeOut(symbol, run_time=0.4))
            return
        flight = half_there([symbol], going(symbol, symbols[i].get_center(), symbols[i].height / symbol.height))
        self.play(change([symbol], flight, run_time=1.0))
        self.remove(symbol)
        self.add(symbols[i])

    # --- numbers ---

    def before_and_after(self, i: int) -> tuple[list[Quantity], list[Quantity]]:
        """Entries of token i's vector as it comes to the layer, and normed."""
        shown = self.head_shown
        return (
            shown.before(i, self.columns, self.data_format),
            shown.attention_input(i, self.columns, self.data_format),
        )

    def normed(self, i: int) -> bool:
        """Whether a norm changes token i's vector."""
        before, after = self.before_and_after(i)
        return [q.value for q in before] != [q.value for q in after]

    def new_matrix(self, name: str, at: tuple[float, float]) -> Matrix:
        quantities = self.head_shown.matrix(name, self.rows, self.columns, self.weight_format)
        return Matrix(quantities, at, self.entry_size, self.weight_scale, self.style)
