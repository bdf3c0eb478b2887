"""The attention chapter: one head from the words' vectors to its update, all heads, and the formula, as one film.

Its beats are those of the chapters' own scenes, which share one grid and one row of words: the words take their places
at the beginning and stay. Told are the beats a story needs; each scene alone tells more.
"""

from collections.abc import Iterable, Sequence

from manim import FadeIn, FadeOut, Mobject

from soakup.drawing.numbers import Change
from soakup.scenes.attention_formula import TOGETHER, AttentionFormula
from soakup.scenes.attention_pattern import AttentionPattern
from soakup.scenes.motion import HALF, becoming, change, half_there, levels, together
from soakup.scenes.multi_head import MultiHead
from soakup.scenes.queries_and_keys import QueriesAndKeys
from soakup.scenes.scene import Beat, late
from soakup.scenes.story_cards import StoryCards
from soakup.scenes.tokens import TokenBox
from soakup.scenes.values import Values


class AttentionStory(StoryCards, QueriesAndKeys, AttentionPattern, Values, MultiHead, AttentionFormula):
    """How attention works, in one film."""

    idea = "the whole chapter: queries and keys, the pattern, values, all heads, the formula"
    poster_beat = "side by side"
    heading = "Attention"
    sweeps = (1.2, 0.4, 0.15)  # shorter than where the product is all there is to see

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention")
        self.plan_product()
        self.choose_values()
        self.choose_updates(self.layout.under_words - 0.15)  # the words stay over the grid
        self.choose_cards()
        yield Beat("title", self.title_card)
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

    def closing(self) -> None:
        self.leave_the_words(HALF)
        self.closing_card("Every number in this film is the model’s own")

    # --- where one chapter goes over into the next ---

    def count_head(self) -> None:
        if not hasattr(self, "counter"):
            super().count_head()

    def make_values(self) -> None:
        """The words over the grid that are looked at stay, and all else goes."""
        sources = self.boxes_of_sources()
        self.clear_but([box for group, box in self.grid.over.items() if group in sources])
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
        self.play(self.words_moving(moving))
        self.have_moved(moving)

    def heads_in_depth(self) -> None:
        """The words go back over the grid, and the head's card lies where its weights were."""
        grid = self.grid
        boxes = {group: box for group, box in self.boxes_of_sources().items() if isinstance(box, TokenBox)}
        there = [box for box in boxes.values() if box in self.mobjects]
        missing = [box for group, box in grid.over.items() if boxes.get(group) not in there]
        moving = [(box, grid.over[group]) for group, box in boxes.items() if box in there]
        self.clear_but(there, at_once=False)
        self.say_how_many_heads()
        self.coming(self.words_moving(moving), *[FadeIn(box, run_time=1.2) for box in missing])
        self.deal_cards(run_time=1.4, rate_func=late)
        self.have_moved(moving)
        super().heads_in_depth()

    def update_vector(self) -> None:
        """The strip of the layer's ΔE is read as numbers again, and added to E."""
        self.leave_the_words()
        self.whole = self.vector(self.update(self.i), 0.0, self.style.update, "Delta arrow(E)")
        self.coming(FadeIn(self.whole.column, self.whole.name, run_time=0.8))
        super().update_vector()
        self.leave_as_it_is()

    def name_queries_and_keys(self) -> None:
        self.leave_the_words()
        over = self.grid.over
        self.use_formula_grid()
        self.say(TOGETHER)
        moving = [(box, self.grid.over[group]) for group, box in over.items()]
        if self.grid.beside:  # none, where there is no room before its rows
            self.coming(FadeIn(*self.grid.beside.values(), run_time=1.0, rate_func=late))
        self.play(self.words_moving(moving))
        self.have_moved(moving)
        self.bring_queries_and_keys()
        super().name_queries_and_keys()

    def words_moving(self, moving: Sequence[tuple[Mobject, Mobject]]) -> Change:
        """Boxes go to the places of others with the same words."""
        steps = [half_there([box], becoming(box, to)) for box, to in moving]
        return change([box for box, _ in moving], together(*steps), run_time=1.0)

    def have_moved(self, moving: Sequence[tuple[Mobject, Mobject]]) -> None:
        """The others stand there from now on."""
        self.remove(*[box for box, _ in moving])
        self.add(*[to for _, to in moving])

    def leave_the_words(self, level: float = 1.0) -> None:
        """Everything goes but the words over the grid, which are lit again, or go on from another level."""
        kept = list(self.grid.over.values())
        self.coming(change(kept, levels(kept, level), run_time=0.4))
        self.clear_but(kept)

    def clear_but(self, kept: Iterable[Mobject], at_once: bool = True) -> None:
        """Everything goes but these and what says which layer it is, at once or with the next play; the caption, once
        it has been read."""
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
        self.coming(*[FadeOut(part, run_time=0.6) for part in going])
        if at_once and self._coming:
            self.play()
