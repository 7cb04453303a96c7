"""The catalog: what there is to hear on this instance, and how it gets here."""
