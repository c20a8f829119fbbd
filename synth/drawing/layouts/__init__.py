"""Layouts: where nodes stand and edges run, by Graphviz or by our own placing of blocks."""
