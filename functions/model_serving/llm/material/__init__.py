"""Material from the sources' own text: passages, their ranks, their subjects, and transitions between passages."""
