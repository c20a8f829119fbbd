"""How `sketch2flow demo` runs the graph in its own process, and what it shows of it."""
