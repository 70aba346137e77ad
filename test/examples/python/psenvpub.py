"""psenvpub.py ENDPOINT: two envelopes, again and again."""
import sys
import time
import zmq

socket = zmq.Context.instance().socket(zmq.PUB)
socket.bind(sys.argv[1])
while True:
    socket.send_multipart([b"A", b"We don't want to see this"])
    socket.send_multipart([b"B", b"We would like to see this"])
    time.sleep(0.01)
