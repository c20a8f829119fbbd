"""The five media of drawings, in BigDocs-Sketch2Flow's words."""

MEDIA = ("synthetic", "manual", "digital", "whiteboard", "ui")
