"""The Audio Stream Feeder (ASF): one long-lived process that holds the listeners' WebSockets and feeds them audio.

main            the Flask app: routes, and the WebSocket's opening handshake
player_files    the player's files, its configuration, and the headers that go with them
arrivals        what is started beside the page for a listener who opens the player
server          the one thread that owns every socket, and routes what happens between the parts below
tickets         stream ids and resume tokens: the right to hear a podcast over one connection
net/            connections, with no podcast in them
  admission     how many may connect, from which addresses and pages
  connections   the registry of open connections: keepalive, health, and how each ends
  peer          one client's connection
  connection    a socket: frames go out without blocking
  heads         gunicorn's worker, whose threads wait for no request's head
  receiver      bytes of a client, parsed and limited
  ending        why connections end
playback/       what each listener is sent and when, with no socket in it
  pacer         sends the audio that is due: one for all listeners
  subscription  one client's stream
  send_window   how far ahead of the playhead a listener has been sent, and when more is due
  playhead      where on the podcast's clock a listener is
  scheduler     a timer wheel: when each listener is due next
catalog/        what there is to hear on this instance, and how it gets here
  channels      the podcasts that are heard, and who hears them
  timeline      the segments of one podcast, in order
  watch         the one Listen stream on Firestore
  fetch         audio from Cloud Storage, through signed URLs
  attached_audio  a finished audio object, played in a workflow's place
  segment_audio   a segment, cut into frames that all listeners share
  audio_cache     how much audio is kept in memory, and which goes first
frames          WebSocket frames, built apart from any connection
metrics         the numbers of an instance

Nothing calls upwards: net/ and catalog/ emit events, timers fire, and the pacer returns how a subscription stands; all
of that comes to the server, which calls the next part. Frames stand beside the folders, as the catalog cuts audio into
them and net/ sends them (tests/unit/test_streamer_rooms.py holds who may import whom).

The price of a listener is sends and wake-ups, hardly bytes. So a full window is refilled 20 s at a time, together with
others that are due within 0.5 s; messages of players are read together, too, and count from when they came; and no
listener has a thread. Where this is not as it was first thought of:

- A peer that takes nothing goes after 20 s, found out by what it has acknowledged. TCP_USER_TIMEOUT on a living
  connection would end a client that reads at 16 kbit/s, too: its window is small for longer than that
  (net/connection.py).
- Players report every REPORT_EVERY_S (common/contract.py), or when something happens. A report is the sign of life that
  spares them a ping as well.
- The socket is taken out of flask-sock's hands after the handshake (main.py). Its frames are read by wsproto, but for
  plain texts, for which that takes seven times as long (net/receiver.py).
"""
