"""Train the models that `tiny` is compared with, one after the other, and keep their logs in assets/comparisons.

    python benchmarks/comparisons.py CORPUS RUNS [NAME …]

Four sizes on all of the text, and one size on a quarter and a sixteenth of it, each to the same modest budget: what a
model gains from being larger, and from reading more. And an LSTM as large as `tiny` was before it grew, that reads the
28 million tokens `tiny` had read by then. All have the tokenizer of `tiny`, so that a token is the same to each. RUNS
is a folder for checkpoints: stop at any time, the same command goes on. Hours on one core: see the logs' seconds.
"""

import argparse
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from soakup import assets
from soakup.model.lstm import LSTMConfig
from soakup.model.train import Settings, train
from soakup.model.transformer import Config

TINY = assets.MODELS / "tiny"
MODEST = Settings(tokens=3_000_000, openings=0.0, returns=0.0, evaluate_every=200)


@dataclass(frozen=True)
class Comparison:
    config: Config | LSTMConfig
    settings: Settings


def sized(width: int, heads: int, part: float = 1.0) -> Comparison:
    return Comparison(Config(width=width, heads=heads), replace(MODEST, part=part))


COMPARISONS = {  # named after their parameters, table included
    "0.3M": sized(32, 4),
    "0.8M": sized(72, 6),
    "1.2M": sized(96, 6),
    "2.5M": sized(160, 5),
    "1.2M-quarter": sized(96, 6, part=1 / 4),
    "1.2M-sixteenth": sized(96, 6, part=1 / 16),
    "lstm": Comparison(LSTMConfig(), Settings(tokens=28_000_000, batch=16, openings=0.1, returns=0.04)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("runs", type=Path)
    parser.add_argument(
        "names", nargs="*", choices=[[], *COMPARISONS], metavar="NAME", help=f"of {', '.join(COMPARISONS)}"
    )
    arguments = parser.parse_args()
    for name in arguments.names or COMPARISONS:
        run = arguments.runs / name
        run.mkdir(parents=True, exist_ok=True)
        shutil.copy(TINY / "tokenizer.json", run)
        weights = train(arguments.corpus, run, COMPARISONS[name].config, COMPARISONS[name].settings)
        assets.COMPARISONS.mkdir(exist_ok=True)
        shutil.copy(run / "log.jsonl", assets.COMPARISONS / f"{name}.jsonl")
        if isinstance(COMPARISONS[name].config, LSTMConfig):  # kept whole: its memory is to be compared
            shutil.copy(weights, assets.COMPARISONS / f"{name}.safetensors")
        print(f"{name}: {weights}, {(run / 'log.jsonl').read_text().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    main()
