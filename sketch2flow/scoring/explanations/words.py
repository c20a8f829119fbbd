"""Labels of trees as people say them."""

from __future__ import annotations

from collections.abc import Hashable

BLANK = "(blank)"


def text_of(label: Hashable) -> str:
    """Return the text of a label, which is text itself or a tuple that ends with it."""
    return str(label[-1]) if isinstance(label, tuple) else str(label)


def words(label: Hashable, kind: str) -> str:
    """Return a node's label in words: a component by its definition, a blank as such.

    A category is named where the definition does not tell it: flow logic has capitals, an action
    has none. A scope is named unless it is the global one.
    """
    text = text_of(label)
    if kind != "component":
        return text or BLANK
    category, _, rest = text.partition("___")
    definition, _, scope = rest.rpartition("___")
    if category != ("flowlogic" if definition.isupper() else "action"):
        definition = f"{category} {definition}"
    return definition if scope == "global" else f"{definition} [{scope}]"


def name_of(label: Hashable) -> str:
    """Return the name in the label of an input or parameter, `name: more` or the name alone."""
    return text_of(label).partition(": ")[0]
