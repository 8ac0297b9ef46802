"""XML error answers read as text."""

from __future__ import annotations

import pytest

from openclaw_otel import xml_text

DOCUMENT = (
    '<?xml version="1.0"?><!-- a --><n:errors xmlns:n="u"><n:error><n:code>A.B</n:code></n:error><n:error a="1">'
    "<n:code>&lt;C&gt;</n:code><n:info><![CDATA[x & y]]></n:info></n:error></n:errors>"
)


def test_elements_of_any_prefix() -> None:
    assert xml_text.root(DOCUMENT) == "errors"
    blocks = xml_text.blocks(DOCUMENT, "error")
    assert [xml_text.value(block, "code") for block in blocks] == ["A.B", "<C>"]
    assert xml_text.value(blocks[1], "info") == "x & y"
    assert xml_text.value(DOCUMENT, "nothing") == ""


def test_a_cut_document_gives_what_is_whole() -> None:
    cut = DOCUMENT[: DOCUMENT.index("C&gt;")]
    blocks = xml_text.blocks(cut, "error")
    assert [xml_text.value(block, "code") for block in blocks] == ["A.B", ""]


@pytest.mark.parametrize("text", ["", "{}", "plain", "<", "<!DOCTYPE html>", "<error " * 5000, "<error>" * 5000])
def test_odd_texts(text: str) -> None:
    assert isinstance(xml_text.root(text), str)
    assert len(xml_text.blocks(text, "error")) <= 1
    assert xml_text.value(text, "error") == ""
