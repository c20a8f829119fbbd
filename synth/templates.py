"""Which phrasing an annotation was made of, told from the document alone."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from string import Formatter

from sketch2flow.workflow import Component
from sketch2flow.workflow.rules import logic_word
from synth.phrasing import Phrasing, all_phrasings


def template_of(component: Component) -> str | None:
    """Return the template of the step's annotation, such as "for each {table}"; None if unknown.

    Of several that fit, the one that has the most letters of its own. Unknown are annotations
    with a typo in those letters, and those of steps that a user's catalogue adds.
    """
    word = logic_word(component)
    return _template(word or f"{component.scope}/{component.definition}", component.annotation)


@cache
def _matcher(key: str) -> tuple[re.Pattern[str], tuple[str, ...]] | None:
    known = all_phrasings().get(key)
    if known is None:
        return None
    ranked = sorted((*known.plain, *known.vague), key=_own_letters, reverse=True)
    templates = tuple(one.template for one in ranked)
    # One group for each template: the number of the group that matched says which.
    return re.compile("|".join(f"({_pattern(template)})" for template in templates)), templates


@lru_cache(maxsize=50_000)
def _template(key: str, annotation: str) -> str | None:
    matcher = _matcher(key)
    found = matcher[0].fullmatch(annotation) if matcher else None
    if matcher is None or found is None or found.lastindex is None:
        return None
    return matcher[1][found.lastindex - 1]


def _own_letters(phrasing: Phrasing) -> int:
    return sum(len(text) for text, *_ in Formatter().parse(phrasing.template))


def _pattern(template: str) -> str:
    """Return the regular expression of `template`: anything may stand for a word in braces."""
    parts = Formatter().parse(template)
    return "".join(re.escape(text) + (".+" if name is not None else "") for text, name, *_ in parts)
