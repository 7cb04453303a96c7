"""The writer on top of a language model, and the interface of each such engine to the writer (language_model.py)."""
