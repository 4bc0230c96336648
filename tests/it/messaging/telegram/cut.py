#!/usr/bin/env python3
"""Writes api.txt anew: what can be reached, from the methods that we call, in a machine-readable description of the Bot API.

    cut.py DESCRIPTION > api.txt

DESCRIPTION is `api.min.json` of github.com/PaulSonOfLars/telegram-bot-api-spec (MIT), which is made from
core.telegram.org/bots/api. Names, types and bounds are taken; nothing of the prose."""

import json
import re
import sys

METHODS = [
    "getMe",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "getUpdates",
    "sendMessage",
    "answerCallbackQuery",
    "deleteMessage",
    "setMyCommands",
]
PLAIN = {"String", "Integer", "Float", "Boolean", "True", "InputFile"}
BOUNDS = re.compile(r"(\d+)-(\d+) (characters|bytes)")
CONSTANT = re.compile(r"must be ([a-z_]+)$")


def bounded(kind, words):
    """`String{1..64 bytes}` where the description has bounds, `"chat"` where it has one word only."""
    bounds, constant = BOUNDS.search(words), CONSTANT.search(words)
    if kind == "String" and constant:
        return f'"{constant.group(1)}"'
    if kind != "String" or not bounds:
        return kind
    least, most, what = bounds.groups()
    return f"String{{{least}..{most}{' bytes' if what == 'bytes' else ''}}}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        description = json.load(file)
    wanted, seen = list(METHODS), set()
    print(f"# What the {description['version']} takes: a method or a type, then its parts; `!` must be there. Names, types and bounds")
    print("# of everything that our calls can reach, from the published description (core.telegram.org/bots/api) by cut.py.")
    print()
    while wanted:
        name = wanted.pop(0)
        if name in seen:
            continue
        seen.add(name)
        thing = description["methods"].get(name) or description["types"][name]
        print(name)
        if "subtypes" in thing:
            print(f"  = {' | '.join(thing['subtypes'])}")
            wanted += thing["subtypes"]
        for field in thing.get("fields", []):
            kinds = [bounded(kind, field["description"]) for kind in field["types"]]
            print(f"  {field['name']}{'!' if field['required'] else ''} {' | '.join(kinds)}")
            bare = [kind.replace("Array of ", "") for kind in field["types"]]
            wanted += [kind for kind in bare if kind not in PLAIN]


main()
