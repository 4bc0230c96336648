#!/usr/bin/env bash
# Brings the libraries of providers and platforms for the tests: they sign requests for us and judge what we sign.
# Fixed versions from the Python registry, in a folder of their own below target/; nothing is installed elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted="twilio==9.13.0 vonage-jwt==1.1.5 discord-interactions==0.4.0 PyNaCl==1.6.2"
peers="${CARGO_TARGET_DIR:-target}/peers"
[ "$(cat "$peers/wanted" 2>/dev/null)" = "$wanted" ] && exit 0

/usr/bin/env python3 -m venv "$peers"
read -ra packages <<<"$wanted"
if ! "$peers/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"; then
    echo "pip could not install ${packages[*]}; the tests below voice::peers need them. Run \`make test\` again." >&2
    exit 1
fi
echo "$wanted" >"$peers/wanted"
