"""Layer by layer: the words look at each other, and each one changes by whom it listened to.

A row of tokens, a vector under each. In every layer arcs show how much of each source enters each target (the layer's
own mixture by contribution, ALTI, Ferrando et al. 2022, https://arxiv.org/abs/2203.04212), lights carry it across,
ΔE arrives, the entries count to their new values and the ink of each vector mixes by what it has soaked up so far
(the roll-out of those mixtures). Then each vector thinks by itself. At the end, what one word soaked up, and what it
is all for: the next word.
"""

from collections.abc import Iterable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    FadeIn,
    FadeOut,
    LaggedStart,
    Rectangle,
    Transform,
    VGroup,
    config,
    linear,
)

from soakup.model import derived
from soakup.scenes import style
from soakup.scenes.arcs import Arc, Lights, arc_heights
from soakup.scenes.ink import InkBar, mixture
from soakup.scenes.motion import change, levels, staggered, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.row import lay_out
from soakup.scenes.scene import Beat, TraceScene
from soakup.scenes.tokens import box_height, token_row, token_text
from soakup.scenes.vectors import Column, column_width, entry_places
from soakup.scenes.words import Words

ENTRIES = 6  # rows of a column: the first five and the last
TOKENS_AT = 1.2
COLUMNS_AT = 0.5  # the top of the brackets
ARCS_TO = 3.3  # the highest point of an arc
REST = 0.8  # the width kept for the rest token


class LayerByLayer(TraceScene):
    """The flagship."""

    idea = "vectors soak up meaning, layer after layer"

    def story(self) -> Iterable[Beat]:
        self.arrange()
        layers = self.trace.model.layers
        yield Beat("words become vectors", self.words_become_vectors)
        yield Beat("each knows only itself", self.each_knows_only_itself)
        for layer in range(layers):
            yield Beat(
                f"layer {layer + 1}, attention",
                lambda layer=layer: self.attention(layer),
            )
            yield Beat(
                f"layer {layer + 1}, feed-forward",
                lambda layer=layer: self.feed_forward(layer),
            )
        yield Beat("what one word soaked up", self.what_one_word_soaked_up)
        yield Beat("what comes next", self.what_comes_next)
        yield Beat("closing", self.closing)

    poster_beat = "closing"

    # --- layout ---

    def arrange(self) -> None:
        """Choose sizes, places and formats from the Trace, before anything is drawn."""
        trace = self.trace
        self.shown = [i for i, token in enumerate(trace.tokens) if not token.special]
        self.rest = next(
            (i for i, token in enumerate(trace.tokens) if token.special), None
        )
        self.word_of = {i: w for w, word in enumerate(trace.words) for i in word.tokens}
        self.entries = [*range(ENTRIES - 1), trace.model.width - 1]

        stream = np.stack(
            [self.stream(n)[self.shown] for n in range(trace.model.layers + 1)]
        )
        self.spec = entry_format(stream)
        self.data_scale = float(np.percentile(np.abs(stream), 95))
        self.ink_of_word = style.inks(
            len(trace.words) - (self.rest is not None), self.style
        )
        if self.rest is not None:
            self.ink_of_word = np.insert(
                self.ink_of_word,
                self.word_of[self.rest],
                style.to_linear(self.style.quiet),
                0,
            )

        width = (
            config.frame_width
            - 2 * style.MARGIN
            - (REST if self.rest is not None else 0)
        )
        shown_values = stream[:, :, self.entries]
        texts = [token_text(trace.tokens[i].text) for i in self.shown]
        self.row = lay_out(
            lambda i, size: (
                Words(
                    texts[i], size, "#FFFFFF", [self.token_quantity(self.shown[i])]
                ).width
            ),
            [
                k > 0 and self.word_of[i] == self.word_of[self.shown[k - 1]]
                for k, i in enumerate(self.shown)
            ],
            lambda size: column_width(shown_values, self.spec, size),
            width,
        )
        self.column_width = column_width(shown_values, self.spec, self.row.entry_size)
        shift = REST / 2 if self.rest is not None else 0.0
        self.x = {
            i: place.x + shift
            for i, place in zip(self.shown, self.row.places, strict=True)
        }
        self.followed = self.choose_word()

    def choose_word(self) -> int:
        """The token to follow: the last piece of the word asked for, else of the one that soaked up most of another."""
        trace = self.trace
        if self.word is not None:
            return trace.words[self.find_word(self.word)].tokens[-1]
        ink = derived.word_ink(trace, trace.model.layers)
        best, most = self.shown[-1], 0.0
        for i in self.shown:
            for w in range(len(trace.words)):
                if (
                    w not in (self.word_of[i], self.word_of.get(self.rest))
                    and ink[i, w] > most
                ):
                    best, most = (
                        trace.words[self.word_of[i]].tokens[-1],
                        float(ink[i, w]),
                    )
        return best

    def stream(self, n: int) -> np.ndarray:
        """(T, d): the residual stream after n layers."""
        return self.trace.embedding if n == 0 else self.trace.layers[n - 1].residual

    # --- quantities ---

    def token_quantity(self, i: int) -> Quantity:
        return Quantity(
            "text", f"token[{i}]", self.trace.tokens[i].text, "s", shown="token"
        )

    def word_quantity(self, w: int) -> Quantity:
        word = self.trace.words[w]
        if self.rest in word.tokens:
            return Quantity(
                "text", f"token[{word.tokens[0]}]", "rest", "s", shown="token"
            )
        start, end = (
            self.trace.tokens[word.tokens[0]].start,
            self.trace.tokens[word.tokens[-1]].end,
        )
        text = self.trace.text[start:end]
        lead = len(text) - len(text.lstrip())
        return Quantity(
            "text", f"text[{start + lead}:{end}]", text[lead:], "s", shown="word"
        )

    def entries_of(
        self, path: str, values: np.ndarray, i: int, kind="element"
    ) -> list[Quantity]:
        """The shown entries of a vector: `path` is its array's, without the index."""
        return [
            Quantity(kind, f"{path}[{i},{k}]", float(values[i, k]), self.spec)
            for k in self.entries
        ]

    def entries_after(self, n: int, i: int) -> list[Quantity]:
        path = "embedding" if n == 0 else f"layers.{n - 1}.residual"
        return self.entries_of(path, self.stream(n), i)

    def ink_quantities(self, n: int, i: int) -> list[Quantity]:
        ink = derived.word_ink(self.trace, n)
        return [
            Quantity(
                "derived",
                f"word_ink({n})[{i},{w}]",
                float(ink[i, w]),
                "percent",
                shown="ink",
            )
            for w in range(len(self.trace.words))
        ]

    def ink_color(self, n: int, i: int):
        return mixture(derived.word_ink(self.trace, n)[i], self.ink_of_word)

    def count(self, path: str, value: int) -> Quantity:
        return Quantity("count", path, value, ",d")

    # --- beats ---

    def words_become_vectors(self) -> None:
        theme = self.style
        self.boxes = dict(
            zip(
                self.shown,
                token_row(self.trace, self.shown, self.row, TOKENS_AT, theme),
                strict=True,
            )
        )
        for box in self.boxes.values():
            box.shift(RIGHT * self.shift_of_row)
        self.arrows, self.columns = {}, {}
        height = box_height(self.row.token_size)
        for i in self.shown:
            self.arrows[i] = Arrow(
                (self.x[i], TOKENS_AT - height / 2, 0),
                (self.x[i], COLUMNS_AT, 0),
                buff=0.06,
                stroke_width=2,
                max_tip_length_to_length_ratio=0.4,
                tip_length=0.11,
                color=theme.quiet,
            )
            self.columns[i] = Column(
                self.entries_after(0, i),
                (self.x[i], COLUMNS_AT),
                self.column_width,
                self.row.entry_size,
                self.data_scale,
                theme,
            )
        if self.rest is not None:
            self.rest_box = self.make_rest()
        self.say(
            "Each word becomes a vector: ",
            self.count("count.width", self.trace.model.width),
            " numbers",
        )
        rest = [FadeIn(self.rest_box)] if self.rest is not None else []
        self.play(
            LaggedStart(
                *[FadeIn(self.boxes[i], shift=DOWN * 0.3) for i in self.shown],
                lag_ratio=0.15,
            ),
            *rest,
            run_time=1.6,
        )
        self.play(
            LaggedStart(
                *[
                    FadeIn(VGroup(self.arrows[i], self.columns[i]), shift=DOWN * 0.35)
                    for i in self.shown
                ],
                lag_ratio=0.12,
            ),
            run_time=2.0,
        )

    def each_knows_only_itself(self) -> None:
        theme = self.style
        self.say("At first, each vector knows only its own word")
        bottom = COLUMNS_AT + entry_places(ENTRIES, self.row.entry_size)[-1]
        self.bars = {
            i: InkBar(
                self.ink_quantities(0, i),
                self.x[i] - self.column_width / 2,
                bottom - 0.2,
                self.column_width,
                0.15,
                self.ink_of_word,
                "#555555",
            )
            for i in self.shown
        }
        inks = {
            i: style.to_color(self.ink_of_word[self.word_of[i]]) for i in self.shown
        }
        self.play(
            LaggedStart(
                *[self.boxes[i].animate.ink(inks[i]) for i in self.shown],
                lag_ratio=0.05,
            ),
            LaggedStart(
                *[
                    self.columns[i].brackets.animate.set_stroke(inks[i])
                    for i in self.shown
                ],
                lag_ratio=0.05,
            ),
            LaggedStart(*[FadeIn(self.bars[i]) for i in self.shown], lag_ratio=0.05),
            run_time=1.5,
        )

    def attention(self, layer: int) -> None:
        self.count_layer(layer, "attention")
        target, sources = self.strongest_fact(layer)
        self.say(*self.fact(layer, target, sources))
        arcs = self.arcs_of(layer)
        quick = 1.0 if layer == 0 else 0.75
        for arc in arcs.values():
            self.add(arc)
        drawing = (
            staggered([drawn(arc) for arc in arcs.values()], lag=0.03)
            if arcs
            else (lambda alpha: None)
        )
        self.play(
            change(arcs.values(), drawing, rate_func=linear, run_time=1.3 * quick)
        )
        lights = Lights(arcs)
        self.play(change([lights], lights.step, run_time=1.4 * quick))
        self.remove(lights)
        self.play(
            change(
                [*self.columns.values(), *self.bars.values()],
                together(
                    *[
                        self.columns[i].counting(
                            self.entries_of(
                                f"middle({layer})", self.middle(layer), i, "derived"
                            )
                        )
                        for i in self.shown
                    ],
                    *[
                        self.bars[i].moving(self.ink_quantities(layer + 1, i))
                        for i in self.shown
                    ],
                    *[
                        tinting(
                            self.columns[i].brackets,
                            self.ink_color(layer, i),
                            self.ink_color(layer + 1, i),
                        )
                        for i in self.shown
                    ],
                ),
                run_time=1.8 * quick,
            )
        )
        self.hold()
        self.play(change(arcs.values(), levels(arcs.values(), 0.0), run_time=0.4))
        self.remove(*arcs.values())

    def feed_forward(self, layer: int) -> None:
        self.count_layer(layer, "feed-forward")
        probability, v = self.top_prediction(layer + 1)
        last = self.shown[-1]
        self.say(
            "After layer ",
            self.count(f"layer[{layer}]", layer + 1),
            ", the last vector’s best guess for the next word is “",
            self.vocabulary_quantity(v),
            "”, ",
            Quantity(
                "derived",
                f"probability({layer + 1})[{last},{v}]",
                probability,
                "percent",
            ),
        )
        top, height = COLUMNS_AT, -entry_places(ENTRIES, self.row.entry_size)[-1]
        bands = VGroup(
            *[
                Rectangle(
                    width=self.column_width,
                    height=0.3,
                    stroke_width=0,
                    fill_color=self.style.mlp,
                    fill_opacity=0.55,
                ).move_to((self.x[i], top - 0.15, 0))
                for i in self.shown
            ]
        )

        def sweep(alpha: float) -> None:
            for i, band in zip(self.shown, bands, strict=True):
                band.move_to((self.x[i], top - 0.15 - alpha * (height - 0.3), 0))

        self.play(FadeIn(bands), run_time=0.2)
        self.play(
            change(
                [bands, *self.columns.values()],
                together(
                    sweep,
                    *[
                        self.columns[i].counting(self.entries_after(layer + 1, i))
                        for i in self.shown
                    ],
                ),
                run_time=1.4,
            )
        )
        self.play(FadeOut(bands), run_time=0.2)

    def what_one_word_soaked_up(self) -> None:
        i, layers = self.followed, self.trace.model.layers
        self.play(FadeOut(self.counter), run_time=0.3)
        self.say(*self.mixture_in_words(i))
        self.leave_only([self.boxes[i], self.columns[i]])
        box, column = self.boxes[i], self.columns[i]
        self.home = {m: m.get_center() for m in (box, column)}
        left, right = -4.9, -4.9 + self.column_width + 0.5
        before = Column(
            self.entries_after(0, i),
            (self.x[i], COLUMNS_AT),
            self.column_width,
            self.row.entry_size,
            self.data_scale,
            self.style,
        )
        before.brackets.set_stroke(style.to_color(self.ink_of_word[self.word_of[i]]))
        before.shift((left - self.x[i], 0, 0))
        labels = VGroup(
            Words("before", 26, self.style.text).stand(
                left, column.get_bottom()[1] - 0.4
            ),
            Words("after", 26, self.style.text).stand(
                right, column.get_bottom()[1] - 0.4
            ),
        )
        self.play(
            box.animate.shift(((left + right) / 2 - self.x[i], 0.35, 0)),
            column.animate.shift((right - self.x[i], 0, 0)),
            run_time=1.2,
        )
        self.play(FadeIn(before, shift=LEFT * 0.4), FadeIn(labels), run_time=0.8)

        rows = self.share_rows(i)
        pieces = [VGroup(self.bars[i].pieces[w].copy()) for w in rows["words"]]
        self.play(
            LaggedStart(
                *[
                    Transform(a[0], b)
                    for a, b in zip(pieces, rows["bars"], strict=True)
                ],
                lag_ratio=0.15,
            ),
            LaggedStart(*[FadeIn(label) for label in rows["labels"]], lag_ratio=0.15),
            run_time=2.0,
        )
        cosine = float(derived.cosine(self.trace, 0, layers)[i])
        turned = Quantity("derived", f"cosine(0,{layers})[{i}]", cosine, ".2f")
        note = Words(
            f"cosine of before and after: {turned.text}", 26, self.style.text, [turned]
        )
        note.stand((left + right) / 2, labels.get_bottom()[1] - 0.5)
        if note.get_left()[0] < -config.frame_width / 2 + style.MARGIN:
            note.stand(
                -config.frame_width / 2 + style.MARGIN,
                labels.get_bottom()[1] - 0.5,
                side=-1,
            )
        self.play(FadeIn(note), run_time=0.5)
        self.hold()
        self.play(
            FadeOut(VGroup(before, labels, note, *pieces, *rows["labels"])),
            run_time=0.6,
        )
        self.play(
            box.animate.move_to(self.home[box]),
            column.animate.move_to(self.home[column]),
            run_time=0.8,
        )

    def what_comes_next(self) -> None:
        i, layers, theme = self.shown[-1], self.trace.model.layers, self.style
        self.say(
            "The last vector, after all layers, weighs every word that could come next"
        )
        self.leave_only([self.boxes[i], self.columns[i]])
        box, column = self.boxes[i], self.columns[i]
        home = {m: m.get_center() for m in (box, column)}
        x = -4.6
        self.play(
            box.animate.shift((x - self.x[i], 0.35, 0)),
            column.animate.shift((x - self.x[i], 0, 0)),
            run_time=1.2,
        )
        middle = column.get_center()[1]
        arrow = Arrow(
            (x + self.column_width / 2 + 0.15, middle, 0),
            (-2.0, middle, 0),
            buff=0,
            stroke_width=3,
            color=theme.quiet,
        )
        name = Words("unembedding, softmax", 24, theme.text).stand(
            arrow.get_center()[0], middle + 0.15
        )
        probability = derived.probability(self.trace, layers)[i]
        best = [int(v) for v in np.argsort(-probability)[:6]]
        rows = VGroup()
        for n, v in enumerate(best):
            p = Quantity(
                "derived",
                f"probability({layers})[{i},{v}]",
                float(probability[v]),
                "percent",
            )
            rows.add(
                self.bar_row(
                    self.vocabulary_quantity(v),
                    p,
                    0.9,
                    1.35 - 0.58 * n,
                    style.probability_color(p.value, theme),
                    4.2 / probability[best[0]],
                )
            )
        self.play(FadeIn(arrow), FadeIn(name), run_time=0.6)
        self.play(
            LaggedStart(
                *[FadeIn(row, shift=RIGHT * 0.3) for row in rows], lag_ratio=0.15
            ),
            run_time=1.6,
        )
        self.hold()
        self.play(FadeOut(VGroup(arrow, name, rows)), run_time=0.5)
        self.play(
            box.animate.move_to(home[box]),
            column.animate.move_to(home[column]),
            run_time=0.8,
        )

    def closing(self) -> None:
        layers, model, theme = self.trace.model.layers, self.trace.model, self.style
        self.say("Every number in this film is the model’s own")
        everything = [*self.boxes.values(), *self.bars.values()]
        self.play(
            change(
                [*everything, *self.arrows.values(), *self.columns.values()],
                together(
                    levels(everything, 1.0),
                    levels([*self.columns.values(), *self.arrows.values()], 0.0),
                ),
                run_time=0.8,
            )
        )
        self.remove(*self.columns.values(), *self.arrows.values())
        after = {i: box.copy() for i, box in self.boxes.items()}
        above, below = 0.75, -1.95
        self.add(*after.values())
        self.play(
            *[box.animate.shift(UP * above) for box in self.boxes.values()],
            *[
                after[i].animate.shift(UP * below).ink(self.ink_color(layers, i))
                for i in self.shown
            ],
            *[
                bar.animate.shift(UP * (TOKENS_AT + below - 0.55 - bar.y))
                for bar in self.bars.values()
            ],
            run_time=1.6,
        )
        numbers = [
            self.count("count.layers", layers),
            self.count("count.heads", model.heads),
            self.count("count.parameters", model.parameters),
        ]
        size = "the model “{}”: {} layers, {} heads in each, {} parameters".format(
            model.name, *(q.text for q in numbers)
        )
        notes = VGroup(
            Words("before", 26, theme.text).stand(0, TOKENS_AT + above + 0.55),
            Words(
                f"after {numbers[0].text} layers", 26, theme.text, [numbers[0]]
            ).stand(0, TOKENS_AT + below + 0.5),
            Words(size, 28, theme.text, numbers).stand(0, -2.5),
        )
        self.play(FadeIn(notes), run_time=0.8)

    # --- pieces of beats ---

    def leave_only(self, kept: list) -> None:
        """Fade the whole row but these, which come to full strength; nothing is removed, so all can come back."""
        row = [
            *self.boxes.values(),
            *self.columns.values(),
            *self.arrows.values(),
            *self.bars.values(),
        ]
        row += [self.rest_box] if self.rest is not None else []
        going = [m for m in row if m not in kept]
        self.play(
            change(row, together(levels(going, 0.0), levels(kept, 1.0)), run_time=0.7)
        )

    def mixture_in_words(self, i: int) -> list:
        """What a vector is made of in the end, as a caption."""
        layers = self.trace.model.layers
        ink = derived.word_ink(self.trace, layers)[i]
        largest = [
            int(w)
            for w in np.argsort(-ink)
            if ink[w] >= 0.05 and w != self.word_of.get(self.rest)
        ][:4]
        parts: list = ["“", self.word_quantity(self.word_of[i]), "” is now "]
        for n, w in enumerate(largest):
            share = Quantity(
                "derived", f"word_ink({layers})[{i},{w}]", float(ink[w]), "percent"
            )
            joint = "" if n == 0 else (" and " if n == len(largest) - 1 else ", ")
            parts += [joint, share, " “", self.word_quantity(w), "”"]
        return parts

    def share_rows(self, i: int) -> dict:
        """The bars and labels of what a vector has soaked up, largest first."""
        layers = self.trace.model.layers
        ink = derived.word_ink(self.trace, layers)[i]
        chosen = [int(w) for w in np.argsort(-ink) if ink[w] >= 0.02][:7]
        rows: dict = {"words": chosen, "bars": [], "labels": []}
        for n, w in enumerate(chosen):
            share = Quantity(
                "derived", f"word_ink({layers})[{i},{w}]", float(ink[w]), "percent"
            )
            row = self.bar_row(
                self.word_quantity(w),
                share,
                0.4,
                1.5 - 0.58 * n,
                style.to_color(self.ink_of_word[w]),
                4.6 / ink[chosen[0]],
            )
            label, bar, number = row
            rows["bars"].append(bar)
            rows["labels"].append(VGroup(label, number))
        return rows

    def bar_row(
        self, name: Quantity, share: Quantity, x: float, y: float, color, unit: float
    ) -> VGroup:
        """Label, bar from x, percentage; `unit` is the length of a whole."""
        label = Words(
            token_text(name.text), style.LABEL, self.style.text, [name]
        ).stand(x - 0.2, y - 0.1, side=1)
        bar = Rectangle(
            width=max(share.value * unit, 0.02),
            height=0.34,
            stroke_width=0,
            fill_opacity=1,
            fill_color=color,
        )
        bar.move_to((x, y, 0), aligned_edge=LEFT)
        number = Words(share.text, style.LABEL, self.style.text, [share]).stand(
            bar.get_right()[0] + 0.2, y - 0.1, side=-1
        )
        return VGroup(label, bar, number)

    @property
    def shift_of_row(self) -> float:
        return REST / 2 if self.rest is not None else 0.0

    def make_rest(self) -> VGroup:
        label = Words("rest", 24, self.style.quiet)
        height = box_height(self.row.token_size)
        box = Rectangle(
            width=label.width + 0.16,
            height=height,
            stroke_width=1,
            color=self.style.quiet,
            fill_opacity=0.1,
        )
        x = -config.frame_width / 2 + style.MARGIN + box.width / 2
        self.x[self.rest] = x
        box.move_to((x, TOKENS_AT, 0))
        return VGroup(box, label.stand(x, TOKENS_AT - 0.07))

    def count_layer(self, layer: int, what: str) -> None:
        numbers = [
            self.count(f"layer[{layer}]", layer + 1),
            self.count("count.layers", self.trace.model.layers),
        ]
        text = f"Layer {numbers[0].text} of {numbers[1].text} · {what}"
        new = Words(text, style.LABEL, self.style.text, numbers).stand(
            -config.frame_width / 2 + style.MARGIN, 3.3, side=-1
        )
        old, self.counter = getattr(self, "counter", None), new
        self.play(*([FadeOut(old)] if old else []), FadeIn(new), run_time=0.3)

    def middle(self, layer: int) -> np.ndarray:
        return derived.middle(self.trace, layer)

    def arcs_of(self, layer: int) -> dict[tuple[int, int], Arc]:
        """The arcs of a layer by (source, target), for every share worth drawing."""
        mixing = derived.layer_mixture(self.trace, layer)
        pairs = [
            (j, i)
            for i in self.shown
            for j in range(i)
            if mixing[i, j] >= style.ARC_LEAST
        ]
        top = TOKENS_AT + box_height(self.row.token_size) / 2 + 0.03
        heights = arc_heights([self.x[i] - self.x[j] for j, i in pairs], ARCS_TO - top)
        return {
            (j, i): Arc(
                (self.x[j], top, 0),
                (self.x[i], top, 0),
                height,
                style.to_color(self.ink_of_word[self.word_of[j]]),
                Quantity(
                    "derived",
                    f"layer_mixture({layer})[{i},{j}]",
                    float(mixing[i, j]),
                    "",
                    shown="arc",
                ),
            )
            for (j, i), height in zip(pairs, heights, strict=True)
        }

    def strongest_fact(self, layer: int) -> tuple[int, list[int]]:
        """The token whose ink changed most by other words in this layer, and the (at most two) words it now holds most of."""
        before, after = (
            derived.word_ink(self.trace, layer),
            derived.word_ink(self.trace, layer + 1),
        )
        gain = after - before
        best, target = -1.0, self.shown[-1]
        for i in self.shown:
            others = [
                w
                for w in range(len(self.trace.words))
                if w not in (self.word_of[i], self.word_of.get(self.rest))
            ]
            most = max((float(gain[i, w]) for w in others), default=0.0)
            if most > best:
                best, target = most, i
        held = [
            w
            for w in np.argsort(-after[target])
            if w not in (self.word_of[target], self.word_of.get(self.rest))
            and after[target, w] >= 0.05
        ]
        return target, [int(w) for w in held[:2]]

    def fact(self, layer: int, target: int, sources: list[int]) -> list:
        ink = derived.word_ink(self.trace, layer + 1)
        if not sources:
            return ["In this layer the words hardly look at each other"]
        parts: list = ["“", self.word_quantity(self.word_of[target]), "” now holds "]
        for n, w in enumerate(sources):
            share = Quantity(
                "derived",
                f"word_ink({layer + 1})[{target},{w}]",
                float(ink[target, w]),
                "percent",
            )
            parts += [" and " if n else "", share, " “", self.word_quantity(w), "”"]
        return parts

    def top_prediction(self, n: int) -> tuple[float, int]:
        probability = derived.probability(self.trace, n)[self.shown[-1]]
        v = int(np.argmax(probability))
        return float(probability[v]), v

    def vocabulary_quantity(self, v: int) -> Quantity:
        return Quantity(
            "text",
            f"vocabulary[{v}]",
            self.trace.value(f"vocabulary[{v}]"),
            "s",
            shown="word",
        )


def entry_format(stream: np.ndarray) -> str:
    """Sign, and as many decimals as give the typical entry two significant figures, for a whole scene's values."""
    typical = float(np.median(np.abs(stream)))
    decimals = max(0, 1 - int(np.floor(np.log10(typical)))) if typical > 0 else 1
    return f"+.{min(decimals, 3)}f"


def drawn(arc: Arc):
    """A step that draws an arc from its source."""
    whole = arc.points.copy()

    def step(alpha: float) -> None:
        a, b, c, d = whole[:4]
        t = max(alpha, 1e-3)
        ab, bc, cd = a + (b - a) * t, b + (c - b) * t, c + (d - c) * t
        abc, bcd = ab + (bc - ab) * t, bc + (cd - bc) * t
        arc.points = np.array([a, ab, abc, abc + (bcd - abc) * t])

    step(0)
    return step


def tinting(group: VGroup, old, new):
    """A step that moves a group's strokes from one colour to another."""
    a, b = np.array(old.to_rgb()), np.array(new.to_rgb())

    def step(alpha: float) -> None:
        for m in group:
            m.stroke_rgbas[:, :3] = a + (b - a) * alpha

    return step
