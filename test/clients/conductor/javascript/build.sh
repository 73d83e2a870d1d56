#!/usr/bin/env bash
# build.sh <folder>: makes <folder>/driver. The client is a devDependency of the repository, so there is nothing to fetch.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
printf '#!/bin/sh\nexec node "%s/driver.mjs" "$@"\n' "$here" >"$1/driver"
chmod +x "$1/driver"
