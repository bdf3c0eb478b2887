"""What SmolLM2 and MiniLM do with the sentences that docs/models.md speaks of. Its figures come from here.

    python benchmarks/smollm2.py        (first: soakup models add smollm2, soakup models add minilm)

Layers and heads count from 1.
"""

import numpy as np
from rich.console import Console
from rich.table import Table

import soakup.model
from soakup.model import derived, heads
from soakup.model.trace import Trace

CREATURE = "A fluffy blue creature roamed the verdant forest"
ADJECTIVES = [("creature", "fluffy"), ("creature", "blue"), ("forest", "verdant")]
MOLES = [
    ("chemistry", "They measured one mole of carbon dioxide"),
    ("chemistry", "Carbon dioxide weighs 44 grams per mole"),
    ("chemistry", "Chemists count atoms and molecules by the mole"),
    ("animal", "The mole dug a tunnel under the garden"),
    ("animal", "In its dark burrow under the lawn lives a mole"),
    ("skin", "The doctor took a biopsy of the mole"),
]
THREE = [
    ("animal", "American shrew mole"),
    ("chemistry", "One mole of carbon dioxide"),
    ("skin", "Take a biopsy of the mole"),
]
BANKS = [
    ("river", "They sat on the grassy river bank"),
    ("river", "The boat drifted to the muddy bank"),
    ("money", "She paid the cheque into her bank"),
    ("money", "He borrowed money from the bank"),
]
console = Console(width=110)


def word(trace: Trace, text: str) -> int:
    """The last token of the last word with that text."""
    return next(word.tokens[-1] for word in reversed(trace.words) if word.text.lower() == text)


def adjectives(model) -> None:
    """Heads by the share of what they carry from adjective to noun, against other words as far back; and attention."""
    trace = model.trace(CREATURE)
    pairs = [(word(trace, noun), word(trace, adjective)) for noun, adjective in ADJECTIVES]
    distances = {target - source for target, source in pairs}
    T = len(trace.tokens)
    others = [(i, i - d) for i in range(T) for d in distances if i - d > 0 and (i, i - d) not in pairs]
    table = Table("head", "carried", "base", "attention", "base", "back", title="from adjective to noun")
    found = []
    for layer in range(model.layers):
        shares, pattern = derived.head_share(trace, layer), trace.layers[layer].pattern
        for head in range(model.heads):
            row = [
                np.mean([matrix[head, i, j] for i, j in where])
                for matrix in (shares, pattern)
                for where in (pairs, others)
            ]
            found.append((row[0] - row[1], layer, head, *row, derived.previous_share(trace, layer)[head]))
    for _, layer, head, *row in sorted(found, reverse=True)[:6]:
        table.add_row(f"{layer + 1}·{head + 1}", *(f"{share:.2f}" for share in row))
    console.print(table)
    for layer, head in ((13, 1), (19, 8)):
        target = word(trace, "creature")
        row = {trace.tokens[j].text: f"{trace.layers[layer].pattern[head, target, j]:.2f}" for j in range(target + 1)}
        console.print(f"creature in {layer + 1}·{head + 1} looks at", row)
    for bos in (False, True):
        trace = model.trace(CREATURE, bos=bos)
        layers = range(model.layers)
        rest = np.mean([derived.rest_share(trace, layer) for layer in layers])
        carried = np.mean([derived.rest_contribution(trace, layer) for layer in layers])
        lengths = np.linalg.norm(derived.stream(trace, 16), axis=-1)
        console.print(
            f"first token ({trace.tokens[0].text}): {rest:.0%} of the attention of later ones, {carried:.0%} of what "
            f"heads carry; after layer 16 its vector is {lengths[0]:,.0f} long, others {lengths[1:].mean():,.0f}"
        )


def senses(model, what: str, sentences: list[tuple[str, str]]) -> None:
    """How like a word's vectors are in several sentences, layer by layer: the cosine, from the mean of all of them."""
    traces = [(sense, model.trace(text)) for sense, text in sentences]
    names = sorted({sense for sense, _ in sentences})
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    table = Table("after layer", *(a if a == b else f"{a}, {b}" for a, b in pairs), title=f"{what}, {model.name}")
    for passed in range(model.layers + 1):
        vectors = np.stack([derived.stream(trace, passed)[word(trace, what)] for _, trace in traces])
        unit = [vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)]
        apart = vectors - np.concatenate([derived.stream(t, passed)[1:] for _, t in traces]).mean(0)
        unit.append(apart / np.linalg.norm(apart, axis=-1, keepdims=True))
        cells = []
        for a, b in pairs:
            where = [
                (i, j)
                for i, (x, _) in enumerate(traces)
                for j, (y, _) in enumerate(traces)
                if i < j and {x, y} == {a, b}
            ]
            cells.append(" / ".join(f"{np.mean([u[i] @ u[j] for i, j in where]):.2f}" for u in unit) if where else "")
        if any(cells) and (model.layers < 12 or passed % 3 == 0):
            table.add_row(str(passed), *cells)
    console.print(table, "cosine / cosine from the mean of all tokens of all these sentences")


def arithmetic(model) -> None:
    """king − man + woman in the embedding, and the wizard."""
    table = model.weights.W_E / np.linalg.norm(model.weights.W_E, axis=-1, keepdims=True)
    ids = [model.tokenizer.encode(f" {text}")[0].id for text in ("king", "man", "woman", "queen")]
    king, man, woman = (model.weights.W_E[id] for id in ids[:3])
    wanted = king - man + woman
    cosines = table @ (wanted / np.linalg.norm(wanted))
    near = [id for id in cosines.argsort()[::-1] if id not in ids[:3]][:3]
    said = ", ".join(f"{model.tokenizer.text(int(id))!r} {cosines[id]:.2f}" for id in near)
    console.print("king − man + woman is nearest to", said)
    trace = model.trace("The most famous wizard is Harry")
    last = len(trace.tokens) - 1
    potter = model.tokenizer.encode(" Potter")[0].id
    chances = [float(derived.probability(trace, passed)[last, potter]) for passed in range(model.layers + 1)]
    console.print("Harry → Potter after layers 20 to 30:", *(f"{chance:.2f}" for chance in chances[20:]))


def habits(model) -> None:
    """The strongest heads on random tokens."""
    measured = heads.habits(model)
    for kind in ("previous", "duplicate", "induction"):
        shares = getattr(measured, kind)
        order = shares.ravel().argsort()[::-1][:4]
        best = (f"{i // model.heads + 1}·{i % model.heads + 1} {shares.ravel()[i]:.2f}" for i in order)
        console.print(f"{kind}:", *best)


def main() -> None:
    smollm2 = soakup.model.open("smollm2")
    adjectives(smollm2)
    habits(smollm2)
    arithmetic(smollm2)
    senses(smollm2, "mole", MOLES)
    senses(smollm2, "mole", THREE)
    senses(smollm2, "bank", BANKS)
    minilm = soakup.model.open("minilm")
    senses(minilm, "mole", MOLES)
    senses(minilm, "mole", THREE)


if __name__ == "__main__":
    main()
