#!/usr/bin/env bash
# Brings the libraries of providers and platforms for the tests: they sign requests for us, judge what we sign, and read the
# documents that calls are told by. Fixed versions from the registries of Python and Node, in a folder of their own below
# target/; nothing is installed elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

python="twilio==9.13.0 vonage-jwt==1.1.5 vonage-voice==1.5.1 discord-interactions==0.4.0 PyNaCl==1.6.2 python-telegram-bot==22.8 botframework-connector==4.17.1"
node="twilio@6.2.0 @jambonz/schema@0.4.15 adaptivecards@3.0.6"
peers="${CARGO_TARGET_DIR:-target}/peers"
wanted="$python $node"
[ "$(cat "$peers/wanted" 2>/dev/null)" = "$wanted" ] && exit 0

# missing REGISTRY PACKAGES: says what went wrong and ends.
missing() {
    echo "$1 could not install $2; the tests below voice::peers need them. Run \`make test\` again." >&2
    exit 1
}

/usr/bin/env python3 -m venv "$peers"
read -ra packages <<<"$python"
"$peers/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" || missing pip "$python"
read -ra packages <<<"$node"
npm install --silent --no-audit --no-fund --no-package-lock --prefix "$peers/node" "${packages[@]}" || missing npm "$node"
echo "$wanted" >"$peers/wanted"
