"""What the functions and the streamer share. Imports neither of them, so that every agent can carry it whole."""
