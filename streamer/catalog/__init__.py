"""The catalog: podcasts heard on this instance, and the ways their audio gets here."""
