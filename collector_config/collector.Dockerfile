# The Collector of builder.yaml. Build from the repository's root:
#   docker build -f collector_config/collector.Dockerfile -t openclaw-otelcol .
FROM golang:1.25-bookworm AS build
WORKDIR /src
COPY collector_config/builder.yaml collector_config/build.sh ./
RUN OPENCLAW_OTEL_CACHE=/cache ./build.sh && cp /cache/collector/*/bin/openclaw-otelcol /openclaw-otelcol \
 && mkdir -p /queue && chown 10001:10001 /queue

FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates wget && rm -rf /var/lib/apt/lists/*
COPY --from=build /openclaw-otelcol /usr/local/bin/openclaw-otelcol
COPY --from=build --chown=10001:10001 /queue /var/lib/openclaw-otelcol
COPY collector_config/gateway.yaml collector_config/bridge_only.yaml /etc/openclaw-otelcol/
USER 10001:10001
EXPOSE 4317 4318 8889
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:13133/"]
ENTRYPOINT ["openclaw-otelcol"]
CMD ["--config", "/etc/openclaw-otelcol/gateway.yaml"]
