"""YAML as a loader does not check it: no key stands twice in it, and nothing is nested deep."""

from __future__ import annotations

from typing import Any

import yaml

from sketch2flow.workflow.environment import as_text

MAX_DEPTH = 50

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The tags of keys that are what they look like: a text, and the sign << of a merge.
_PLAIN = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


class StrictYamlError(ValueError):
    """YAML that is refused though a loader would read it; the message names place and line."""


def check_depth(data: bytes) -> None:
    """Raise StrictYamlError for nesting deeper than MAX_DEPTH, yaml.YAMLError for no YAML.

    The C loader recurses without a limit: it would end the whole process.
    """
    depth = 0
    events: Any = yaml.parse(data, _LOADER)
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1
            raise StrictYamlError(f"line {line}: nested deeper than {MAX_DEPTH}")


def load_yaml(data: bytes) -> object:
    """Return what YAML holds; a key that stands twice would hide what stood there first.

    Raises StrictYamlError, and yaml.YAMLError or ValueError where it cannot be read.
    """
    loader = _LOADER(data)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _refuse_repeated_keys(loader, root)
        content: object = loader.construct_document(root)
        return content
    finally:
        loader.dispose()


def _refuse_repeated_keys(loader: Any, root: yaml.Node) -> None:
    # Before anything is constructed: merging (<<) writes keys twice into a node.
    waiting: list[tuple[tuple[str, ...], yaml.Node]] = [((), root)]
    visited: set[yaml.Node] = set()  # aliases lead to nodes that were visited, or into a circle
    while waiting:
        place, node = waiting.pop()
        if node in visited:
            continue
        visited.add(node)
        inside: list[tuple[Any, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            _check_keys(loader, place, [key for key, _ in node.value])
            inside = [(key.value, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            inside = list(enumerate(node.value))
        waiting += [
            ((*place, str(name)), value)
            for name, value in inside
            if not isinstance(value, yaml.ScalarNode)
        ]


def _check_keys(loader: Any, place: tuple[str, ...], keys: list[yaml.Node]) -> None:
    if len({key.value for key in keys if key.tag in _PLAIN}) == len(keys):
        return  # nearly always, and quickly told
    lines: dict[object, int] = {}
    for key in keys:
        line = key.start_mark.line + 1
        forms = _forms(loader, key)
        first = next((lines[form] for form in forms if form in lines), None)
        if first is not None:
            where = ".".join((*place, str(key.value)))
            raise StrictYamlError(
                f"{where}: twice, in lines {first} and {line}; rename or remove one of them"
            )
        lines |= dict.fromkeys(forms, line)


def _forms(loader: Any, key: yaml.Node) -> set[object]:
    """Return what a key equals: as a choice 1 is "1", in Python also true; none if no scalar."""
    if key.tag in _PLAIN:
        return {key.value}
    if not isinstance(key, yaml.ScalarNode):
        return set()  # refused as a key when it is constructed
    value = loader.construct_object(key)
    return {value, as_text(value)}
