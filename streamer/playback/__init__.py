"""Playback: where each listener is, what it is sent next and when, with no socket in it."""
