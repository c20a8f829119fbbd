"""The five media of drawings, in BigDocs-Sketch2Flow's words, and who drew them."""

MEDIA = ("synthetic", "manual", "digital", "whiteboard", "ui")
PROVENANCES = ("simulated", "human")
