"""The speech engines, a folder each: its package has `create(settings)`, for a SpeechEngine (tts/protocol.py)."""
