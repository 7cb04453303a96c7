"""The Audio Stream Feeder (ASF): one long-lived process that holds the listeners' WebSockets and feeds them audio.

main          the Flask app: what is at which address
pages         the player's files, its configuration, and the headers that go with them
door          who may come in, and what is made of the bytes of those who are in
hub           the one thread that owns every socket and all that follows
  lobby       connections as such: how they come and end, and who is looked after
  claims      stream ids and resume tokens: who may hear what
  session     what is held for one connection, and for one workflow that is heard
  connection  a socket: frames go out without blocking
  frames      WebSocket frames, built apart from any connection
  pacer       what is due goes out: one for all listeners
    listener    what one listener has been sent, and where on the podcast's clock it is
    cohorts     those who are to be sent the same at the same time: found out once for all of them
    timetable   when each listener is due next: one timer for all
  library     what there is to hear on this instance, and how it gets here
    watch     the one Listen stream on Firestore
    fetch     audio from Cloud Storage, through signed URLs
    direct    a finished audio object, played in a workflow's place
    feed      what there is to hear of one workflow
    audio     a segment, cut into frames that all listeners share
    shelf     how much audio is kept in memory, and which goes first
metrics       what an instance counts

What a listener costs is sends and wake-ups, hardly bytes. So who has a full window is sent 20 s at a time, together
with whoever else is due within 0.5 s; what players say is read together, too, and counts from when it came; and none of
them has a thread. Where this is not as it was first thought of:

- A peer that takes nothing goes after 20 s, found out by what it has acknowledged. TCP_USER_TIMEOUT on a living
  connection would end whoever reads at 16 kbit/s, too: its window is small for longer than that (connection.py).
- Players report every REPORT_EVERY_S (common/contract.py), or when something happens. A report is the sign of life that
  spares them a ping as well.
- The socket is taken out of flask-sock's hands after the handshake (main.py). Its frames are read by wsproto, but for
  plain texts, for which that takes ten times as long (door.py).
"""
