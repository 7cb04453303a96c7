"""Cloud Storage on this machine."""

from local.storage.emulator import StorageEmulator

__all__ = ["StorageEmulator"]
