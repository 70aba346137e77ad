"""rrbroker.py FRONT BACK: libzmq's own proxy between clients and services."""
import sys
import zmq

context = zmq.Context.instance()
front, back = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
front.bind(sys.argv[1])
back.bind(sys.argv[2])
zmq.proxy(front, back)
