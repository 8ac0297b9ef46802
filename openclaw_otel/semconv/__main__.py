"""`python -m openclaw_otel.semconv`: write attributes.py and docs/attributes.md from the registry."""

from openclaw_otel.semconv import generate

if __name__ == "__main__":
    groups = generate.load()
    generate.CONSTANTS.write_text(generate.constants(groups), "utf-8")
    generate.PAGE.parent.mkdir(exist_ok=True)
    generate.PAGE.write_text(generate.page(groups), "utf-8")
