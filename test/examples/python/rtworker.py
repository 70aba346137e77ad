"""rtworker.py ENDPOINT REQ|DEALER: a worker for rtreq or rtdealer."""
import sys
import zmq

dealer = sys.argv[2] == "DEALER"
socket = zmq.Context.instance().socket(zmq.DEALER if dealer else zmq.REQ)
socket.connect(sys.argv[1])
total = 0
while True:
    socket.send_multipart([b"", b"Hi Boss"] if dealer else [b"Hi Boss"])
    if socket.recv_multipart()[-1] == b"Fired!":
        break
    total += 1
print("Completed:", total, "tasks")
