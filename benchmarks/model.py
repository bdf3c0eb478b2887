"""Measure a model on text it has not read, and what its heads do. The figures in the model card come from here.

    python benchmarks/model.py CORPUS [--model tiny] [--continue]

CORPUS is the folder of books it was trained from; the passages and books that training held out are read again.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

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
)


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
    bos, T = model.tokenizer.bos, model.context
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
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    console = Console()

    model = soakup.model.open(arguments.model)
    about = json.loads((assets.MODELS / arguments.model / "training.jsonl").read_text().splitlines()[0])
    texts = corpus.read(arguments.corpus, tuple(about["settings"]["unseen"]))
    for name, part in (("held-out passages", texts.held_out), ("unseen books", texts.unseen)):
        ids = corpus.token_ids(part, model.tokenizer)
        size = sum(len(text.encode()) for text in part)
        bits = train.bits_per_byte(model.transformer, ids, size, model.tokenizer.bos)
        console.print(f"{name}: {bits:.3f} bits per byte over {size:,} bytes ({len(ids):,} tokens)")

    measured = heads(model, corpus.token_ids(texts.held_out, model.tokenizer))
    table = Table("layer", "head", *measured, title="what each head does (shares of its attention; entropy in bits)")
    for layer in range(model.layers):
        for head in range(model.heads):
            row = (f"{values[layer, head]:.2f}" for values in measured.values())
            table.add_row(str(layer + 1), str(head + 1), *row)
    console.print(table)
    console.print("rest, mean by layer:", *(f"{share:.2f}" for share in measured["rest"].mean(-1)))
    if arguments.go_on:
        for seed, opening in enumerate(OPENINGS):
            console.print(f"\n[bold]{opening}[/]" + continuation(model, opening, seed).removeprefix(opening))


if __name__ == "__main__":
    main()
