"""wuclient.py ZIP ENDPOINT UPDATES: receives updates of one zip code and prints how many."""
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.SUB)
socket.connect(sys.argv[2])
socket.setsockopt_string(zmq.SUBSCRIBE, sys.argv[1] + " ")
updates = [socket.recv_string().split() for _ in range(int(sys.argv[3]))]
assert all(zipcode == sys.argv[1] and -80 <= int(degrees) < 135 for zipcode, degrees, _ in updates)
print(len(updates), "updates")
