"""Asks the Bot Framework's own library whether it would take a request: cases on standard input, verdicts on output."""

import asyncio
import json
import sys

from botbuilder.schema import Activity
from botframework.connector.auth import ChannelValidation, JwtTokenValidation, SimpleCredentialProvider


async def takes(app, case):
    activity = Activity(channel_id=case["channel"], service_url=case["service"])
    credentials = SimpleCredentialProvider(app, "unused")
    try:
        identity = await JwtTokenValidation.authenticate_request(activity, case["header"], credentials, "")
        return bool(identity and identity.is_authenticated)
    except Exception:
        return False


async def main():
    asked = json.load(sys.stdin)
    ChannelValidation.open_id_metadata_endpoint = asked["metadata"]
    print(json.dumps([await takes(asked["app"], case) for case in asked["cases"]]))


asyncio.run(main())
