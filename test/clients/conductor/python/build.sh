#!/usr/bin/env bash
# build.sh <folder>: makes <folder>/driver with the published client in an environment of its own.
# Needs python3 (3.9 or newer) with venv: apt-get install python3-venv. Ends with 69 where that is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python3 -c 'import ensurepip, venv' 2>/dev/null || { echo 'no python3 with venv' >&2; exit 69; }
python3 -m venv "$1/venv"
"$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/driver.py" "$1"
printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/venv/bin/python" "$here/driver.py" "$@"\n' >"$1/driver"
chmod +x "$1/driver"
