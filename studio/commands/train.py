"""`soakup train FOLDER`"""

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click


class Tokens(click.ParamType):
    """A number of tokens, written as 16000000, 500k or 16M."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        written = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([kKM]?)", str(value))
        if not written:
            self.fail(f"{value!r} is not a number of tokens: write it as 16M, 500k or 16000000", param, ctx)
        return round(float(written[1]) * {"": 1, "k": 1e3, "K": 1e3, "M": 1e6}[written[2]])


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="[default: runs/<FOLDER's name>]"
)
@click.option("--tokens", type=Tokens(), help="How many tokens to read.  [default: 16M]")
@click.option("--layers", type=click.IntRange(1, 64), help="[default: 4]")
@click.option("--heads", type=click.IntRange(1, 64), help="[default: 6]")
@click.option("--width", type=click.IntRange(2, 4096), help="Numbers in each token's vector.  [default: 192]")
@click.option("--context", type=click.IntRange(2, 4096), help="Most tokens read at once.  [default: 128]")
@click.option("--vocabulary", type=click.IntRange(257, 65536), help="Different tokens.  [default: 8192]")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="[default: 0]")
def train(folder: Path, output: Path | None, tokens: int | None, seed: int | None, **shape: int | None) -> None:
    """Train a model on the .txt files in FOLDER.

    Stop with Ctrl-C at any time: the same command goes on from the last checkpoint.
    """
    run = output or Path("runs", folder.resolve().name)
    known: dict[str, Any] = {}
    with _progress() as show:
        from soakup.model.train import Settings  # imports PyTorch
        from soakup.model.train import train as train_model
        from soakup.model.transformer import Config

        settings = Settings(**_given(tokens=tokens, seed=seed))
        config = Config(**_given(**shape))

        def progress(step: int, steps: int, latest: dict) -> None:
            known.update({name: value for name, value in latest.items() if value is not None}, step=step)
            show(step, steps, _losses(known))

        try:
            weights = train_model(folder, run, config, settings, progress)
        except KeyboardInterrupt:
            weights = None
    if weights is None:
        kept = (run / "checkpoint.pt").exists()
        how = f"the same command goes on from the checkpoint in {run}" if kept else "there is no checkpoint yet"
        click.secho(f"Stopped; {how}.", err=True, fg="red")
        sys.exit(130)
    click.echo(f"{weights}  {_losses(known)}")
    click.echo(f'Look at what it does: soakup inspect "…" --model {shlex.quote(str(run))}')


def _given(**options: Any) -> dict[str, Any]:
    """The options that were used; the defaults of the others are the model's business."""
    return {name: value for name, value in options.items() if value is not None}


def _losses(known: dict[str, Any]) -> str:
    """What is known of how well it predicts, "loss 4.61 · 1.66 bits per byte"."""
    parts = [f"loss {known['loss']:.2f}"] if "loss" in known else []
    if "held_out_bits_per_byte" in known:
        parts.append(f"{known['held_out_bits_per_byte']:.2f} bits per byte")
    return " · ".join(parts)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """What to call after each step: a bar on a terminal, otherwise a line for each new loss."""
    if not sys.stderr.isatty():
        yield _line_per_loss()
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[losses]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the texts and learning the vocabulary", total=None, losses="")

        def show(step: int, steps: int, losses: str) -> None:
            if bar.tasks[0].total is None:  # the speed is measured from here, not from where an earlier run began
                bar.reset(task, total=steps, completed=step, description="training")
            bar.update(task, completed=step, losses=losses)

        yield show


def _line_per_loss() -> Callable[[int, int, str], None]:
    said = ""

    def say(step: int, steps: int, losses: str) -> None:
        nonlocal said
        if losses != said:
            said = losses
            click.echo(f"step {step:,} of {steps:,} · {losses}", err=True)

    return say
