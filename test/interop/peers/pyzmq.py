"""A ZeroMQ peer on libzmq, by pyzmq: does what peers/zeromqjs.mjs does, in the same words, one request at a time."""

import base64
import json
import sys
import time

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

PATIENCE = 10_000

EVENTS = {
    zmq.EVENT_CONNECTED: "connect",
    zmq.EVENT_CONNECT_DELAYED: "connect:delay",
    zmq.EVENT_CONNECT_RETRIED: "connect:retry",
    zmq.EVENT_LISTENING: "bind",
    zmq.EVENT_ACCEPTED: "accept",
    zmq.EVENT_CLOSED: "close",
    zmq.EVENT_DISCONNECTED: "disconnect",
    zmq.EVENT_HANDSHAKE_SUCCEEDED: "handshake",
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "handshake:error:other",
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "handshake:error:protocol",
    zmq.EVENT_HANDSHAKE_FAILED_AUTH: "handshake:error:auth",
}

context = zmq.Context()
sockets = {}
monitors = {}
events = {}
authenticators = []


def open_socket(request):
    name = request["socket"]
    made = context.socket(getattr(zmq, request["type"]))
    made.linger = 0
    made.rcvtimeo = PATIENCE
    made.sndtimeo = PATIENCE
    monitors[name] = made.get_monitor_socket()
    for kind, number, value in request["options"]:
        made.setsockopt(number, base64.b64decode(value) if kind == "bytes" else int(value))
    sockets[name] = made
    events[name] = []


def bind(request):
    socket = sockets[request["socket"]]
    socket.bind(request["address"])
    return socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()


def each_topic(request, option):
    for topic in request["topics"]:
        sockets[request["socket"]].setsockopt(option, base64.b64decode(topic))


def send(request):
    sockets[request["socket"]].send_multipart([base64.b64decode(frame) for frame in request["message"]])


def receive(request):
    return [base64.b64encode(frame).decode() for frame in sockets[request["socket"]].recv_multipart()]


def send_numbers(request):
    socket = sockets[request["socket"]]
    before = [base64.b64decode(frame) for frame in request["before"]]
    for at in range(request["count"]):
        socket.send_multipart([*before, str(at).encode()])


def receive_numbers(request):
    socket = sockets[request["socket"]]
    numbers = []
    while len(numbers) < request["count"]:
        numbers.append(int(socket.recv_multipart()[-1]))
        if request["pause"] > 0 and len(numbers) % 1000 == 0:
            time.sleep(request["pause"] / 1000)
    return numbers


def watch(name, limit):
    """Takes in the events there are; waits for the first one for up to `limit` ms."""
    while monitors[name].poll(limit):
        event = recv_monitor_message(monitors[name])["event"]
        events[name].append(EVENTS.get(event, str(event)))
        limit = 0
    return events[name]


def hear(request):
    end = time.monotonic() + PATIENCE / 1000
    while request["type"] not in watch(request["socket"], 100):
        if time.monotonic() > end:
            raise TimeoutError(f"heard only {events[request['socket']]}")


def authenticate(request):
    """Answers ZAP requests of this process: PLAIN by `users`, CURVE by the certificates in `folder`."""
    authenticator = ThreadAuthenticator(context)
    authenticators.append(authenticator)  # one that nobody holds stops
    authenticator.start()
    authenticator.configure_plain(domain="test", passwords=request["users"])
    authenticator.configure_curve(domain="test", location=request["folder"])


def close(request):
    name = request["socket"]
    sockets[name].disable_monitor()
    monitors.pop(name).close()
    sockets.pop(name).close()


ACTIONS = {
    "authenticate": authenticate,
    "open": open_socket,
    "bind": bind,
    "unbind": lambda request: sockets[request["socket"]].unbind(request["address"]),
    "connect": lambda request: sockets[request["socket"]].connect(request["address"]) and None,
    "disconnect": lambda request: sockets[request["socket"]].disconnect(request["address"]),
    "subscribe": lambda request: each_topic(request, zmq.SUBSCRIBE),
    "unsubscribe": lambda request: each_topic(request, zmq.UNSUBSCRIBE),
    "send": send,
    "receive": receive,
    "sendNumbers": send_numbers,
    "receiveNumbers": receive_numbers,
    "hear": hear,
    "heard": lambda request: watch(request["socket"], 0),
    "close": close,
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        said = {"id": asked["id"], "result": ACTIONS[asked["do"]](asked)}
    except Exception as error:  # whatever it is, the test is to say it
        said = {"id": asked["id"], "error": repr(error)}
    print(json.dumps(said), flush=True)
for each in authenticators:
    each.stop()
context.destroy(linger=0)
