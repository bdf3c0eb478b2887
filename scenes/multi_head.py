"""Multi-head attention: many questions at once.

The layer's patterns, one for each head, stand as cards behind each other and then side by side (head_cards.py). Each
head gathers k numbers for the followed word, of which W_O makes a ΔE of its own; both are drawn as profiles of all
their entries. Added up, with the bias where there is one, the ΔE of the heads are the layer's: Σ `head_updates` +
`attention_bias` = `attention_update`. How much of it each makes up is its part along ΔE, and all parts are the whole.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from manim import FadeIn, FadeOut, Line, VGroup, linear

from soakup.scenes import style
from soakup.scenes.adding import sign
from soakup.scenes.formula import Formula
from soakup.scenes.head_cards import NOTE, HeadCards
from soakup.scenes.motion import (
    change,
    during,
    levels,
    one_after_another,
    opening,
    staggered,
    together,
)
from soakup.scenes.one_head import OneHead
from soakup.scenes.profile import Profile, stretching
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat
from soakup.scenes.words import Words

STRIP_GAP = 0.55  # over the strips, for their names


class MultiHead(HeadCards):
    """All heads of one layer, from their patterns to its update of a word."""

    idea = "many questions at once"
    poster_beat = "side by side"

    def story(self) -> Iterable[Beat]:
        self.choose_grid("multi-head", with_scores=False)
        self.choose_cards()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("one head", self.one_head)
        yield Beat("all heads", self.heads_in_depth)
        yield Beat("side by side", self.side_by_side)
        yield Beat("updates", self.head_updates)
        yield Beat("the layer’s update", self.heads_add_up)

    # --- beats ---

    def head_updates(self) -> None:
        """The cards come in a row, out of each comes what that head gathers for the followed word, and out of that the
        head's ΔE."""
        count, whose = self.reading.count, self.whose(self.i)
        gathered, width = count("count.head_width"), count("count.width")
        self.say("Each head gathers ", gathered, " numbers for ", *whose, "; a matrix makes them ", width, ": its ΔE")
        self.place_strips()
        self.cards_come_in_a_row()
        self.heads_gather()
        self.wait(0.3 * self.pace)
        self.heads_project()

    def heads_gather(self) -> None:
        """Out of every card opens what the head gathers, a strip of k bars."""
        cards = dict(zip(self.order, self.cards, strict=True))
        names = self.strip_names[: len(self.gathered_strips)]  # not the bias's
        steps = []
        for n, strip in enumerate(self.gathered_strips):
            levels(names[n], 0.0)(1.0)
            leaving = [levels([cards[n]], 0.0)] if n in cards else []
            steps.append(together(opening([strip], strip.get_center()), levels(names[n], 1.0), *leaving))
            self.add(strip, *names[n])
        moved = [*self.gathered_strips, *[name for each in names for name in each], self.space]
        opened = change(moved, staggered(steps, 0.15), rate_func=linear, run_time=1.3)
        self.play(opened, FadeIn(self.first_ruler, run_time=0.6))
        self.remove(self.space)

    def heads_project(self) -> None:
        """W_O makes of every such strip the head's ΔE, of d bars; the bias, where there is one, is of no head."""
        steps, moved = [], []
        for n, (strip, name) in enumerate(zip(self.strips, self.strip_names, strict=True)):
            made_of = self.gathered_strips[n : n + 1]
            hidden = [] if made_of else name
            levels(hidden, 0.0)(1.0)
            middle = (strip.x, strip.top - strip.height_of_all / 2, 0)
            growing = stretching(made_of[0], strip) if made_of else opening([strip], middle)
            steps.append(together(growing, levels(hidden, 1.0)))
            self.add(strip, *hidden)
            moved += [*made_of, strip, *hidden]
        grown = change(moved, staggered(steps, 0.1), rate_func=linear, run_time=2.0)
        self.play(grown, FadeOut(self.first_ruler, run_time=0.5))
        self.remove(*self.gathered_strips)
        self.play(FadeIn(self.ruler, *self.plusses, run_time=0.6))

    def heads_add_up(self) -> None:
        """One strip after another joins the layer's."""
        order = sorted(range(len(self.strips)), key=lambda n: -float(self.parts_of_update[n].value))
        most = order[0]
        makes: list[str | Quantity] = ["the bias makes"]
        if most < self.trace.model.heads:
            makes = ["head ", self.reading.count(f"head[{most}]"), " makes"]
        some_less = any(part.text.startswith("−") for part in self.parts_of_update)
        how, but = ("", ", and a minus takes from it") if some_less else (", entry by entry", "")
        share = self.parts_of_update[most]
        self.say(f"Added up{how}, they are the layer’s ΔE: ", *makes, " ", share, f" of it{but}")
        self.play(FadeIn(self.equals, self.joined.axis, self.joined_name, run_time=0.6))
        self.add(self.joined)
        largest_first = [self.strips[n] for n in order]
        before = np.cumsum([np.zeros(len(self.joined.values)), *[s.values for s in largest_first]], axis=0)
        flying = [strip.copy() for strip in largest_first]
        steps = [strip.joining(self.joined, before[n]) for n, strip in enumerate(flying)]
        left = [*self.strips, *[part for name in self.strip_names for part in name]]
        self.add(*flying)
        self.play(change(left, levels(left, style.FADED), run_time=0.5))
        run_time = min(max(0.45 * len(steps), 2.5), 5.0)
        self.play(change([*flying, self.joined], one_after_another(steps, 0.6), rate_func=linear, run_time=run_time))
        self.remove(*flying)
        self.play(change(left, levels(left, 1.0), run_time=0.6), *map(FadeIn, self.strip_parts))
        self.hold_at_end(1.2)

    def cards_come_in_a_row(self) -> None:
        """Every card goes to where its head's strip will stand."""
        strip = self.strips[0]
        slots = {h: (self.strips[h].x, strip.top - strip.height_of_all / 2) for h in self.carded}
        moving = during(0.15, 1.0, self.lining_up(slots, self.pitch - 0.1))  # once the frames are gone
        self.play(
            FadeOut(*self.frames, run_time=0.2),
            FadeOut(*self.labels, run_time=0.3),
            change([self.space], moving, run_time=1.1),
        )

    # --- the strips ---

    def place_strips(self) -> None:
        """Every head's ΔE of the followed word, the bias where there is one, and the sum of all."""
        i, theme, layer, reading = self.i, self.style, self.look.layer, self.reading
        entries, shown = range(self.trace.model.width), self.head_shown
        parts = [
            (reading.count(f"head[{h}]"), shown.head_update(h, i, entries, "")) for h in range(self.trace.model.heads)
        ]
        if np.any(self.trace.layers[layer].attention_bias):
            parts.append(("bias", shown.bias(entries, "")))
        whole = shown.update(i, entries, "")
        self.pitch = pitch = min(self.screen.room / (len(parts) + 1.6), 1.9)
        xs = [(n - (len(parts) + 0.6) / 2) * pitch for n in range(len(parts))]
        sum_x = xs[-1] + 1.6 * pitch
        unit = self.unit_of([q for _, column in [*parts, ("", whole)] for q in column])
        top, bottom = self.under_own - STRIP_GAP, self.over_caption + 1.0
        self.strips, self.strip_names, self.strip_parts = [], [], []
        self.parts_of_update = [self.part_of_update(n) for n in range(len(parts))]
        for n, ((name, column), x) in enumerate(zip(parts, xs, strict=True)):
            own, head = n == self.look.head, isinstance(name, Quantity)
            color = theme.head_update if head else theme.quiet
            self.strips.append(Profile(column, (x, top), top - bottom, unit, color, theme.quiet))
            written = ["head ", name] if isinstance(name, Quantity) else [name]
            color = theme.head_update if own else theme.text
            self.strip_names.append(self.strip_name(written, color, x, top))
            self.strip_parts += self.strip_part(self.parts_of_update[n], color, x, bottom)
        self.place_gathered(middle=(top + bottom) / 2, bottom=bottom)
        self.joined = Profile(whole, (sum_x, top), top - bottom, unit, theme.update, theme.quiet)
        self.joined.draw(np.zeros(len(whole)))
        self.joined_name = Formula("Delta arrow(E)", 34, theme.update).move_to((sum_x, top + 0.3, 0))
        middle = (top + bottom) / 2
        self.equals = sign("=", sum_x - 0.8 * pitch, middle, theme)
        self.plusses = [sign("+", (a + b) / 2, middle, theme) for a, b in pairwise(xs)]
        for each in (*self.plusses, self.equals):  # strips pass behind them
            each.set_stroke(theme.ground, width=6, background=True).set_z_index(1)
        of_all = [q for _, column in parts for q in column]
        self.ruler = self.new_ruler("the heads’ largest number is ", of_all, unit, bottom, theme.head_update)

    def unit_of(self, entries: Sequence[Quantity]) -> float:
        """How long a bar of 1 is, where none of some entries' may reach its neighbours."""
        return 0.46 * self.pitch / (max(abs(float(q.value)) for q in entries) or 1.0)

    def place_gathered(self, middle: float, bottom: float) -> None:
        """What every head gathers for the followed word, in the middle of where its ΔE will stand; its bars as thick as
        those, so that it is as much shorter as it has fewer."""
        theme, model, reading = self.style, self.trace.model, self.reading
        heads = [OneHead(reading, self.look.layer, h) for h in range(model.heads)]
        gathered = [head.gathered_value(self.i, range(model.head_width), "") for head in heads]
        entries = [q for column in gathered for q in column]
        unit = self.unit_of(entries)
        height = self.strips[0].height_of_all * model.head_width / model.width
        self.gathered_strips = [
            Profile(column, (strip.x, middle + height / 2), height, unit, theme.value, theme.quiet)
            for column, strip in zip(gathered, self.strips, strict=False)
        ]
        self.first_ruler = self.new_ruler("the largest of these numbers is ", entries, unit, bottom, theme.value)

    def part_of_update(self, n: int) -> Quantity:
        """How much of the layer's ΔE of the followed word a head makes up, or the bias, which comes after the heads."""
        layer, i, heads = self.look.layer, self.i, self.trace.model.heads
        path = f"update_part({layer})[{n},{i}]" if n < heads else f"bias_part({layer})[{i}]"
        value = float(self.trace.value(path))
        return Quantity("derived", path, value, "percent" if value > -0.005 else ".0%", shown="part")

    def strip_name(self, name: list[str | Quantity], color: str, x: float, top: float) -> list[Words]:
        """A head's name over its strip, where there is room."""
        title = Words.of(name, NOTE, color)
        if title.width > self.pitch - 0.1:
            title = Words.of(name[-1:], style.ENTRY_SMALLEST, color)
        return [title.stand(x, top + 0.18)] if title.width <= self.pitch - 0.06 else []

    def strip_part(self, part: Quantity, color: str, x: float, bottom: float) -> list[Words]:
        """A head's part of the sum under its strip, where there is room."""
        tried = [Words.of([part], size, color) for size in (NOTE, style.ENTRY_SMALLEST)]
        number = next((words for words in tried if words.width <= self.pitch - 0.06), None)
        return [number.stand(x, bottom - 0.36)] if number is not None else []

    def new_ruler(self, said: str, entries: list[Quantity], unit: float, bottom: float, color: str) -> VGroup:
        """How long a bar is: that of the largest of some entries, with its number."""
        largest = max(entries, key=lambda q: abs(float(q.value)))
        shown = Quantity(largest.kind, largest.path, largest.value, "+.2f")
        length = abs(float(largest.value)) * unit
        y = bottom - 0.75
        words = Words.of([said, shown, ":"], style.ENTRY_SMALLEST, self.style.text)
        left = -(words.width + 0.15 + length) / 2
        words.stand(left, y, side=-1)
        line = Line((left + words.width + 0.15, y + 0.08, 0), (left + words.width + 0.15 + length, y + 0.08, 0))
        line.set_stroke(color, width=4)
        line.quantities = (largest,)
        return VGroup(words, line)
