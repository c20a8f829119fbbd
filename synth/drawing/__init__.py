"""How diagrams become pictures: fonts, Graphviz, and one painter per family of looks."""
