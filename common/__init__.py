"""What the functions and the streamer share. Imports neither, so every agent can carry the whole folder."""
