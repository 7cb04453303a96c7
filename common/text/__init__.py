"""Ideas about written text, shared by agents: scripts, sentences, links and marks of citations."""
