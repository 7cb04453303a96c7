"""The embedded cloud: emulators of the Google APIs in use, and the launcher that runs everything on one machine.

Only `tests/` and `noxfile.py` import this package; the product reaches it over the network, as it reaches Google.
"""
