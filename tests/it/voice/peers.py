"""Signs and judges requests with the providers' own libraries: a list of cases in, a list of answers out, as JSON."""

import json
import sys

import jwt
from twilio.request_validator import RequestValidator
from vonage_jwt import verify_signature
from vonage_utils.errors import VonageError
from vonage_voice.models.ncco import Connect, Input, Notify, Stream, Talk, Wait


class Fields:
    """Form fields as web frameworks hand them to the library: keys that may have several values."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        return iter([key for key, _ in self.pairs])

    def __len__(self):
        return len(self.pairs)

    def getlist(self, name):
        return [value for key, value in self.pairs if key == name]


def twilio(case):
    validator = RequestValidator(case["secret"])
    params = case["body"] if "body" in case else Fields(case["fields"])
    signed = {} if "body" in case else params
    return {
        "signature": validator.compute_signature(case["url"], signed, case["algorithm"]),
        "accepts": validator.validate(case["url"], params, case["ours"], case["algorithm"]),
    }


def vonage(case):
    signature = jwt.encode(case["claims"], case["secret"], algorithm="HS256")
    return {"signature": signature, "accepts": verify_signature(case["ours"], case["secret"])}


ACTIONS = {"talk": Talk, "stream": Stream, "input": Input, "connect": Connect, "notify": Notify, "wait": Wait}


def ncco(case):
    """What the library's models say of every action: unknown fields, and values that they refuse."""
    faults = []
    for action in case["document"]:
        model = ACTIONS.get(action["action"])
        fields = {("from_" if key == "from" else key): value for key, value in action.items()}
        if model is None or set(fields) - set(model.model_fields):
            faults.append(f"unknown: {action}")
            continue
        # The models take an object there, the service a text.
        for endpoint in fields.get("endpoint", []):
            endpoint.pop("dtmfAnswer", None)
        try:
            model(**fields)
        except (ValueError, VonageError) as error:
            faults.append(f"{error}: {action}")
    return {"faults": faults}


libraries = {"twilio": twilio, "vonage": vonage, "ncco": ncco}
print(json.dumps([libraries[case["library"]](case) for case in json.load(sys.stdin)]))
