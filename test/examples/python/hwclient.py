"""hwclient.py ENDPOINT REQUESTS: sends "Hello" and prints what comes back."""
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.REQ)
socket.connect(sys.argv[1])
for number in range(int(sys.argv[2])):
    socket.send_string("Hello")
    print("Received", socket.recv_string(), number)
