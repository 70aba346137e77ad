"""syncpub.py ENDPOINT SYNC SUBSCRIBERS MESSAGES: publishes once all subscribers have asked."""
import sys
import zmq

context = zmq.Context.instance()
publisher = context.socket(zmq.XPUB)
publisher.setsockopt(zmq.XPUB_NODROP, 1)
publisher.bind(sys.argv[1])
sync = context.socket(zmq.REP)
sync.bind(sys.argv[2])
for _ in range(int(sys.argv[3])):
    sync.recv()
    sync.send(b"")
publisher.recv()  # the first subscription
for _ in range(int(sys.argv[4])):
    publisher.send(b"Rhubarb")
publisher.send(b"END")
# Without this, the interpreter ends with what is still queued.
publisher.close()
sync.close()
context.term()
