#!/usr/bin/env python3
"""Tells Ringback what became of a text with a code, as docs/hooks.md describes it.

Usage: told.py SECRET_FILE STATUS_URL queued|sent|delivered|undelivered
"""

import hashlib
import hmac
import json
import sys
import time
import urllib.request

secret, url, status = open(sys.argv[1]).read().strip().encode(), sys.argv[2], sys.argv[3]
body = json.dumps({"version": 1, "kind": "text_status", "status": status}).encode()
now = int(time.time())
tag = hmac.new(secret, f"{now}.{url}.".encode() + body, hashlib.sha256).hexdigest()
headers = {"Content-Type": "application/json", "Ringback-Signature": f"t={now},v1={tag}"}
with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
    print(answer.status)
