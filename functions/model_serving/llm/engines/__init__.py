"""The writers, a folder each: its package has `create(settings)`, for a Writer (llm/protocol.py)."""
