"""syncsub.py ENDPOINT SYNC: counts messages until END."""
import sys
import zmq

context = zmq.Context.instance()
subscriber = context.socket(zmq.SUB)
subscriber.connect(sys.argv[1])
subscriber.setsockopt(zmq.SUBSCRIBE, b"")
sync = context.socket(zmq.REQ)
sync.connect(sys.argv[2])
sync.send(b"")
sync.recv()
updates = 0
while subscriber.recv() != b"END":
    updates += 1
print("Received", updates, "updates")
