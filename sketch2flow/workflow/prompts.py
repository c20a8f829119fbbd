"""The questions that go with a picture; a data set row and a prediction name one by its id."""

from __future__ import annotations

from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES

_LOGIC = ", ".join(sorted(LOGIC_WORDS))
_TRIGGERS = ", ".join(sorted(TRIGGER_TYPES))

_FLOW_DESIGNER = f"""\
You are an expert in process automation and IT service management. You help people with every \
task in a flow designer.

# Flow designer
A flow designer lets process owners automate work without code. A flow starts with a trigger and \
runs steps in order; a subflow has no trigger, it has inputs and outputs and is called by other \
flows. A step is an action, a call of a subflow, or flow logic, which decides whether and how \
often the steps inside it run.

# Task
The picture shows a workflow, drawn by a program or by hand: boxes are steps, diamonds are flow \
logic, arrows give the order, and the text in a shape says what the step does. Write the workflow \
as one JSON object in a json code fence, and nothing else.

# Keys, in this order
- "type": "flow" or "subflow"
- "scope": "global"
- "trigger": null for a subflow, else an object with "annotation" (the text of the picture), \
"type" and "inputs". Types: {_TRIGGERS}.
- "inputs", "outputs": for a subflow only, objects with "items", a list of "name", "type" and, \
for references, "reference" (a table)
- "components": the steps from first to last, each with
  - "annotation": the text of the picture
  - "category": "action", "flowlogic" or "subflow"
  - "definition": the step's name in lower case with underscores, such as look_up_records; for \
flow logic a word in capitals: {_LOGIC}
  - "scope": "global", or the scope of the application that brings the step
  - "order": 1, 2, 3, ... over the whole workflow
  - "block": the order of the flow logic that encloses the step; left out at the top level
  - "inputs": a list of objects with "name" and "value"; values are text

# Rules
- ELSEIF and ELSE stand directly behind their IF, CATCH directly behind its TRY, with the same \
"block".
- The branches of a parallel block are two or more PARALLEL components, one behind the other, \
with the same "block".
- Conditions are encoded queries, such as active=true^priority=1.
- A value of an earlier step is a data pill, such as {{{{trigger.current.number}}}} or \
{{{{step_2.item}}}}.
"""

PROMPTS: dict[str, str] = {
    "short": "Generate workflow JSON",
    "flow_designer": _FLOW_DESIGNER,
}
DEFAULT_PROMPT = "short"
