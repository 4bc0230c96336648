"""Discord's own library for the tests: signs requests with the library below it, and says which it would accept. A list of
cases in, a list of answers out, as JSON."""

import contextlib
import json
import sys

from discord_interactions import verify_key
from nacl.signing import SigningKey


def answer(case):
    body = bytes.fromhex(case["body"])
    key = SigningKey(bytes.fromhex(case["seed"]))
    public = key.verify_key.encode().hex()
    return {
        "public": public,
        "signature": key.sign(case["time"].encode() + body).signature.hex(),
        "accepts": [verify_key(body, signature, case["time"], public) for signature in case["ours"]],
    }


# The library says on the standard output what it refuses.
with contextlib.redirect_stdout(sys.stderr):
    answers = [answer(case) for case in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
