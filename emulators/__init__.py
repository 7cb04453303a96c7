"""Embedded Firestore, Pub/Sub, Cloud Tasks, Cloud Storage and token service; nothing else of ours is imported."""

__version__ = "0.1.0"
