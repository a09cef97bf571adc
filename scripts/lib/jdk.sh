# Finds a JDK 25, whatever `java` is on the PATH. Sourced by the scripts beside this folder.

is_jdk_25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  if [ -f "$1/release" ]; then
    grep -qE '^JAVA_VERSION="25(\.|"|-|\+)' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | grep -qE 'version "25(\.|"|-|\+)'
  fi
}

find_jdk() {
  local on_path candidate
  on_path=$(command -v java || true)
  for candidate in "${JAVA_HOME:-}" "${on_path:+$(dirname "$(dirname "$(readlink -f "$on_path")")")}" \
    /usr/lib/jvm/* "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.m2/jdks/* \
    /opt/java/* /opt/jdk* /usr/java/*; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}
