"""`soakup trace TEXT`"""

from pathlib import Path

import click

from soakup.errors import OutputError


@click.command()
@click.argument("text")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="FILE.safetensors")
@click.option("--model", default="tiny", show_default=True, help="Which model (see `soakup models`).")
@click.option(
    "--bos", is_flag=True, help="Put the model's start token in front, as films do, where its tokenizer does not."
)
@click.option("--force", is_flag=True, help="Write over an existing file.")
def trace(text: str, output: Path, model: str, bos: bool, force: bool) -> None:
    """Save everything a model computes for TEXT.

    The file holds every array of one forward pass, but not the weights, and opens without PyTorch.
    """
    if output.suffix != ".safetensors":
        raise OutputError(f"{output} is not named as a trace is: call it {output.with_suffix('.safetensors')}")
    if output.exists() and not force:
        raise OutputError(f"{output} exists: write over it with --force, or name another file with -o")

    import soakup.model

    made = soakup.model.open(model).trace(text, bos=bos)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write into {output.parent}: {error.strerror}") from None
    made.save(output)
    click.echo(
        f"{output}  {len(made.tokens)} tokens, {made.model.layers} layers of {made.model.heads} heads, "
        f"{output.stat().st_size / 1e6:.1f} MB"
    )
