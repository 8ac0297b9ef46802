#!/usr/bin/env bash
# Build our Collector and telemetrygen from the Go module proxy into a cache outside the checkout; print the folder.
# Go >= 1.25 must be on PATH. The cache is named by the manifest, so a changed manifest builds anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
builder_version=v0.159.0
telemetrygen_version=v0.161.0
stamp=$( (cat "$here/builder.yaml"; echo "$builder_version $telemetrygen_version") | sha256sum | cut -c1-16)
cache=${OPENCLAW_OTEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/openclaw-otel}/collector/$stamp
if [ ! -e "$cache/ready" ]; then
  command -v go >/dev/null || { echo "go (>= 1.25) is not on PATH" >&2; exit 1; }
  mkdir -p "$cache/bin"
  cp "$here/builder.yaml" "$cache/"
  cd "$cache"
  export GOFLAGS=-mod=mod GOBIN="$cache/bin" CGO_ENABLED=0
  go install "go.opentelemetry.io/collector/cmd/builder@$builder_version" >&2
  ./bin/builder --config=builder.yaml >&2
  mv _build/openclaw-otelcol bin/
  go install "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@$telemetrygen_version" >&2
  rm -rf _build
  touch ready
fi
echo "$cache/bin"
