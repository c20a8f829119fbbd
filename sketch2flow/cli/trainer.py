"""What torchrun starts on each rank: the trainer, with the drawing of rows wired in.

    torchrun --nproc-per-node 2 -m sketch2flow.cli.trainer \
        --recipe-file laptop --dataset-folder DIR --output-folder DIR
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from sketch2flow.tether import tether

if TYPE_CHECKING:
    from sketch2flow.vlm.drawn import DrawRows


def read_plan(settings: dict[str, Any], place: str) -> DrawRows:
    """Return what draws rows as `settings` say.

    Raises RecipeError naming the setting, or the packages that drawing needs.
    """
    import click

    from sketch2flow.cli.extras import require_drawing
    from sketch2flow.vlm.recipe import RecipeError

    try:
        require_drawing()
    except click.ClickException as error:
        raise RecipeError(f"{place}: {error.message}") from None
    from synth.row_plan import RowPlan, RowPlanError
    from synth.rows import drawn_rows

    try:
        return partial(drawn_rows, RowPlan.read(settings, place))
    except RowPlanError as error:
        raise RecipeError(str(error)) from None


if __name__ == "__main__":
    tether(os.getppid())  # A killed torchrun would leave its ranks behind.
    from sketch2flow.vlm.train import main

    sys.exit(main(read_plan=read_plan))
