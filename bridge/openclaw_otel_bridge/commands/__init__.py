"""The bridge's subcommands of `openclaw-otel`, one module each: `main(argv) -> exit status`."""
