"""hwserver.py ENDPOINT: answers every request with "World"."""
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.REP)
socket.bind(sys.argv[1])
while True:
    print("Received", socket.recv_string())
    socket.send_string("World")
