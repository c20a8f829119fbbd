"""A picture of a workflow goes in; the workflow as structured JSON comes out."""

__version__ = "0.1.0"
