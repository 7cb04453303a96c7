"""The writer that has a language model write, and what each such engine is to it (language_model.py)."""
