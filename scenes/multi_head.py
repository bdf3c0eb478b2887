"""Multi-head attention: many questions at once.

The layer's patterns, one for each head, stand as cards behind each other and then side by side (head_cards.py). Each
head gathers k numbers for the followed word, of which W_O makes a ΔE of its own; both are drawn as profiles of all
their entries. Added up, with the bias where there is one, the ΔE of the heads are the layer's: Σ `head_updates` +
`attention_bias` = `attention_update`. How much of it each makes up is its part along ΔE, and all parts are the whole.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from manim import DOWN, RIGHT, FadeIn, FadeOut, Line, ManimColor, Mobject, Rectangle, VGroup, linear

from soakup.scenes import style
from soakup.scenes.adding import sign
from soakup.scenes.formula import Formula
from soakup.scenes.head_cards import NOTE, VEIL, HeadCards
from soakup.scenes.motion import (
    change,
    during,
    levels,
    opening,
    set_level,
    shifting,
    staggered,
    tinting,
    together,
)
from soakup.scenes.one_head import OneHead
from soakup.scenes.profile import Profile
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat
from soakup.scenes.words import Words, line_width

STRIP_GAP, UNDER = 0.55, 1.1  # over the strips, for their names, and under them, for their parts and their scale
GATHERED, SLAB, AIR = 0.3, 0.36, 0.12  # of that, for what is gathered; W_O's height under that; and the air round it
RULERS = 0.6  # between two scales


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
        self.say(
            "Each head’s weights gather ", gathered, " numbers for ", *whose,
            "; a matrix makes them ", width, ": its ΔE",
        )  # fmt: skip
        self.place_strips()
        self.cards_come_in_a_row()
        self.heads_gather()
        self.wait(0.3 * self.pace)
        self.heads_project()

    def heads_gather(self) -> None:
        """All of every card but the framed column goes, and out of that opens what the head gathers, a strip of k
        bars."""
        cards, frames = dict(zip(self.order, self.cards, strict=True)), dict(zip(self.carded, self.frames, strict=True))
        names = self.strip_names[: len(self.gathered_strips)]  # not the bias's
        steps = []
        for n, strip in enumerate(self.gathered_strips):
            levels(names[n], 0.0)(1.0)
            leaving, point = [], strip.get_center()
            if n in cards:
                ground, *dots = cards[n].submobjects
                *veils, frame = frames[n]
                point = frame.get_center()
                leaving = [
                    during(0.0, 0.4, levels([ground], 0.0)),
                    hiding_under(veils),
                    during(0.5, 0.95, levels([*dots, frame], 0.0)),
                ]
            steps.append(together(*leaving, during(0.4, 1.0, opening([strip], point)), levels(names[n], 1.0)))
            self.add(strip, *names[n])
        moved = [*self.gathered_strips, *[name for each in names for name in each], self.space, *self.frames]
        opened = change(moved, staggered(steps, 0.1), rate_func=linear, run_time=1.4)
        self.play(opened, FadeIn(self.first_ruler, run_time=0.6))
        self.remove(self.space, *self.frames)

    def heads_project(self) -> None:
        """W_O makes of every such strip the head's ΔE, one of d bars after another; the bias, where there is one, is of
        no head."""
        steps, moved = [], []
        for n, (strip, name) in enumerate(zip(self.strips, self.strip_names, strict=True)):
            hidden = [] if n < len(self.gathered_strips) else name
            levels(hidden, 0.0)(1.0)
            steps.append(together(strip.unrolling(), levels(hidden, 1.0)))
            moved += [strip, *hidden]
        self.play(FadeIn(self.output_slab, run_time=0.5))
        self.add(*moved)
        self.play(change(moved, staggered(steps, 0.1), rate_func=linear, run_time=1.7))
        self.play(FadeIn(self.ruler, *self.plusses, run_time=0.5))

    def heads_add_up(self) -> None:
        """From left to right each strip is lit, and the layer's grows by it."""
        most = max(range(len(self.strips)), key=lambda n: float(self.parts_of_update[n].value))
        makes: list[str | Quantity] = ["the bias makes"]
        if most < self.trace.model.heads:
            makes = ["head ", self.reading.count(f"head[{most}]"), " makes"]
        some_less = any(part.text.startswith("−") for part in self.parts_of_update)
        but = "; with a minus, against it" if some_less else ""
        share = self.parts_of_update[most]
        self.say("Added up, they are the layer’s ΔE: measured along it, ", *makes, " ", share, but)
        named = [*self.strip_names[most], *self.strip_parts[most]]
        lit = [[strip, *name] for strip, name in zip(self.strips, self.strip_names, strict=True)]
        everything = [m for each in lit for m in each]
        made_of = [*self.gathered_strips, self.output_slab]
        dimming = together(levels(everything, style.FADED), levels(made_of, style.DIM))
        to_the_middle = shifting([self.ruler], (-self.ruler.get_x(), 0, 0))
        naming = [tinting(m, ManimColor(self.style.head_update), "fill") for m in named]
        self.play(
            change([*everything, *made_of], together(dimming, *naming), run_time=0.6),
            FadeIn(self.equals, self.joined.axis, self.joined_name, run_time=0.6),
            FadeOut(self.first_ruler, run_time=0.3),
            change([self.ruler], during(0.4, 1.0, to_the_middle), run_time=0.8),
        )
        self.add(self.joined)
        parts = [part for each in self.strip_parts for part in each]
        levels(parts, 0.0)(1.0)
        self.add(*parts)
        run_time = min(max(0.45 * len(lit), 2.5), 5.0)
        self.play(change([*everything, *parts, self.joined], self.adding(lit), rate_func=linear, run_time=run_time))
        self.play(change([*everything, *parts], levels([*everything, *parts], 1.0), run_time=0.6))
        self.hold_at_end(1.2)

    def adding(self, lit: Sequence[Sequence[Mobject]]) -> Callable[[float], None]:
        """A step in which one strip after another is lit, with its name and its part, those that make up much of the
        sum longer, and the sum grows by it."""
        values = np.array([strip.values for strip in self.strips])
        sizes = np.abs([float(part.value) for part in self.parts_of_update])
        ends = np.cumsum(1 + 2 * sizes / (sizes.max() or 1.0))
        starts = ends - np.diff(ends, prepend=0.0)
        members = [[m for each in group for m in each.get_family() if hasattr(m, "fill_rgbas")] for group in lit]
        numbers = [[m for each in part for m in each.get_family()] for part in self.strip_parts]

        def step(alpha: float) -> None:
            done = np.clip((alpha * ends[-1] - starts) / (ends - starts), 0, 1)
            self.joined.draw(np.interp(done, [0.15, 0.85], [0, 1]) @ values)
            for n, share in enumerate(done):
                for m in members[n]:
                    set_level(m, float(np.interp(share, [0, 0.15, 0.85, 1], [style.FADED, 1, 1, style.FADED])))
                for m in numbers[n]:
                    set_level(m, float(np.interp(share, [0, 0.15, 0.85, 1], [0, 1, 1, style.FADED])))

        return step

    def cards_come_in_a_row(self) -> None:
        """Every card goes to where what its head gathers will stand, the framed column still framed."""
        slots = {h: self.gathered_strips[h].get_center()[:2] for h in self.carded}
        moving = during(
            0.15, 1.0, self.lining_up(slots, (self.pitch - 0.1, self.gathered_strips[0].height_of_all))
        )  # once the labels are half gone
        self.play(FadeOut(*self.labels, run_time=0.3), change([self.space, *self.frames], moving, run_time=1.1))

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
        over, bottom = self.under_own - STRIP_GAP, self.over_caption + UNDER
        gathered = GATHERED * (over - bottom - SLAB - 2 * AIR)
        top = over - gathered - SLAB - 2 * AIR
        self.strips, self.strip_names, self.strip_parts = [], [], []
        self.parts_of_update = [self.part_of_update(n) for n in range(len(parts))]
        for n, ((name, column), x) in enumerate(zip(parts, xs, strict=True)):
            color = theme.head_update if isinstance(name, Quantity) else theme.quiet
            self.strips.append(Profile(column, (x, top), top - bottom, unit, color, theme.quiet))
            written = ["head ", name] if isinstance(name, Quantity) else [name]
            self.strip_names.append(self.strip_name(written, x, over))
            self.strip_parts.append(self.strip_part(n, x, bottom))
        self.place_gathered(over, gathered)
        self.output_slab = self.new_slab(top + AIR + SLAB / 2)
        self.joined = Profile(whole, (sum_x, top), top - bottom, unit, theme.update, theme.quiet)
        self.joined.draw(np.zeros(len(whole)))
        self.joined_name = Formula("Delta arrow(E)", 34, theme.update).move_to((sum_x, top + 0.3, 0))
        middle = (top + bottom) / 2
        self.equals = sign("=", sum_x - 0.8 * pitch, middle, theme)
        self.plusses = [sign("+", (a + b) / 2, middle, theme) for a, b in pairwise(xs)]
        for each in (*self.plusses, self.equals):  # strips pass behind them
            each.set_stroke(theme.ground, width=6, background=True).set_z_index(1)
        self.first_ruler = self.new_ruler([], self.gathered_strips, theme.value)
        self.ruler = self.new_ruler(["one scale for all: "], self.strips, theme.head_update)
        rulers = VGroup(self.first_ruler, self.ruler).arrange(RIGHT, buff=RULERS, aligned_edge=DOWN)
        rulers.move_to((0, bottom - UNDER + 0.2, 0), aligned_edge=DOWN)

    def unit_of(self, entries: Sequence[Quantity]) -> float:
        """How long a bar of 1 is, where none of some entries' may reach its neighbours."""
        return 0.46 * self.pitch / (max(abs(float(q.value)) for q in entries) or 1.0)

    def place_gathered(self, top: float, height: float) -> None:
        """What every head gathers for the followed word, over where its ΔE will stand."""
        theme, model, reading = self.style, self.trace.model, self.reading
        heads = [OneHead(reading, self.look.layer, h) for h in range(model.heads)]
        gathered = [head.gathered_value(self.i, range(model.head_width), "") for head in heads]
        unit = self.unit_of([q for column in gathered for q in column])
        self.gathered_strips = [
            Profile(column, (strip.x, top), height, unit, theme.value, theme.quiet)
            for column, strip in zip(gathered, self.strips, strict=False)
        ]
        for strip in self.gathered_strips:
            strip.set_z_index(2)  # over the veils of the cards

    def new_slab(self, y: float) -> VGroup:
        """W_O, through which all that is gathered goes, each head's through columns of its own."""
        first, last = self.gathered_strips[0].x, self.gathered_strips[-1].x
        slab = Rectangle(width=last - first + self.pitch - 0.1, height=SLAB, stroke_width=1)
        slab.move_to(((first + last) / 2, y, 0))
        slab.set_stroke(self.style.quiet).set_fill(self.style.quiet, opacity=0.2)
        return VGroup(slab, Formula("W_O", 28, self.style.text).move_to(slab))

    def part_of_update(self, n: int) -> Quantity:
        """How much of the layer's ΔE of the followed word a head makes up, or the bias, which comes after the heads."""
        layer, i, heads = self.look.layer, self.i, self.trace.model.heads
        path = f"update_part({layer})[{n},{i}]" if n < heads else f"bias_part({layer})[{i}]"
        value = float(self.trace.value(path))
        return Quantity("derived", path, value, "percent" if value > -0.005 else ".0%", shown="part")

    def strip_name(self, name: list[str | Quantity], x: float, top: float) -> list[Words]:
        """A head's name over its strip, where there is room."""
        title = Words.of(name, NOTE, self.style.text)
        if title.width > self.pitch - 0.1:
            title = Words.of(name[-1:], style.ENTRY_SMALLEST, self.style.text)
        return [title.stand(x, top + 0.18)] if title.width <= self.pitch - 0.06 else []

    def strip_part(self, n: int, x: float, bottom: float) -> list[Words]:
        """A head's part of the sum under its strip, where there is room; all of one size."""
        widest = max(line_width(part.text, NOTE) for part in self.parts_of_update)
        size = NOTE if widest <= self.pitch - 0.16 else style.ENTRY_SMALLEST
        number = Words.of([self.parts_of_update[n]], size, self.style.text)
        return [number.stand(x, bottom - 0.36)] if number.width <= self.pitch - 0.06 else []

    def new_ruler(self, said: list[str], strips: Sequence[Profile], color: str) -> VGroup:
        """How long a bar of some strips is: the largest, with its number, from a piece of the axis."""
        largest = max([q for strip in strips for q in strip.quantities], key=lambda q: float(q.value))
        shown = Quantity(largest.kind, largest.path, largest.value, "+.2f")
        words = Words.of([*said, shown, " is"], style.ENTRY_SMALLEST, self.style.text).stand(0, 0, side=1)
        end = 0.18 + float(largest.value) * strips[0].unit
        bar = Line((0.18, 0.08, 0), (end, 0.08, 0)).set_stroke(color, width=4)
        bar.quantities = (largest,)
        axis = Line((0.18, -0.04, 0), (0.18, 0.2, 0), stroke_width=1, color=self.style.quiet)
        return VGroup(words, axis, bar)


def hiding_under(veils: Sequence[Mobject]) -> Callable[[float], None]:
    """A step in which veils over parts of a card hide them wholly, and go once there is nothing to hide."""

    def step(alpha: float) -> None:
        for veil in veils:
            set_level(veil, float(np.interp(alpha, [0, 0.4, 0.95, 1], [1, 1 / VEIL, 1 / VEIL, 0])))

    return step
