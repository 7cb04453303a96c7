"""Playback: each listener's position, and the audio sent next; no sockets."""
