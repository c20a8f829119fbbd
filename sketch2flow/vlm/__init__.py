"""The model that reads a sketch: data set rows to tensors, FSDP training, batched generation.

Importing this package imports no torch; its modules do where they need it.
"""
