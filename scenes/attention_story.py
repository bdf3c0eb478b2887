"""The attention chapter: one head from the words' vectors to what it gathers, the formula, and all heads, as one film.

Its beats are those of the chapters' own scenes, which share one grid and one row of words: the words take their places
at the beginning and stay, until the heads are compared for one of them, and come back to it at the end. Told are the
beats a story needs; each scene alone tells more.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import Animation, FadeIn, FadeOut, Mobject, VGroup, linear, smooth

from soakup.scenes import style
from soakup.scenes.attention_formula import TOGETHER, AttentionFormula
from soakup.scenes.attention_pattern import AttentionPattern
from soakup.scenes.cards import wider
from soakup.scenes.entries import Entry
from soakup.scenes.formula import Formula
from soakup.scenes.gathering import Source
from soakup.scenes.marks import Dot
from soakup.scenes.motion import becoming, change, during, going, half_there, levels, together
from soakup.scenes.multi_head import MultiHead
from soakup.scenes.quantity import Quantity
from soakup.scenes.queries_and_keys import QueriesAndKeys
from soakup.scenes.scene import Beat, late
from soakup.scenes.story_cards import StoryCards
from soakup.scenes.tokens import TokenBox
from soakup.scenes.values import Values
from soakup.scenes.words import Words, listed

THERE, SEEN = 0.72, 0.92  # of the time in which dots go to a card: when they are there, and when it has come under them


class AttentionStory(StoryCards, QueriesAndKeys, AttentionPattern, Values, MultiHead, AttentionFormula):
    """How attention works, in one film."""

    idea = "the whole chapter: queries and keys, the pattern, values, the formula, all heads"
    poster_beat = "side by side"
    heading = "Attention"
    sweeps = (1.2, 0.4, 0.15)  # shorter than where the product is all there is to see
    adding_time = 0.5
    as_drawn = ""

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention")
        self.grid_of_words = self.grid
        self.plan_product()
        self.choose_values()
        self.choose_updates()
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
        if self.is_textbook:
            self.choose_formula()
            yield Beat("in one line", self.in_one_line)
            yield Beat("Q and K", self.name_queries_and_keys)
            yield Beat("all products", self.multiply_all)
            yield Beat("the root of d", self.divide_by_the_root)
            yield Beat("softmax of all", self.softmax_of_all)
            yield Beat("V", self.name_values)
        yield Beat("all heads", self.heads_in_depth)
        yield Beat("side by side", self.side_by_side)
        yield Beat("updates", self.head_updates)
        yield Beat("the layer’s update", self.heads_add_up)
        yield Beat("the vector updated", self.update_vector)
        yield Beat("closing", self.closing)

    # --- beats of the story's own ---

    def closing(self) -> None:
        """The followed word takes its place among the others again, with the ink it has now."""
        last = self.i == self.reading.box_with(self.i)[-1]  # whose ink stands under a box
        bar = [self.bar] if self.bar is not None and last else []
        self.clear_but([self.grid.box_over(self.i), *bar])
        self.closing_card("Every number in this film is the model’s own", bar)

    def folded_in_words(self) -> list[str | Quantity]:
        """How much of a long text stands folded: nothing has been told yet by which it could be measured."""
        runs = [self.reading.folded_count(run) for run in self.reading.runs.values()]
        return ["A long text: ", *listed(runs), " of its ", self.reading.count("count.tokens"), " pieces stand folded"]

    # --- where one chapter goes over into the next ---

    def count_head(self) -> None:
        if not hasattr(self, "counter"):
            super().count_head()

    def make_values(self) -> None:
        """The words over the grid that are looked at stay, each with its E; all else goes."""
        boxes = self.boxes_of_sources()
        es = [self.grid.embeddings_over[s.token] for s in self.single if s.token in self.grid.embeddings_over]
        self.clear_but([*[box for group, box in self.grid.over.items() if group in boxes], *es], at_once=False)
        super().make_values()

    def take_places(self) -> None:
        """The words that stayed come over their values, each with its E, and the weights they get leave the grid for
        where they will be needed, and wait there."""
        grid = self.grid
        moving = [(grid.over[group].copy(), box) for group, box in self.boxes_of_sources().items()]
        es = {s.token: s.e for s in self.single if s.token in grid.embeddings_over}
        moving += [(grid.embeddings_over[i].copy(), e) for i, e in es.items()]
        weighed = [s for s in self.single if self.weighed(s)]
        steps = [self.weight_from_the_grid(s) for s in weighed]
        flying = [number for number, _ in steps]
        if flying:
            self.coming(change(flying, together(*[step for _, step in steps]), run_time=1.4))
        self.remove(*grid.over.values(), *grid.embeddings_over.values())
        self.add(*[box for box, _ in moving])
        self.move_words(moving)
        self.play()
        self.have_moved(moving)
        self.remove(*flying)
        for s in weighed:
            levels([s.factor], style.DIM)(1.0)
            self.add(s.factor)

    def weighed(self, source: Source) -> bool:
        """Whether the weight of a source stands in the grid, in digits."""
        return isinstance(self.marks.get((self.i, source.token)), Entry)

    def weight_from_the_grid(self, source: Source) -> tuple[Words, Callable[[float], None]]:
        """A weight as it stands in the grid, and a step in which it goes under where its value will be."""
        mark, factor = self.marks[self.i, source.token], source.factor
        number = Words.of([source.weight], factor.size, factor[0].get_fill_color().to_hex())
        there = number.copy().move_to(factor)
        number.scale(mark.height / number.height).move_to(mark)
        levels([number], 0.0)(1.0)
        return number, half_there([number], becoming(number, there), in_the_end=style.DIM)

    def arriving(self, factor: Words) -> Animation:
        """What waits there is lit."""
        return change([factor], levels([factor], 1.0)) if factor in self.mobjects else super().arriving(factor)

    def boxes_of_sources(self) -> dict[tuple[int, ...], Mobject]:
        """The boxes over the values, by the tokens that share one."""
        rest = self.reading.rest
        tokens = {s.token: s.box for s in self.sources if s.token is not None}
        return {(i,) if i == rest else self.reading.box_with(i): box for i, box in tokens.items()}

    def heads_in_depth(self) -> None:
        """The words go back over the grid, where the head's card now lies, and the dots come to their cells on it."""
        there = self.boxes_now()

        def coming_under(t: float) -> float:
            return float(smooth(np.clip((t - THERE) / (SEEN - THERE), 0, 1)))

        dots = self.dots or {(self.i, s.token): s.dot for s in self.single if s.token is not None}
        for dot in dots.values():
            dot.set_z_index(1)
        self.clear_but([*there.values(), *dots.values()], at_once=False)
        self.grid, self.layout = self.grid_of_words, self.grid_of_words.plan
        moving = [(box, self.grid.over[group]) for group, box in there.items()]
        self.say_how_many_heads()
        self.coming(*[FadeIn(box, run_time=1.2) for group, box in self.grid.over.items() if group not in there])
        self.move_words(moving)
        steps = [self.onto_the_card(dot, i, j) for (i, j), dot in dots.items()]
        self.coming(change(dots.values(), together(*steps), rate_func=linear, run_time=1.8))
        self.deal_cards(run_time=1.8, rate_func=coming_under)
        self.have_moved(moving)
        self.remove(*dots.values())
        super().heads_in_depth()

    def boxes_now(self) -> dict[tuple[int, ...], TokenBox]:
        """The words' boxes that are there once values have been added up: over these, or over the formula's grid."""
        boxes = self.boxes_of_sources() if self.grid is self.grid_of_words else self.grid.over
        return {g: box for g, box in boxes.items() if isinstance(box, TokenBox) and box in self.mobjects}

    def onto_the_card(self, dot: Dot, i: int, j: int) -> Callable[[float], None]:
        """A step in which the dot of a weight goes to its cell on the head's card."""
        grid, start = self.card_grid, dot.get_center()
        way, growth = np.array([*grid.at(i, j)[:2], 0.0]) - start, grid.plan.largest_dot / dot.largest
        wide = wider(grid.plan)

        def step(alpha: float) -> None:
            moved = smooth(alpha)
            dot.at = start + way * moved
            dot.grow(1 + (growth - 1) * moved, 1 + (wide - 1) * moved)

        # (Once the way is free; and gone when the card's own are seen.)
        return together(during(0.3, THERE, step), during(SEEN, 1.0, levels([dot], 0.0)))

    def update_vector(self) -> None:
        """The strip of the layer's ΔE is read as numbers again, where it stands, and these are added to E."""
        strip, name = self.joined, self.joined_name
        self.whole = self.vector(self.update(self.i), 0.0, self.style.update, "Delta arrow(E)")
        x = min(strip.get_x(), self.screen.right - self.whole.column.width / 2)
        for part in self.whole.parts:
            part.shift((x, 0, 0))
        steps = [going(strip, self.whole.column.get_center()), becoming(name, self.whole.name)]
        self.coming(change([strip, name], together(*steps, levels([strip], 0.0)), run_time=1.0))
        self.coming(FadeIn(self.whole.column, run_time=1.0, rate_func=late))
        own = self.grid.box_over(self.i)
        down = during(0.5, 1.0, becoming(own, self.box))  # once the way is free
        self.coming(change([own], down, run_time=1.2))
        self.clear_but([own, strip, name])
        self.remove(strip, name)
        self.add(self.whole.name)
        self.add_update(*(["; the bar shows whom"] if self.mixes else []))

    def in_one_line(self) -> None:
        """The largest weight goes into what makes weights in the line, its value's name into the V; the words go over
        the formula's grid, where all others come too, and before its rows."""
        there, name = self.boxes_now(), max(self.single, key=lambda s: float(s.weight.value)).name
        self.clear_but([*there.values(), name], at_once=False)
        self.use_formula_grid()
        self.say("Weights times values, in one line for all words")
        over = self.grid.over
        moving = [(box, over[group]) for group, box in there.items()]
        coming = [*[box for group, box in over.items() if group not in there], *self.grid.beside.values()]
        self.coming(*[FadeIn(box, run_time=1.6, rate_func=late) for box in coming])
        self.move_words(moving)
        symbols = list(self.symbols.values())
        makes_weights = VGroup(*[symbol for source, symbol in self.symbols.items() if source != "V"])
        ends = {Words: makes_weights.get_center(), Formula: self.symbols["V"].get_center()}
        flying = list(name)
        steps = [half_there([part], going(part, ends[type(part)]), 0.0, by=0.02, until=0.7) for part in flying]
        levels(symbols, 0.0)(1.0)
        self.play(
            change(flying, during(0.2, 1.0, together(*steps)), run_time=1.8),
            change(symbols, during(0.75, 1.0, levels(symbols, 1.0)), rate_func=linear, run_time=1.8),
        )
        self.remove(name)
        self.have_moved(moving)

    def name_queries_and_keys(self) -> None:
        """Of the line, which is dimmed, one symbol after another is lit again."""
        self.say(TOGETHER)
        symbols = list(self.symbols.values())
        self.coming(change(symbols, levels(symbols, style.DIM), run_time=0.8))
        self.bring_queries_and_keys()
        super().name_queries_and_keys()

    def move_words(self, moving: Sequence[tuple[Mobject, Mobject]]) -> None:
        """With the next play, boxes go to the places of others with the same words, once what goes is all but gone."""
        steps = [half_there([box], becoming(box, to)) for box, to in moving]
        if moving:
            others_gone = during(0.4, 1.0, together(*steps))
            self.coming(change([box for box, _ in moving], others_gone, run_time=1.1))

    def have_moved(self, moving: Sequence[tuple[Mobject, Mobject]]) -> None:
        """The others stand there from now on."""
        self.remove(*[box for box, _ in moving])
        self.add(*[to for _, to in moving])

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
        self.coming(*[FadeOut(part, run_time=0.5) for part in going])
        if at_once and self._coming:
            self.play()
