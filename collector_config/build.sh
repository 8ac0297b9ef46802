#!/usr/bin/env bash
# Build our Collector and telemetrygen from the Go module proxy into a cache outside the checkout; print the folder.
# `build.sh --built` only prints the folder, and fails when nothing was built yet.
# The cache is named by the manifest and the versions, so a change of either builds anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
builder_version=v0.159.0
telemetrygen_version=v0.161.0
stamp=$( (cat "$here/builder.yaml"; echo "$builder_version $telemetrygen_version") | sha256sum | cut -c1-16)
cache=${OPENCLAW_OTEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/openclaw-otel}/collector/$stamp

find_go() {
  local place version
  for place in "$(command -v go || true)" /usr/local/go/bin/go "$HOME/go/bin/go"; do
    [ -x "$place" ] || continue
    version=$(GOTOOLCHAIN=local "$place" env GOVERSION | sed 's/^go//')
    if [ "$(printf '%s\n1.25\n' "$version" | sort -V | head -1)" = 1.25 ]; then
      echo "$place"
      return
    fi
    echo "$place is Go $version, too old" >&2
  done
  echo "the Collector is built with Go >= 1.25, which is neither on PATH nor in /usr/local/go: https://go.dev/doc/install" >&2
  return 1
}

if [ ! -e "$cache/ready" ]; then
  if [ "${1:-}" = --built ]; then
    echo "the Collector of collector_config/builder.yaml is not built" >&2
    exit 1
  fi
  go=$(find_go)
  mkdir -p "$cache/bin"
  cp "$here/builder.yaml" "$cache/"
  cd "$cache"
  PATH=$(dirname "$go"):$PATH
  export PATH GOFLAGS=-mod=mod GOBIN="$cache/bin" CGO_ENABLED=0
  go install "go.opentelemetry.io/collector/cmd/builder@$builder_version" >&2
  ./bin/builder --config=builder.yaml >&2
  mv _build/openclaw-otelcol bin/
  go install "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@$telemetrygen_version" >&2
  rm -rf _build
  touch ready
fi
echo "$cache/bin"
