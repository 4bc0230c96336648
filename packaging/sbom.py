#!/usr/bin/env python3
"""Writes the software bill of materials of the program (CycloneDX 1.5, JSON) to standard output.

It lists what `cargo build --release --locked` links for the given target: no test tools, no build-time crates of other
platforms. The same tree gives the same bytes, so that two builds can be compared.
"""

import json
import pathlib
import subprocess
import sys
import tomllib

TARGET = sys.argv[1] if len(sys.argv) > 1 else "x86_64-unknown-linux-gnu"
TOP = pathlib.Path(__file__).resolve().parent.parent


def main():
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET]
    metadata = json.loads(subprocess.run(command, cwd=TOP, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    edges = {id: sorted(linked(node)) for id, node in nodes.items()}
    shipped = reach(root, edges)
    checksums = {
        (package["name"], package["version"]): package.get("checksum")
        for package in tomllib.loads((TOP / "Cargo.lock").read_text())["package"]
    }
    listed = sorted(shipped - {root}, key=lambda id: purl(packages[id]))
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(packages[root], checksums, "application")},
        "components": [component(packages[id], checksums, "library") for id in listed],
        "dependencies": [
            {"ref": purl(packages[id]), "dependsOn": [purl(packages[to]) for to in edges[id]]}
            for id in sorted(shipped, key=lambda id: purl(packages[id]))
        ],
    }
    json.dump(bill, sys.stdout, indent=1)
    print()


def linked(node):
    """What a crate is built with, build scripts included; what only its own tests use is left out."""
    return {
        dependency["pkg"]
        for dependency in node["deps"]
        if any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
    }


def reach(start, edges):
    seen, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(edges[here])
    return seen


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums, kind):
    told = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
        "licenses": [{"expression": package["license"].replace("/", " OR ")}],
    }
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        told["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return told


main()
