"""`soakup models`"""

import click


@click.command()
def models() -> None:
    """List the models, with their shape and how well they predict.

    Bits per byte is what a model needs to predict held-out text: less is better.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from soakup.model import ModelError, catalogue

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model")
    for heading in ("layers", "heads", "width", "parameters", "vocabulary", "context", "bits per byte"):
        table.add_column(heading, justify="right")
    console = Console()
    for name, about in catalogue.names().items():
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
