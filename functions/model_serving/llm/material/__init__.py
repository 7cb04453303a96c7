"""What is made of the sources' own text: passages, how they rank, what they are about, and what leads to the next."""
