#!/usr/bin/env bash
# Installs what the tests need beside Rust: a directory server, a browser, fonts, a mail server.
# On Debian as root (or with sudo) it installs what is missing; elsewhere it names what is missing and exits 1.
# No service is started: the tests run every server themselves, on free ports of the loopback.
set -euo pipefail

export PATH="$PATH:/usr/sbin"

names=() packages=()

# need NAME "PACKAGES" CHECK..: notes the need when the check fails.
need() {
    local name=$1 bring=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    names+=("$name")
    local more
    read -ra more <<<"$bring"
    packages+=("${more[@]}")
}

has_noto() { [ -n "$(fc-list 'Noto Sans' family)" ]; }

look() {
    names=() packages=()
    need "slapd (OpenLDAP server)" slapd command -v slapd
    need "ldapsearch (OpenLDAP client)" ldap-utils command -v ldapsearch
    need "chromium (browser)" chromium command -v chromium
    need "chromedriver (WebDriver for it)" chromium-driver command -v chromedriver
    need "Noto fonts (every shipped script)" "fonts-noto-core fontconfig" has_noto
    need "aiosmtpd (mail server)" python3-aiosmtpd /usr/bin/python3 -c "import aiosmtpd"
    need "openssl (certificates to look at)" openssl command -v openssl
    need "systemd-analyze (the service's sandbox)" systemd command -v systemd-analyze
    need "python3 (bill of materials)" python3 command -v python3
    need "node and npm (the providers' own libraries)" "nodejs npm" sh -c "command -v node && command -v npm"
    need "espeak-ng (how long a call's words last)" espeak-ng command -v espeak-ng
    need "venv for python3 (the providers' own libraries)" python3-venv python3 -c "import ensurepip"
}

look
[ ${#names[@]} -eq 0 ] && exit 0

missing() {
    echo "The tests need these and did not find them:" >&2
    printf '  - %s\n' "${names[@]}" >&2
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    missing
    echo "Install them (Debian: apt-get install ${packages[*]}) and run \`make test\` again." >&2
    exit 1
fi

# slapd's package would start a server and make a database of its own: forbid the first, decline the second.
policy=/usr/sbin/policy-rc.d
kept=$(mktemp -d)
restore() {
    if [ -e "$kept/policy-rc.d" ]; then
        "${as_root[@]}" cp -p "$kept/policy-rc.d" "$policy"
    else
        "${as_root[@]}" rm -f "$policy"
    fi
    rm -rf "$kept"
}
[ -e "$policy" ] && cp -p "$policy" "$kept/policy-rc.d"
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$kept/deny"
"${as_root[@]}" install -m 755 "$kept/deny" "$policy"

echo "Installing for the tests: ${packages[*]}"
log="$kept/apt.log"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@" >>"$log" 2>&1; }
if command -v debconf-set-selections >/dev/null; then
    echo 'slapd slapd/no_configuration boolean true' | "${as_root[@]}" debconf-set-selections
fi
fetch() { apt update && apt install -y --no-install-recommends "${packages[@]}"; }
# Package servers and other installers get in the way now and then; a second try mends that.
if ! fetch && ! fetch; then
    tail -n 30 "$log" >&2
    echo "apt-get could not install ${packages[*]}; see the lines above, then run \`make test\` again." >&2
    exit 1
fi

look
if [ ${#names[@]} -ne 0 ]; then
    missing
    exit 1
fi
