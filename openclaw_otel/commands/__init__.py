"""The own subcommands of `openclaw-otel`, one module each with `main(argv) -> int`."""
