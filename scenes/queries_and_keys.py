"""Queries and keys: each vector asks and answers.

W_Q times one word's normed vector, row by row, is its query; W_K times the vector of the word it will look at is that
word's key. So for every word; then both take their places at the attention grid, are turned by position where the model
does that, and in every cell a query and a key meet: their dot product, `dot_product` of the Trace, which the scene
`attention-pattern` goes on with.
"""

from collections.abc import Iterable

import numpy as np
from manim import Animation, FadeIn, FadeOut, Mobject

from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.grid import SYMBOL
from soakup.scenes.motion import becoming, change, collapsing, going, half_there, levels
from soakup.scenes.multiplying import NAME, Multiplying
from soakup.scenes.overlap import overlap
from soakup.scenes.product import plan_product
from soakup.scenes.scene import Beat
from soakup.scenes.scores import ScoreScene
from soakup.scenes.words import Words


class QueriesAndKeys(Multiplying, ScoreScene):
    """One head, from the words' vectors to its scores."""

    idea = "each vector asks and answers"
    poster_beat = "its query"

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
        """Where a matrix, a vector and their product stand: under the words and what stands over the grid's columns."""
        plan, screen = self.layout, self.screen
        over = plan.q_y - SYMBOL / 2 if plan.q_y else plan.top  # where arrows end
        self.product = plan_product(self.head_shown, ("W_Q", "W_K"), (self.i, self.j), screen.room, over, screen.floor)

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
        self.say(*self.vector_in_words(self.i))
        self.single_out(self.i)
        self.open_vector(self.i, self.under_word(self.i))

    def its_query(self) -> None:
        """W_Q comes, and row by row it makes the query."""
        count, theme = self.reading.count, self.style
        self.say("Each of the matrix’s ", count("count.head_width"), " rows, times E, makes one number of the query")
        self.bring_matrix("W_Q", theme.query)
        self.multiply("W_Q", self.i, theme.query, self.sweeps)

    def all_queries(self) -> None:
        """The query becomes its symbol over the grid, and every word gets one."""
        self.say("A query is what a word looks for; every word makes one")
        self.put_away(self.i, self.grid.queries.get(self.i))
        self.light_up()
        self.make(over=True, made=self.i)

    def a_key(self) -> None:
        """The same with another matrix and the word that the followed one will look at."""
        theme, j = self.style, self.j
        self.say("Another matrix makes of “", self.name(j), "” a key: what it can be found by")
        self.single_out(j)
        name = Formula("W_K", NAME, theme.key).move_to(self.matrix_name)
        self.play(
            FadeOut(self.matrix_name, run_time=0.4),
            change([self.matrix], self.matrix.becoming(self.table("W_K")), run_time=1.2),
            FadeIn(name, run_time=1.2),
        )
        self.matrix_name = name
        self.open_vector(j, self.under_word(j), beside=True)
        self.multiply("W_K", j, theme.key, (self.sweeps[1], self.sweeps[2], self.sweeps[2]))
        self.key_made = True

    def all_keys(self) -> None:
        if self.key_made:
            self.say("Every word stands on the left as well, with its key")
        else:
            self.say("Another matrix makes each word’s key, on the left: what it can be found by")
        leaving = [self.matrix, self.matrix_name, self.shape]
        self.coming(FadeOut(*leaving, run_time=0.25))
        if self.key_made:
            self.put_away(self.j)
            self.light_up()
        self.come_beside(from_above=False)
        self.stand_vectors(over=False)
        self.coming(FadeIn(self.grid.lines, run_time=1.2))
        self.make(over=False)

    def the_best_match(self) -> None:
        """Where in the followed word's column the highest score stands."""
        shown, i = self.head_shown, self.i
        rows = [j for j in self.grid.rows if j not in self.reading.runs]
        best = max(rows, key=lambda j: shown.dots[i, j])
        self.say("The query of “", self.name(i), "” matches the key of ", *self.other(best), " best")
        self.point_out([best], self.marks, self.grid.rows)
        if not self.digits:
            self.print_score(best)

    def print_score(self, j: int) -> None:
        """Under the followed word's column, where there is room, the number of its score with key j, which its cell
        shows as a colour."""
        score = Words.of([self.head_shown.dot_product(self.i, j)], 26, self.style.query)
        score.move_to((self.column_x(score), self.layout.bottom - 0.1 - score.height / 2, 0))
        taken = any(overlap(score, scale, gap=(0.2, 0.05)) for scale in self.scale_shown)
        if taken or score.get_bottom()[1] < self.screen.floor:
            return
        self.play(FadeIn(score, run_time=0.5))
        self.afterwards(lambda: self.coming(FadeOut(score, run_time=0.4)))

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

    def under_word(self, i: int) -> np.ndarray:
        """Where token i's E stands over the grid, or would."""
        if symbols := self.grid.embeddings_over:
            return symbols[i].get_center()
        return np.array([self.layout.xs[i], self.layout.top - 0.2, 0.0])

    def put_away(self, i: int, place: Formula | None = None) -> None:
        """What was made collapses into its symbol, which takes its place at the grid, or where it has none yet, goes to
        its word; the vector goes."""
        leaving = [self.opened, self.opened_name, self.opened_length, self.equals]
        symbol = self.made_name
        collapse = collapsing([self.made], symbol.get_center())
        self.play(FadeOut(*leaving, run_time=0.5), change([self.made], collapse, run_time=1.0))
        self.remove(self.made)
        if place is None:
            flight = half_there([symbol], going(symbol, self.under_word(i), 0.8), 0.0, until=0.7)
        else:
            flight = half_there([symbol], going(symbol, place.get_center(), place.height / symbol.height))
        self.play(change([symbol], flight, run_time=1.0))
        self.remove(symbol)
        if place is not None:
            self.add(place)
