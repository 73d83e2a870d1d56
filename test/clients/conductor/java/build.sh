#!/usr/bin/env bash
# build.sh <folder>: makes <folder>/driver with the published client.
# Needs a JDK of 21 or newer, in JAVA_HOME or below /usr/lib/jvm, and Maven: apt-get install openjdk-21-jdk-headless maven
# (Debian 13; 12 has no JDK that new). Ends with 69 where one is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

new_enough() { [[ -x $1/bin/javac ]] && (($("$1/bin/javac" -version 2>&1 | grep -oE '[0-9]+' | head -n 1) >= 21)); }
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  if new_enough "$home"; then jdk=$home && break; fi
done
[[ -n ${jdk:-} ]] || { echo 'no JDK of 21 or newer' >&2; exit 69; }
command -v mvn >/dev/null || { echo 'no Maven' >&2; exit 69; }

JAVA_HOME=$jdk mvn --quiet --batch-mode --file "$here/pom.xml" dependency:copy-dependencies \
  -DoutputDirectory="$1/lib" -DincludeScope=runtime >&2
"$jdk/bin/javac" --release 21 -Xlint:all,-processing,-classfile -cp "$1/lib/*" -d "$1/classes" "$here/Driver.java"
printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "%s/bin/java" -cp "$here/classes:$here/lib/*" Driver "$@"\n' "$jdk" >"$1/driver"
chmod +x "$1/driver"
