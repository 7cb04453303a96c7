"""Cloud Firestore on this machine, for the official client: documents, queries, transactions and Listen."""

from emulators.firestore.emulator import FirestoreEmulator

__all__ = ["FirestoreEmulator"]
