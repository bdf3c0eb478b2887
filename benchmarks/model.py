"""Measure a model on text it has not read, and what its heads do. The tables in the model card come from here.

    python benchmarks/model.py CORPUS [--model tiny] [--counts] [--continue]

CORPUS is the folder of books it was trained from; the passages and books that training held out are read again.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from kneser_ney import KneserNey

import soakup.model
from soakup import assets
from soakup.model import corpus, train

OPENINGS = (
    "Once upon a time there was a little",
    "The old king gave his daughter",
    "“Come in,” said the fox,",
    "In the middle of the forest there stood",
    "The boy opened the box and found",
    "When winter came, the birds",
    "There lived in a village a poor woman who",
    "The princess looked out of the window and saw",
    "Early in the morning the farmer",
    "“Who are you?” asked the",
    "The little bear climbed",
    "On the other side of the river",
    "The wolf waited behind the tree until",
    "Her mother gave her a basket and",
    "At last they came to a castle where",
    "The cat sat by the fire and",
    "A long time ago, in a country by the sea,",
    "The youngest brother said,",
    "Nobody knew why the old man",
    "And so they lived",
)
SPAN = 128  # tokens of a window in which heads are measured, so that models of any context compare
DOES = {
    "previous": "the token before",
    "rest": "the start token (rest)",
    "induction": "what followed the same random token earlier",
    "duplicate": "the same random token earlier",
}


def patterns(model, windows: np.ndarray) -> torch.Tensor:
    """(L, N, H, T, T): attention in every window; `windows` is (N, T) of token ids."""
    with torch.no_grad():
        return torch.stack([layer.pattern for layer in model.transformer(torch.from_numpy(windows)).layers])


def heads(model, ids: np.ndarray, count: int = 64) -> dict[str, np.ndarray]:
    """What every head does, each (L, H): on `count` windows of held-out text, and on random tokens that come twice.

    previous: attention to the token just before; rest: to BOS; induction: on the second copy of random tokens,
    attention to the token after the same token's first copy; duplicate: to that first copy itself (Olsson et al. 2022,
    https://arxiv.org/abs/2209.11895).
    """
    bos, T = model.tokenizer.bos, min(model.context, SPAN)
    rng = np.random.default_rng(0)
    starts = rng.integers(0, len(ids) - T, count)
    text = np.stack([np.concatenate([[bos], ids[s : s + T - 1].astype(np.int64)]) for s in starts])
    seen = patterns(model, text)
    half = (T - 1) // 2
    first = rng.integers(256, model.vocabulary, (count, half))
    twice = np.concatenate([np.full((count, 1), bos), first, first], axis=1)
    repeated = patterns(model, twice)
    late = torch.arange(half + 1, 2 * half + 1)
    return {
        "previous": seen.diagonal(-1, -2, -1)[..., 1:].mean((1, 3)).numpy(),
        "rest": seen[..., 1:, 0].mean((1, 3)).numpy(),
        "induction": repeated[..., late, late - half + 1].mean((1, 3)).numpy(),
        "duplicate": repeated[..., late, late - half].mean((1, 3)).numpy(),
        "entropy": (-(seen * (seen + 1e-9).log2()).sum(-1)).mean((1, 3)).numpy(),
    }


def names(model, ids: np.ndarray, count: int = 512) -> tuple[np.ndarray, np.ndarray, int]:
    """Induction in real text: where a name comes again, attention to what followed it before, each (L, H).

    A name is a word of one token with a capital inside a sentence. Beside it, attention that as many other tokens of
    the same passage get, those one before and one after; and how often it was measured.
    """
    bos, T = model.tokenizer.bos, min(model.context, SPAN)
    starts = np.random.default_rng(1).integers(0, len(ids) - T, count)
    text = np.stack([np.concatenate([[bos], ids[s : s + T - 1].astype(np.int64)]) for s in starts])
    words = [model.tokenizer.text(id) for id in range(model.vocabulary)]
    is_name = np.array([len(w) > 3 and w[0] == " " and w[1].isupper() and w[2:].islower() for w in words])
    opens = np.array(
        [w.strip() in {".", "!", "?", '"', "“", "”", "\n", ":", ";", '."', '!"', '?"', ',"'} for w in words]
    )
    hits, beside, n = np.zeros((model.layers, model.heads)), np.zeros((model.layers, model.heads)), 0
    for window in text:
        pattern = None
        for t in range(8, T):
            if not is_name[window[t]] or opens[window[t - 1]]:
                continue
            earlier = np.flatnonzero(window[: t - 4] == window[t])
            if not len(earlier):
                continue
            pattern = patterns(model, window[None])[:, 0] if pattern is None else pattern
            after = earlier[-1] + 1
            hits += pattern[:, :, t, after].numpy()
            beside += (pattern[:, :, t, after + 1] + pattern[:, :, t, after - 1]).numpy() / 2
            n += 1
    return hits / n, beside / n, n


def continuation(model, opening: str, seed: int, tokens: int = 40, temperature: float = 0.8) -> str:
    """What the model writes on, drawn at random from its probabilities."""
    generator = torch.Generator().manual_seed(seed)
    ids = [token.id for token in model.tokenizer.encode(opening)]
    with torch.no_grad():
        for _ in range(tokens):
            logits = model.transformer(torch.tensor([ids])).logits[0, -1] / temperature
            ids.append(int(torch.multinomial(logits.softmax(-1), 1, generator=generator)))
    return model.tokenizer.decode(ids)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--continue", dest="go_on", action="store_true", help="also write on from some openings")
    parser.add_argument("--counts", action="store_true", help="also what a 5-gram Kneser–Ney model needs (3 GB, 2 min)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    model = soakup.model.open(arguments.model)
    folder = assets.MODELS / arguments.model if (assets.MODELS / arguments.model).is_dir() else Path(arguments.model)
    log = next(path for path in (folder / "training.jsonl", folder / "log.jsonl") if path.is_file())
    about = json.loads(log.read_text().splitlines()[0])
    texts = corpus.read(arguments.corpus, tuple(about["settings"]["unseen"]))
    counted = None
    if arguments.counts:
        counted = KneserNey(corpus.token_ids(texts.training, model.tokenizer), model.tokenizer.size)
    print(
        f"| text | bits per byte | in windows of {SPAN} tokens |"
        + (" 5-gram Kneser–Ney |\n| --- | --- | --- | --- |" if counted else "\n| --- | --- | --- |")
    )
    for name, part in (("held-out passages", texts.held_out), ("unseen books", texts.unseen)):
        ids = corpus.token_ids(part, model.tokenizer)
        size = sum(len(text.encode()) for text in part)
        bits = train.bits_per_byte(model.transformer, ids, size, model.tokenizer.bos)
        short = train.bits_per_byte(model.transformer, ids, size, model.tokenizer.bos, window=SPAN)
        beside = f" {counted.nats(ids) / math.log(2) / size:.3f} |" if counted else ""
        print(f"| {name}, {size:,} bytes | {bits:.3f} | {short:.3f} |{beside}")

    measured = heads(model, corpus.token_ids(texts.held_out, model.tokenizer))
    print("\n| share of its attention |", *(f"head {head + 1} |" for head in range(model.heads)))
    print("| --- |" + " --- |" * model.heads)
    for name, what in DOES.items():
        for layer, shares in enumerate(measured[name]):
            print(f"| {what}, layer {layer + 1} |", *(f"{share:.2f} |" for share in shares))
    for name, what in DOES.items():
        layer, head = np.unravel_index(measured[name].argmax(), measured[name].shape)
        print(f"\nmost on {what}: head {head + 1} of layer {layer + 1} ({measured[name].max():.2f})")
    again, beside, n = names(model, corpus.token_ids(texts.held_out, model.tokenizer))
    layer, head = np.unravel_index(again.argmax(), again.shape)
    print(
        f"\nwhere a name comes again ({n} times), most on what followed it before: "
        f"head {head + 1} of layer {layer + 1} "
        f"({again[layer, head]:.2f}; the tokens beside it get {beside[layer, head]:.2f})"
    )
    rest, entropy = measured["rest"], measured["entropy"]
    print(f"\nrest: {rest.mean():.2f}, by layer", *(f"{share:.2f}" for share in rest.mean(-1)))
    print(f"\nentropy of a row: {entropy.mean():.1f} bits, {entropy.min():.1f} to {entropy.max():.1f} by head")
    if arguments.go_on:
        for seed, opening in enumerate(OPENINGS):
            print("\n> " + " ".join(continuation(model, opening, seed).split()))


if __name__ == "__main__":
    main()
