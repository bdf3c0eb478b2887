"""The attention chapter: one head from the words' vectors to its update, all heads, and the formula, as one film.

Its beats are those of the chapters' own scenes, which share one grid and one row of words: the words take their places
at the beginning and stay. Told are the beats a story needs; each scene alone tells more.
"""

from collections.abc import Iterable, Sequence

from manim import FadeIn, FadeOut, Mobject, VGroup

from soakup.scenes.attention_formula import AttentionFormula
from soakup.scenes.attention_pattern import AttentionPattern
from soakup.scenes.motion import becoming, change, half_there, levels, together
from soakup.scenes.multi_head import MultiHead
from soakup.scenes.quantity import Quantity
from soakup.scenes.queries_and_keys import QueriesAndKeys
from soakup.scenes.scene import Beat
from soakup.scenes.tokens import TokenBox
from soakup.scenes.values import Values
from soakup.scenes.words import Words

TITLE, NOTE = 60, 30


class AttentionStory(QueriesAndKeys, AttentionPattern, Values, MultiHead, AttentionFormula):
    """How attention works, in one film."""

    idea = "the whole chapter: queries and keys, the pattern, values, all heads, the formula"
    poster_beat = "side by side"

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention")
        self.plan_product()
        self.choose_values()
        self.choose_updates(self.layout.under_words - 0.15)  # the words stay over the grid
        self.choose_cards()
        yield Beat("title", self.title)
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("words and vectors", self.words_and_vectors)
        yield Beat("one word’s vector", self.one_vector)
        yield Beat("its query", self.its_query)
        yield Beat("all queries", self.all_queries)
        yield Beat("all keys", self.all_keys)
        if self.head_shown.turns:
            yield Beat("turned by position", self.turned_by_position)
        elif self.head_shown.changes:
            yield Beat("changed before they meet", self.changed_before_they_meet)
        yield Beat("a query meets a key", self.a_query_meets_a_key)
        yield Beat("all scores", self.all_scores)
        yield Beat("scaled", self.scaled)
        yield Beat("masked", self.masked)
        yield Beat("softmax", self.every_column)
        yield Beat("values", self.make_values)
        yield Beat("weights", self.show_weights)
        yield Beat("weighted", self.weigh)
        yield Beat("added up", self.add_up)
        yield Beat("all heads", self.heads_in_depth)
        yield Beat("side by side", self.side_by_side)
        yield Beat("updates", self.head_updates)
        yield Beat("the layer’s update", self.heads_add_up)
        yield Beat("the vector updated", self.update_vector)
        if self.is_textbook:
            self.choose_formula()
            yield Beat("Q and K", self.name_queries_and_keys)
            yield Beat("all products", self.multiply_all)
            yield Beat("the root of d", self.divide_by_the_root)
            yield Beat("softmax of all", self.softmax_of_all)
            yield Beat("V", self.name_values)
        yield Beat("closing", self.closing)

    # --- beats of the story's own ---

    def title(self) -> None:
        """The sentence, under the film's title; a long text has a beat of its own."""
        title = Words("Attention", TITLE, self.style.text).stand(0, 0)
        if not self.reading.runs:
            self.write_sentence(self.layout.label_size)
            title.stand(0, max(words.get_top()[1] for words in self.written.values()) + 0.7)
        self.say("What a transformer does with this sentence, in its own numbers")
        self.play(FadeIn(title, run_time=1.0))
        self.hold_at_end(1.2)
        self.afterwards(lambda: self.play(FadeOut(title, run_time=0.5)))

    def closing(self) -> None:
        """Which model it was, and where its numbers come from."""
        count, theme = self.reading.count, self.style
        self.leave_the_words()
        self.say("Every number in this film is the model’s own")
        name = Quantity("text", "model", self.trace.model.name, "s", shown="model")
        shape = [count("count.layers"), " layers of ", count("count.heads"), " heads"]
        parameters = [count("count.parameters"), " parameters"]
        lines = [
            ["The model “", name, "”"],
            *([shape, parameters] if self.screen.narrow else [[*shape, ", ", *parameters]]),
        ]
        lines += [["read this sentence once;"], ["soakup verify computes it all anew"]]
        size = NOTE - 3 if self.screen.narrow else NOTE
        card = VGroup(*[Words.of(line, size, theme.text) for line in lines])
        for n, line in enumerate(card):
            line.stand(0, 0.9 - 0.55 * n)
        self.play(FadeIn(card, run_time=0.9))
        self.hold_at_end(1.9)

    # --- where one chapter goes over into the next ---

    def count_head(self) -> None:
        if not hasattr(self, "counter"):
            super().count_head()

    def make_values(self) -> None:
        """The words over the grid that are looked at stay, and all else goes."""
        self.leave_the_words(but=list(self.boxes_of_sources()))
        super().make_values()

    def boxes_of_sources(self) -> dict[tuple[int, ...], Mobject]:
        """The boxes over the values, by the tokens that share one."""
        rest = self.reading.rest
        tokens = {s.token: s.box for s in self.sources if s.token is not None}
        return {(i,) if i == rest else self.reading.box_with(i): box for i, box in tokens.items()}

    def take_places(self) -> None:
        """The words that stayed come over their values."""
        grid = self.grid
        moving = [(grid.over[group].copy(), box) for group, box in self.boxes_of_sources().items()]
        self.remove(*grid.over.values())
        self.add(*[box for box, _ in moving])
        self.move_words(moving)

    def heads_in_depth(self) -> None:
        """The words go back over the grid, and the head's card lies where its weights were."""
        grid, reading = self.grid, self.reading
        boxes: dict[tuple[int, ...], TokenBox] = {}
        for source in self.sources:
            if source.token is not None and isinstance(source.box, TokenBox):
                group = (source.token,) if source.token == reading.rest else reading.box_with(source.token)
                boxes[group] = source.box
        there = [box for box in boxes.values() if box in self.mobjects]
        self.clear_but(there)
        missing = [box for group, box in grid.over.items() if boxes.get(group) not in there]
        moving = [(box, grid.over[group]) for group, box in boxes.items() if box in there]
        self.coming(*[FadeIn(box, run_time=1.2) for box in missing])
        self.move_words(moving)
        self.deal_cards()
        super().heads_in_depth()

    def update_vector(self) -> None:
        """The strip of the layer's ΔE is read as numbers again, and added to E."""
        self.leave_the_words()
        self.whole = self.vector(self.update(self.i), 0.0, self.style.update, "Delta arrow(E)")
        self.coming(FadeIn(self.whole.column, self.whole.name, run_time=0.8))
        super().update_vector()

    def name_queries_and_keys(self) -> None:
        self.leave_the_words()
        over = self.grid.over
        self.use_formula_grid()
        self.move_words([(box, self.grid.over[group]) for group, box in over.items()])
        if self.grid.beside:  # none, where there is no room before its rows
            self.play(FadeIn(*self.grid.beside.values(), run_time=0.8))
        self.bring_queries_and_keys()
        super().name_queries_and_keys()

    def move_words(self, moving: Sequence[tuple[Mobject, Mobject]]) -> None:
        """Boxes take the places of others with the same words."""
        steps = [half_there([box], becoming(box, to)) for box, to in moving]
        self.play(change([box for box, _ in moving], together(*steps), run_time=1.4))
        self.remove(*[box for box, _ in moving])
        self.add(*[to for _, to in moving])

    def leave_the_words(self, but: Iterable[tuple[int, ...]] | None = None) -> None:
        """Everything goes but the words over the grid (of those, the groups given), which are lit again."""
        kept = [box for group, box in self.grid.over.items() if but is None or group in but]
        self.coming(change(kept, levels(kept, 1.0), run_time=0.4))
        self.clear_but(kept)

    def clear_but(self, kept: Iterable[Mobject]) -> None:
        """Everything goes but these and what says which layer it is; the caption, once it has been read."""
        stays = [*kept, *self.counter, *(self.caption or ())]
        own = {id(m) for m in stays}
        above = {id(m) for mobject in stays for m in mobject.get_family()}

        def without(mobject: Mobject) -> list[Mobject]:
            if id(mobject) in own:
                return []
            if not any(id(part) in above for part in mobject.get_family()):
                return [mobject]
            return [part for each in mobject.submobjects for part in without(each)]

        self.hush()
        going = [part for mobject in self.mobjects for part in without(mobject)]
        if going or self._coming:
            self.play(*[FadeOut(part, run_time=0.6) for part in going])
