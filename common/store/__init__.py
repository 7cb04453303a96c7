"""Store records (common/records.py) in Firestore, and read them.

No other module speaks Firestore but the streamer's watch, which is told of changes (streamer/catalog/watch.py).

    paths                where each document lives
    access               calls: the client, retries and timeouts, and Firestore's errors as ours
    writes               creations and changes, alone or committed together; refuses illegal transitions
    workflows, segments  podcasts and their scripts
    openings             first breaths of greetings, voiced beforehand
    streams              rights to listen
    feeds, api_keys      addresses and keys of owners, found by their hashes
    shares, rights       links by which others hear a podcast, and whether a key or a link is good yet
    places               where owners have come to in their podcasts
    pronunciations       how owners have words said
    rate_limits          calls a key and a minute
    usage                what was asked for and made, a key and day
    removals             notes of deleted podcasts
    work                 pieces of work (common/idempotency.py)
    targets              documents and queries for the streamer's watch

Every function raises ServiceBroken "store_unreachable" where Firestore does not answer, or fails in a way that its
docstring does not name. Each call asks for the client anew (clients.database), as clients may be renewed.
"""
