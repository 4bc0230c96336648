#!/usr/bin/env bash
# Brings the libraries of providers and platforms for the tests: they sign requests for us, judge what we sign and send, read
# the documents that calls are told by, and stand for a platform. Fixed versions from the registries of Python and Node, in a
# folder of their own below target/; nothing is installed elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

python="twilio==9.13.0 vonage-jwt==1.1.5 vonage-voice==1.5.1 discord-interactions==0.4.0 PyNaCl==1.6.2 python-telegram-bot==22.8 botframework-connector==4.17.1"
node="twilio@6.2.0 @jambonz/schema@0.4.15 adaptivecards@3.0.6 @microsoft/m365agentsplayground@0.2.28 discord-api-spec@10.0.266135 zod@4.6.7"
peers="${CARGO_TARGET_DIR:-target}/peers"
wanted="$python $node"
[ "$(cat "$peers/wanted" 2>/dev/null)" = "$wanted" ] && exit 0

# missing REGISTRY PACKAGES: says what went wrong and ends.
missing() {
    echo "$1 could not install $2; the tests of telephones and messaging need them. Run \`make test\` again." >&2
    exit 1
}

/usr/bin/env python3 -m venv "$peers"
read -ra packages <<<"$python"
"$peers/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" || missing pip "$python"
read -ra packages <<<"$node"
npm install --silent --no-audit --no-fund --no-package-lock --prefix "$peers/node" "${packages[@]}" || missing npm "$node"
# A module that does not say so in its name, which older Nodes do not notice.
described="$peers/node/node_modules/discord-api-spec/build/discord-api-spec.zod"
cp "$described.js" "$described.mjs"
echo "$wanted" >"$peers/wanted"
