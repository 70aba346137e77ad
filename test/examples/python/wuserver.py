"""wuserver.py ENDPOINT ZIPS: publishes weather of random zip codes, 50 degrees everywhere."""
import random
import sys
import zmq

socket = zmq.Context.instance().socket(zmq.PUB)
socket.bind(sys.argv[1])
while True:
    socket.send_string("%05d 50 %d" % (random.randrange(int(sys.argv[2])), random.randrange(10, 60)))
