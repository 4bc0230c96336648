#!/usr/bin/env python3
"""Takes Ringback's hooks and prints what it would do: a start for your own text gateway or ticket system.

Usage: receiver.py PORT SECRET_FILE
Needs nothing but Python 3. Put a web server with TLS in front of it.
"""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, SECRET = int(sys.argv[1]), open(sys.argv[2]).read().strip().encode()
# Keep these in your database instead, for a day.
answered = {}


def genuine(headers, body):
    """Whether Ringback signed these bytes within the last five minutes."""
    signature = dict(part.split("=", 1) for part in headers.get("Ringback-Signature", "").split(",") if "=" in part)
    signed = f"{signature.get('t', '')}.{headers.get('Idempotency-Key', '')}.".encode() + body
    expected = hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
    fresh = signature.get("t", "").isdigit() and abs(time.time() - int(signature["t"])) < 300
    return fresh and hmac.compare_digest(expected, signature.get("v1", ""))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not genuine(self.headers, body):
            return self.answer(401, {})
        key = self.headers["Idempotency-Key"]
        if key not in answered:
            answered[key] = self.act(json.loads(body))
        self.answer(*answered[key])

    def act(self, message):
        print(json.dumps(message), flush=True)
        if message["kind"] == "ticket":
            return 201, {"number": f"INC-{len(answered) + 1}"}
        return 202, {}

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing: the default line would be noise beside the messages."""


ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
