"""certificates.py FOLDER NAME…: a new pair of keys in FOLDER/NAME.key and FOLDER/NAME.key_secret."""
import os
import sys
import zmq.auth

folder, *names = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
for name in names:
    zmq.auth.create_certificates(folder, name)
