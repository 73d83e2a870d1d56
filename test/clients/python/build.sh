#!/usr/bin/env bash
# build.sh <folder>: makes <folder>/venv with the generator, and what the code that it writes needs.
# Needs python3 (3.11 or newer) with venv: apt-get install python3-venv. Ends with 69 where that is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python3 -c 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11)' 2>/dev/null ||
  { echo 'no python3 (3.11 or newer) with venv' >&2; exit 69; }
python3 -m venv "$1/venv"
"$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
