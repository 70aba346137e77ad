"""psenvsub.py ENDPOINT UPDATES: reads envelopes of B."""
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.SUB)
socket.connect(sys.argv[1])
socket.setsockopt(zmq.SUBSCRIBE, b"B")
for _ in range(int(sys.argv[2])):
    key, contents = socket.recv_multipart()
    print("[%s] %s" % (key.decode(), contents.decode()))
