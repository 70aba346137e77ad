"""house.py ENDPOINT [null | plain USER PASSWORD | curve SERVER [CERTIFICATE]]: a client of one of the houses.

SERVER is its public key or certificate. Without a certificate of its own, the client has keys that nobody knows."""
import os
import sys
import zmq
import zmq.auth

endpoint, mechanism, *rest = sys.argv[1:]
socket = zmq.Context.instance().socket(zmq.PULL)
if mechanism == "plain":
    socket.plain_username, socket.plain_password = [each.encode() for each in rest]
if mechanism == "curve":
    server, *own = rest
    known = os.path.exists(server)
    socket.curve_serverkey = zmq.auth.load_certificate(server)[0] if known else server.encode()
    keys = zmq.auth.load_certificate(own[0]) if own else zmq.curve_keypair()
    socket.curve_publickey, socket.curve_secretkey = keys
socket.connect(endpoint)
print("Received", socket.recv_string())
