#!/usr/bin/env bash
# build.sh <folder>: makes <folder>/driver with the published client.
# Needs Go 1.21 or newer: apt-get install golang-go (from backports on Debian 12). Ends with 69 where it is missing.
set -euo pipefail
cd "$(dirname "$0")"
command -v go >/dev/null || { echo 'no Go' >&2; exit 69; }
go build -mod=readonly -o "$1/driver" .
