"""taskvent.py ENDPOINT SINK TASKS: sends tasks of 1 ms, after telling the sink."""
import sys
import zmq

context = zmq.Context.instance()
sender = context.socket(zmq.PUSH)
sender.bind(sys.argv[1])
sink = context.socket(zmq.PUSH)
sink.connect(sys.argv[2])
sink.send(b"0")
for _ in range(int(sys.argv[3])):
    sender.send(b"1")
# Without this, the interpreter ends with what is still queued, the sink's start among it.
sender.close()
sink.close()
context.term()
