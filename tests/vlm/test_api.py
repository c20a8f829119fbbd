"""The API client against a real HTTP server on loopback."""

import base64
from typing import Any

from sketch2flow.vlm.api import ask_endpoint
from tests.serving import serving

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 16
REFUSED = PNG + b"refuse"


def answer(body: dict[str, Any]) -> str | None:
    question, picture = body["messages"][0]["content"]
    if picture["image_url"]["url"].endswith(base64.b64encode(REFUSED).decode()):
        return None
    return f"{body['model']}: {question['text']}"


def test_a_row_that_fails_does_not_cost_the_others() -> None:
    rows = [("a", PNG), ("b", REFUSED), ("c", PNG)]
    with serving(answer) as url:
        answers = list(ask_endpoint((url, "none", "served"), rows, "read it", "api"))
    assert [one.identifier for one in answers] == ["a", "b", "c"]
    assert [one.text for one in answers] == ["served: read it", "", "served: read it"]
    assert (answers[0].tokens_in, answers[0].tokens_out) == (7, 3)
    assert answers[0].error is None
    assert "no such picture" in str(answers[1].error)


def test_a_server_that_is_not_there_is_an_error_of_each_row() -> None:
    with serving(answer) as url:
        gone = url
    (one,) = ask_endpoint((gone, "none", "served"), [("a", PNG)], "read it", "api")
    assert "Connection" in str(one.error)
