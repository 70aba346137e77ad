"""taskwork.py VENTILATOR SINK: tells the sink of each task, at once."""
import sys
import zmq

context = zmq.Context.instance()
receiver = context.socket(zmq.PULL)
receiver.connect(sys.argv[1])
sender = context.socket(zmq.PUSH)
sender.connect(sys.argv[2])
while True:
    print("task of", receiver.recv_string(), "ms")
    sender.send(b"")
