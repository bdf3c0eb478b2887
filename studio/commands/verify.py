"""`soakup verify FILE`"""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Run the model again and check every number in FILE, a film or its .json file.

    Exits with 0 where all are the model's own, with 1 naming the first that is not, with 2 where FILE is no film of
    soakup's.
    """
    from soakup.verify import verify as check

    checked = check(file)
    click.echo(
        f"{file}: all {checked.quantities:,} quantities in {checked.beats} beats are the model's own "
        f"({checked.model}, {checked.fingerprint[:12]})."
    )
