"""Cloud Storage on this machine."""

from emulators.storage.emulator import StorageEmulator

__all__ = ["StorageEmulator"]
