"""`sketch2flow convert`: pictures of workflows in, workflow JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from sketch2flow.vlm.convert import Conversion


@click.command(name="convert")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", help="Model folder, Hub id or URL [default: the champion].")
@click.option("--served-model", help="The model's name behind a URL.")
@click.option("--prompt", "prompt_id", default="short", show_default=True, help="Prompt id.")
@click.option("--out", type=click.Path(path_type=Path), help="Write there instead of printing.")
@click.option("--draw", is_flag=True, help="Draw what was read beside the picture, as a PNG.")
def command(
    pictures: tuple[Path, ...],
    model: str | None,
    served_model: str | None,
    prompt_id: str,
    out: Path | None,
    draw: bool,
) -> None:
    """Read PICTURES of workflows: picture in, workflow JSON out.

    One picture gives its workflow; several give one line of JSON each, with the picture's name,
    as soon as it is read. With --out these lines grow in FILE.partial, which becomes FILE at the
    end and stays where it is if the command is interrupted. Structure errors of an answer are
    named on standard error. A picture that cannot be read is named, the others are still
    converted, and the exit status is 1.

    --draw writes NAME.read.png for a picture NAME into the folder of --out, else into the current
    one; a second picture of that name gives NAME-2.read.png.
    """
    from sketch2flow.cli.comparison import places_beside
    from sketch2flow.cli.extras import require_drawing
    from sketch2flow.vlm.convert import convert_pictures
    from sketch2flow.vlm.generate import ModelNotFoundError
    from sketch2flow.workflow.prompts import PROMPTS

    if prompt_id not in PROMPTS:
        raise click.ClickException(f"no prompt {prompt_id!r}; there are {', '.join(PROMPTS)}")
    if draw:
        require_drawing()
    chosen = list(dict.fromkeys(pictures))
    places = places_beside(chosen, out.parent if out else Path()) if draw else {}
    unread = 0
    try:
        with writing_to(out) as write:
            source = model or champion_folder()
            for one in convert_pictures(chosen, source, prompt_id, served_model):
                tell(one)
                if text := line_of(one) if len(chosen) > 1 else document_of(one):
                    write(text)
                if one.workflow is None:
                    unread += 1
                elif draw:
                    draw_beside(one, places[one.picture])
    except ModelNotFoundError as error:
        raise click.ClickException(str(error)) from None
    if unread:
        raise SystemExit(1)


@contextmanager
def writing_to(out: Path | None) -> Iterator[Callable[[str], None]]:
    """Yield what writes text to the file `out`, or prints it where there is none.

    That it can be written is made sure of now, before a model is loaded; what is there stays
    until the end, if there is anything to write.
    """
    from sketch2flow.files import check_writable, new_file, partial

    if out is None:
        yield lambda text: click.echo(text, nl=False)
        return
    try:
        check_writable(out)
    except OSError as error:
        raise _unwritable(out, error) from None
    files: list[TextIO] = []
    try:
        with ExitStack() as stack:

            def write(text: str) -> None:
                try:
                    if not files:
                        files.append(stack.enter_context(new_file(out, keep=True)))
                    files[0].write(text)
                    files[0].flush()
                except OSError as error:
                    raise _unwritable(out, error) from None

            yield write
    except BaseException:
        if partial(out).is_file() and files:
            click.echo(f"broken off; what was read until then: {partial(out)}", err=True)
        raise
    if files:
        click.echo(f"written: {out}", err=True)


def _unwritable(out: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"{out}: cannot be written ({error.strerror})")


def champion_folder() -> str:
    """Return the folder of the champion; ModelNotFoundError says how to come by one."""
    from resources.champion import champion
    from resources.storage import Storage
    from sketch2flow.vlm.generate import ModelNotFoundError

    storage = Storage()
    try:
        holder = champion(storage)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelNotFoundError(
            f"{storage.root}: the champion's record cannot be read ({error}): "
            "run `sketch2flow demo` again, or use --model"
        ) from None
    if holder:
        folder = storage.object_folder("training", holder.recipe, holder.training)
        return str(folder / "model")
    trained = [
        str(storage.object_folder("training", recipe, digest) / "model")
        for recipe, digest in storage.refs("training").items()
    ]
    cure = (
        f"name one: --model {trained[0]}" if trained else "run `sketch2flow demo`, or use --model"
    )
    raise ModelNotFoundError(f"no model has become champion in {storage.root} yet: {cure}")


def tell(conversion: Conversion) -> None:
    """Name on standard error what is wrong with a picture or with what was read of it."""
    if conversion.error:
        click.echo(f"{conversion.picture}: {conversion.error}", err=True)
    for error in conversion.structure_errors:
        place = error.pointer or "/"
        click.echo(f"{conversion.picture}: {error.code} at {place}: {error.message}", err=True)


def document_of(conversion: Conversion) -> str:
    """Return the workflow as JSON for people; empty if nothing was read."""
    workflow = conversion.to_object()["workflow"]
    return f"{json.dumps(workflow, indent=2, ensure_ascii=False)}\n" if workflow else ""


def line_of(conversion: Conversion) -> str:
    """Return the conversion as a JSON line."""
    return f"{json.dumps(conversion.to_object(), ensure_ascii=False)}\n"


def draw_beside(conversion: Conversion, place: Path) -> None:
    """Draw the workflow beside its picture, or name why it cannot be drawn."""
    from sketch2flow.cli.comparison import draw_comparison
    from synth.draw import DrawingError

    assert conversion.workflow is not None
    try:
        draw_comparison(conversion.picture, conversion.workflow, place)
    except (DrawingError, OSError, ValueError) as error:
        click.echo(f"{conversion.picture}: cannot be drawn back ({error})", err=True)
    else:
        click.echo(f"{conversion.picture}: drawn in {place}", err=True)
