"""One benchmark per module, each a click command named `command`; `figures` is what they share."""
