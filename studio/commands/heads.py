"""`soakup heads`"""

import click


@click.command()
@click.option("--model", default="tiny", show_default=True, help="Which model (see `soakup models`).")
def heads(model: str) -> None:
    """List what every head of a model does, whatever the text.

    The numbers are shares of a head's attention on random tokens that come twice: to the token just before; from the
    second copy to the first, and to what followed the first; to the first token of all; and to the place, counted
    back, that gets most.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    import soakup.model
    from soakup.model.heads import habits

    opened = soakup.model.open(model)
    measured = habits(opened)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("layer", "head", "previous", "duplicate", "induction", "rest", "place", "share", "bits"):
        table.add_column(heading, justify="right")
    table.add_column("what it is")
    columns = (measured.previous, measured.duplicate, measured.induction, measured.rest)
    for layer in range(opened.layers):
        for head in range(opened.heads):
            shares = [f"{column[layer, head]:.2f}" for column in columns]
            place = f"{int(measured.place[layer, head])}"
            more = (f"{measured.place_share[layer, head]:.2f}", f"{measured.entropy[layer, head]:.1f}")
            name = Text(measured.name(layer, head), "bold")
            table.add_row(str(layer + 1), str(head + 1), *shares, place, *more, name)
    Console().print(table)
