"""The gallery shows every style there is, on one page and in one picture."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sketch2flow.cli.gallery import command
from sketch2flow.media import MEDIA
from synth.drawing.styles import styles_of
from synth.gallery import sample_workflow
from synth.pictures import inspect_picture


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    page, image = folder / "gallery.html", folder / "gallery.jpg"
    arguments = ["--out", str(page), "--image", str(image), "--looks", "1"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    styles = sum(len(styles_of(source)) for source in MEDIA)
    assert f"{styles} styles of 5 sources, {styles} drawings" in done.output
    return folder


def test_the_page_holds_a_drawing_of_every_style(made: Path) -> None:
    page = (made / "gallery.html").read_text(encoding="utf-8")
    for source in MEDIA:
        assert f'<h2 id="{source}">' in page
        for style in styles_of(source):
            assert f"<h3>{style.name}</h3>" in page
            assert f'alt="{source} {style.name}"' in page
    pictures = re.findall(r'src="data:image/(?:png|jpeg);base64,([^"]+)"', page)
    assert len(pictures) == sum(len(styles_of(source)) for source in MEDIA)
    for picture in pictures:
        inspect_picture(base64.b64decode(picture))
    # Nothing is fetched from anywhere.
    assert "http" not in page


def test_the_picture_is_small_enough_for_a_document(made: Path) -> None:
    data = (made / "gallery.jpg").read_bytes()
    assert len(data) < 1_500_000
    assert inspect_picture(data).width > 1000


def test_the_sample_shows_a_loop_and_a_branch() -> None:
    words = {component.definition for component in sample_workflow(0).components}
    assert {"FOREACH", "IF", "ELSE"} <= words


def test_a_folder_that_is_not_there_is_named_before_the_work(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--out", str(tmp_path / "no" / "gallery.html")])
    assert done.exit_code == 2
    assert "there is no folder" in done.output
