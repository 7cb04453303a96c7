"""The store: the only place that speaks Firestore. Records (common/records.py) in and out, by what is done with them.

    paths                where each document lives
    access               calls: the client, retries and timeouts, and Firestore's errors as ours
    writes               creations and changes, alone or committed together; refuses illegal transitions
    workflows, segments  podcasts and their scripts
    streams              rights to listen
    feeds, api_keys      addresses and keys of owners, found by their hashes
    rate_limits          calls a key and a minute
    removals             what was deleted, until nothing of it is left
    work                 pieces of work (common/idempotency.py)
    targets              what the streamer's watch follows

Every function raises ServiceBroken "store_unreachable" where Firestore does not answer, or with an error none of
those named there. The client is asked for at each call (clients.database), as it may be renewed.
"""
