#!/usr/bin/env bash
# Runs the tests of one published Conductor client (javascript, python, java or go) against a server that runs already:
#
#   run.sh <client> <server url> <key id> <key secret> [seconds for which the server's tokens live]
#
# The key belongs to an admin. The server needs ALLOW_PRIVATE_MODEL_ENDPOINTS=true, for the model is a program on this
# machine; with CONDUCTOR_TOKEN_TTL_SECONDS=2 and a fifth argument of 2, the renewal of tokens is tried too.
set -euo pipefail
(($# >= 4)) || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
export PROMPTYARD_URL=${2%/} PROMPTYARD_KEY_ID=$3 PROMPTYARD_KEY_SECRET=$4 PROMPTYARD_TOKEN_SECONDS=${5:-3600}
cd "$here/../../.."
export PATH=$PWD/node_modules/.bin:$PATH
exec node --experimental-vm-modules --no-warnings=ExperimentalWarning node_modules/jest/bin/jest.js \
  --config "$here/jest.config.js" "$here/$1.spec.ts"
