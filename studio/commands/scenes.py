"""`soakup scenes`"""

import click


@click.command()
def scenes() -> None:
    """List the scenes, with the one thing each makes you understand."""
    from soakup.scenes import SCENES

    width = max(map(len, SCENES))
    for name, scene in SCENES.items():
        click.echo(f"{name:{width}}  {scene.idea}")
