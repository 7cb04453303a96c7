"""Ideas about written text that more than one agent needs: its script, sentences, links and marks of citations."""
