"""Embedded Firestore, Pub/Sub, Cloud Tasks, Cloud Storage and token service; nothing else of ours is imported."""
