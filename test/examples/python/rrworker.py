"""rrworker.py ENDPOINT: a service behind a broker."""
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.REP)
socket.connect(sys.argv[1])
while True:
    print("Received request:", socket.recv_string())
    socket.send_string("World")
