"""`sketch2flow gallery`: every drawing style side by side."""

from __future__ import annotations

from pathlib import Path

import click

from sketch2flow.cli.output import OutputFile


@click.command("gallery")
@click.option("--out", type=OutputFile(), required=True, help="The HTML page.")
@click.option("--image", type=OutputFile(), help="Also one JPEG with a look of each style.")
@click.option("--looks", type=click.IntRange(1, 20), default=3, show_default=True, help="A style.")
@click.option("--scale", type=click.FloatRange(0.8, 4), default=1.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def command(out: Path, image: Path | None, looks: int, scale: float, seed: int) -> None:
    """Show one workflow in every style, on one HTML page that needs no other file.

    \b
    sketch2flow gallery --out gallery.html
    sketch2flow gallery --out gallery.html --looks 8 --image gallery.jpg
    """
    from rich.console import Console
    from rich.progress import track

    from sketch2flow.cli.extras import require_drawing
    from sketch2flow.files import write_bytes, write_text

    require_drawing()
    from sketch2flow.media import MEDIA
    from synth.draw import DrawingError
    from synth.drawing.styles import styles_of
    from synth.gallery import draw_samples, page, sample_workflow, sheet

    total = looks * sum(len(styles_of(source)) for source in MEDIA)
    console = Console(stderr=True)
    try:
        drawn = draw_samples(sample_workflow(seed), seed, looks, scale)
        samples = list(track(drawn, "styles", total=total, console=console))
        write_text(out, page(samples))
        if image is not None:
            write_bytes(image, sheet(samples))
    except (ValueError, DrawingError, OSError) as error:
        raise click.ClickException(str(error)) from None
    styles = len({(sample.source, sample.style) for sample in samples})
    click.echo(f"{out}: {styles} styles of {len(MEDIA)} sources, {len(samples)} drawings")
