"""What a sample of workflows looks like, beside what real automations look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sketch2flow.workflow import FEATURES, Component, Workflow, content_digest
from sketch2flow.workflow.features import levels
from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES, logic_word
from synth.generate import GeneratedWorkflow
from synth.templates import template_of

# Thousands of public workflows: shares of depth 1 (no nesting), 2, 3, 4 and more, ...
REAL_DEPTHS = {"1": 0.46, "2": 0.43, "3": 0.09, "4+": 0.02}
DEPTH_TOLERANCE = 0.05
REAL_ACTIONS_PER_BLOCK = (7, 8)  # ... and how many actions there are for one logic block.
# What a sample should keep to: at most this share of the steps has one template, of the documents
# one skeleton; at least this share of the documents has each trigger and each flow logic word.
MOST_OF_A_TEMPLATE = 0.01
MOST_OF_A_SKELETON = 0.02
LEAST_OF_A_WORD = 0.005

NO_TRIGGER = "none (subflow)"
_OPENS_A_BLOCK = frozenset({"IF", "FOREACH", "DOUNTIL", "TRY"})

Shares = dict[str, float]  # of the documents, 0 to 1


class Commonest(NamedTuple):
    """What is most common, and its share; ("", 0) where there is nothing."""

    text: str
    share: float


@dataclass(frozen=True)
class Shape:
    """Figures of a sample; all shares from 0 to 1, of the documents if nothing else is said."""

    documents: int
    steps: int
    distinct_annotations: float  # distinct annotations of steps, over steps
    distinct_documents: float  # contents that differ by more than wording, over documents
    sizes: dict[int, float]  # number of components -> share
    depths: Shares  # the keys of REAL_DEPTHS
    blocks: int  # logic blocks: see `shape_of`
    actions: int  # actions and subflow calls
    logic: Shares  # every flow logic word, those that do not occur too
    triggers: Shares  # every trigger type, those that do not occur too, and NO_TRIGGER
    heuristics: Shares
    splits: Shares
    features: dict[str, Shares]  # group -> feature -> share
    traced: float  # of the steps: those whose annotation's template is known
    template: Commonest  # of the traced steps
    skeleton: Commonest  # the steps' definitions, with a > for each block that they stand in

    @property
    def actions_per_block(self) -> float:
        """How many actions and subflow calls there are for one logic block; inf without any."""
        return self.actions / self.blocks if self.blocks else float("inf")


def shape_of(
    sample: Iterable[GeneratedWorkflow],
    find_template: Callable[[Component], str | None] = template_of,
) -> Shape:
    """Return the figures of `sample`, in one pass; raises ValueError if there is no document.

    A logic block is an IF with its ELSEIFs and ELSE, a FOREACH, a DOUNTIL, a TRY with its CATCH,
    or PARALLELs that follow one another, each counted once. `find_template` says which
    template a step's annotation was made of, None where that is unknown.
    """
    documents = steps = blocks = actions = 0
    annotations: set[str] = set()
    contents: set[str] = set()
    sizes: Counter[int] = Counter()
    depths, logic, triggers, heuristics, splits, features, templates, skeletons = (
        Counter[str]() for _ in range(8)
    )
    for generated in sample:
        workflow = generated.workflow
        components = workflow.components
        nesting = levels(workflow)
        words = [logic_word(component) for component in components]
        deepest = max(nesting, default=1)
        documents += 1
        steps += len(components)
        blocks += _blocks(workflow, words)
        actions += words.count("")
        annotations.update(component.annotation for component in components)
        contents.add(content_digest(workflow))
        sizes[len(components)] += 1
        depths[str(deepest) if deepest < 4 else "4+"] += 1
        logic.update({word for word in words if word})
        triggers[workflow.trigger.type if workflow.trigger else NO_TRIGGER] += 1
        heuristics[generated.heuristic] += 1
        splits[generated.split] += 1
        features.update(generated.features)
        templates.update(found for found in map(find_template, components) if found is not None)
        named = zip(nesting, components, strict=True)
        skeletons[" ".join(">" * (level - 1) + one.definition for level, one in named)] += 1
    if not documents:
        raise ValueError("a sample without workflows has no shape")
    return Shape(
        documents=documents,
        steps=steps,
        distinct_annotations=len(annotations) / max(steps, 1),
        distinct_documents=len(contents) / documents,
        sizes={size: sizes[size] / documents for size in sorted(sizes)},
        depths={name: depths[name] / documents for name in REAL_DEPTHS},
        blocks=blocks,
        actions=actions,
        logic=_shares(logic, documents, LOGIC_WORDS),
        triggers=_shares(triggers, documents, (*TRIGGER_TYPES, NO_TRIGGER)),
        heuristics=_shares(heuristics, documents),
        splits=_shares(splits, documents),
        features={
            group: {name: features[name] / documents for name in found}
            for group, found in FEATURES.items()
        },
        traced=templates.total() / max(steps, 1),
        template=_commonest(templates),
        skeleton=_commonest(skeletons),
    )


def _blocks(workflow: Workflow, words: list[str]) -> int:
    before: dict[int | None, str] = {}  # block -> the word of the last step in it
    count = 0
    for component, word in zip(workflow.components, words, strict=True):
        is_new_group = word == "PARALLEL" and before.get(component.block) != "PARALLEL"
        count += word in _OPENS_A_BLOCK or is_new_group
        before[component.block] = word
    return count


def _shares(counts: Counter[str], total: int, names: Iterable[str] = ()) -> Shares:
    """Return the shares of all that is counted and of `names`, the most common first."""
    ranked = sorted({*names, *counts}, key=lambda name: (-counts[name], name))
    return {name: counts[name] / total for name in ranked}


def _commonest(counts: Counter[str]) -> Commonest:
    """Return the most common, the first in the alphabet of several; its share of all counted."""
    if not counts:
        return Commonest("", 0.0)
    text = min(counts, key=lambda one: (-counts[one], one))
    return Commonest(text, counts[text] / counts.total())
