"""HTTP to addresses that strangers name, guarded against server-side request forgery.

links.py        takes a link apart, once
addresses.py    tells public addresses from all others
connections.py  connects to checked addresses alone, until a deadline
requests.py     sends requests over such connections
"""
