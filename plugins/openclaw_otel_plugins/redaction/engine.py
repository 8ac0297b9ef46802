"""All parts put together: one scan decides whether a text needs any work, structure decides which."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from openclaw_otel_plugins.redaction import encoded, json_text, markup
from openclaw_otel_plugins.redaction.flat import Flat, Part, Shared
from openclaw_otel_plugins.redaction.joined import Joined, hits
from openclaw_otel_plugins.redaction.keys import Keys
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.markup import Markup, is_markup
from openclaw_otel_plugins.redaction.pairs import Pairs, context_stems, stems
from openclaw_otel_plugins.redaction.rules import Rules, compiled
from openclaw_otel_plugins.redaction.run import LOOKS, PLACEHOLDER, WORK, Run, TooDense
from openclaw_otel_plugins.redaction.tree import Tree
from openclaw_otel_plugins.redaction.values import ESCAPED_PROBE, SEPARATOR, Values, probe
from openclaw_otel_plugins.redaction.walk import Leaf, Opened, Walk

_STRUCTURE = r"(?:\A|\x1f)[ \t\r\n]*[{\[]"
_FORM = compiled(r"^[^\s&=\"'{}<>]{1,200}=[^\s\"'{}<>]*(?:&[^\s&=\"'{}<>]{1,200}=[^\s\"'{}<>]*)*$")
_PAIRED = re.compile(rb"[:=]|\xef\xbc\x9a|%3")
_NESTED = re.compile(rb"\[\s*\[")
_LIKE_JSON = re.compile(rb"[{\[\s]*+[\"\d\-tfn}\]]")
"""How JSON begins; `{'name': …` and `[error] …` are other things."""
_CLASS_OR_ESCAPE = re.compile(r"\[(?:\\.|[^\]\\])+\]|\\[^Az]")
_ANCHOR = re.compile(r"[\^$]|\\[Az]")
"""What asks where a text begins or ends, outside of classes: such a rule cannot be asked of joined texts."""
_CLEAN_KEYS = 4096
_ROUNDS = 5
_WORTH_JOINING = 4


class Engine:
    """Redacts texts and trees. Thread safe; the state of a call is its `Run`."""

    def __init__(self, rules: Rules, *, pseudonyms: bool = False) -> None:
        self._keys = Keys(rules)
        leaves = Leaves(pseudonyms)
        self._values = Values(rules)
        self._pairs = Pairs(rules, self._keys, leaves)
        self._markup = Markup(self._keys, leaves)
        self.flat = Flat(self._keys, self._clean_key)
        self._tree = Tree(self._keys, leaves, rules.error_words, self._leaves, self._clean_key)
        strong = stems(rules, weak=False)
        places = [self._pairs.probe, markup.PROBE, encoded.PROBE, encoded.WIDE_PROBE, ESCAPED_PROBE]
        self._probe = compiled("|".join([*self._values.probes, *places, _STRUCTURE]), megabytes=32)
        self._keep_probe = compiled("|".join([*self._values.keep_probes, ESCAPED_PROBE, _STRUCTURE]))
        in_key = f'(?i)(?:(?:{strong})[^"]*|(?:{context_stems(rules)})(?:[.\\[\\](){{}}>|][^"]*)?)"[ \\t\\r\\n]*:'
        # Strings of JSON hold pairs of their own: `{"msg": "password: …"}`, `{"url": "…?sign=…"}`.
        inside = [in_key, self._pairs.probe_in_json, encoded.PROBE, encoded.WIDE_PROBE]
        self._json_probe = compiled("|".join([*self._values.probes, *inside]), megabytes=32)
        self._label_probe = compiled(f"(?i)(?:{strong})")
        self._base64_probe = compiled(encoded.BASE64_PROBE)
        anchored = [probe(rule) for rule in rules.values if _ANCHOR.search(_CLASS_OR_ESCAPE.sub("", rule.source))]
        self._anchored = compiled("|".join(anchored)) if anchored else None
        self._joined = Joined(self._values, self._pairs.pattern, self._probe)
        self._clean: dict[str, str] = {}

    def text(self, text: str, run: Run, *, keep: bool = False) -> str:
        """Return a text redacted; `keep`: it stands under a key of ids, so its numbers are no phones."""
        data = _bytes(text)
        if data[:1] in (b"{", b"["):
            return self._hit(text, data, run, keep=keep)
        probe = self._keep_probe if keep else self._probe
        if not probe.search(data) and not self._has_base64(data):
            return text
        return self._hit(text, data, run, keep=keep)

    def _hit(self, text: str, data: bytes, run: Run, *, keep: bool) -> str:
        if data[:1] in (b"{", b"[") and self._is_clean_json(data):
            return text
        done = self._work(data, run, keep=keep)
        return text if done == data else _text(done)

    def tree(self, value: Any, key: str, run: Run) -> Any:
        """Return JSON-like data redacted by key and by value."""
        return self._tree.redact(value, key, run)

    def _is_clean_json(self, data: bytes) -> bool:
        """Whether JSON needs no parsing: no sensitive key, no value, and no escape that could hide one."""
        if b"\\" in data or not _LIKE_JSON.match(data) or self._json_probe.search(data):
            return False
        if (b'alue"' in data or _NESTED.search(data)) and self._label_probe.search(data):
            return False  # name/value pairs: the sensitive key stands in a value
        return not self._has_base64(data)

    def _has_base64(self, data: bytes) -> bool:
        return self._base64_probe.search(data) is not None and encoded.may_hide_text(data)

    def _bytes(self, data: bytes, run: Run) -> bytes:
        """A text inside a text (decoded base64, percent-encoding)."""
        if not self._probe.search(data) and not self._has_base64(data):
            return data
        return self._work(data, run, keep=False)

    def _work(self, data: bytes, run: Run, *, keep: bool) -> bytes:
        if run.depth >= encoded.MAX_DEPTH or not run.begin():
            run.note("too_deep" if run.work >= 0 else "too_many", PLACEHOLDER)
            return PLACEHOLDER.encode()
        run.depth += 1
        looks, run.looks = run.looks, LOOKS
        try:
            start = data.lstrip()[:1]
            if start in (b"{", b"[", b'"'):
                done = self._json(data, run, keep=keep)
                if done is not None:
                    return done
            return self._settled(data, run, keep=keep)
        except TooDense:
            run.note("too_dense", PLACEHOLDER)
            return PLACEHOLDER.encode()
        finally:
            run.depth -= 1
            run.looks = looks

    def _json(self, data: bytes, run: Run, *, keep: bool) -> bytes | None:
        """Return a text that is JSON redacted; None when it is none, or too deep for the parser."""
        text = _text(data)
        body = text.strip()
        try:
            value = json_text.load(body)
        except RecursionError:
            return None
        except ValueError:
            return self._cut_json(text, run)
        if isinstance(value, str):
            done: Any = self.text(value, run, keep=keep)
        elif isinstance(value, dict | list):
            done = self._tree.redact(value, "", run)
        else:
            return data
        if done == value:
            return data
        try:
            written = json_text.dump(done, body)
        except (RecursionError, ValueError):
            return None
        whole = written if len(body) == len(text) else text.replace(body, written, 1)
        return whole.encode("utf-8", "surrogatepass")

    def _cut_json(self, text: str, run: Run) -> bytes | None:
        body = text.lstrip()
        if "\n{" in body:
            lines = body.split("\n")
            if all(line.startswith("{") and line.rstrip().endswith("}") for line in lines[:-1]):
                return "\n".join(self.text(line, run) for line in lines).encode("utf-8", "surrogatepass")
        cut = json_text.complete(body)
        if cut is None:
            return None
        try:
            value = json.loads(cut.text)
            done = self._tree.redact(value, "", run)
            if done == value:
                return _bytes(text)
            written = json_text.dump(done, body)
        except (ValueError, RecursionError):
            return None
        rest = json_text.without_closers(written, cut.closers, in_string=cut.in_string)
        return (text[: len(text) - len(body)] + rest).encode("utf-8", "surrogatepass")

    def _settled(self, data: bytes, run: Run, *, keep: bool) -> bytes:
        """Return a text redacted until nothing more is found: what was replaced can make a neighbour stand alone."""
        probe = self._keep_probe if keep else self._probe
        for _ in range(_ROUNDS):
            done = self._free(data, run, keep=keep)
            if done == data or not (probe.search(done) or self._has_base64(done)):
                return done
            data = done
        run.note("unsettled", PLACEHOLDER)
        return PLACEHOLDER.encode()

    def _free(self, data: bytes, run: Run, *, keep: bool) -> bytes:
        plain = encoded.plain(data)
        if plain != data:
            done = self._free(plain, run, keep=keep)
            return data if done == plain else encoded.as_before(done, data)
        form = b"=" in data and _FORM.search(data) is not None
        data = encoded.percent(data, run, self._bytes)
        if not keep:
            if b"form-data" in data:
                data = self._markup.parts(data, run)
            if b"<" in data and is_markup(data):
                data = self._markup.elements(data, run)
            if _PAIRED.search(data):
                data = self._pairs.apply(data, run, form=form)
        data = self._values.apply(data, run, keep=keep)
        return encoded.base64_parts(data, run, self._bytes) if len(data) >= 32 else data

    def texts(self, texts: Sequence[str], run: Run, *, keep: bool = False) -> list[str]:
        """Return texts redacted, each as `text` does; one scan over all of them, and equal ones are looked at once."""
        unique = dict.fromkeys(texts)
        done = list(unique)
        place = run.place
        self._leaves([(done, slot, text, place) for slot, text in enumerate(unique)], run, keep)
        found = dict(zip(unique, done, strict=True))
        return [found[text] for text in texts]

    def open(self, tree: Mapping[str, Any], texts: Sequence[str], ids: Sequence[str]) -> Opened:
        """Begin to redact a tree, texts and ids; `finish` goes on, for as many as there are at once."""
        run = Run()
        walk = self._tree.open(tree, "", run)
        done, kept = {text: text for text in texts}, {text: text for text in ids}  # equal ones are looked at once
        place = run.place
        walk.free += [(done, text, text, place) for text in done if text]
        walk.kept += [(kept, text, text, place) for text in kept if text]
        return Opened(walk, done, kept)

    def finish(self, opened: Sequence[Opened], shared: Shared) -> None:
        """Redact what `open` left, each as alone, and what is shared; one scan over all."""
        parts: list[Walk | Part] = [*[each.walk for each in opened], *shared.parts]
        self._many([(part.free, part) for part in parts], keep=False)
        self._many([(part.kept, part) for part in parts], keep=True)
        for each in opened:
            each.tree = self._tree.close(each.walk)
        shared.settle()

    def _leaves(self, leaves: list[Leaf], run: Run, keep: bool) -> None:
        """Redact many texts in place."""
        self._many([(leaves, Part(run))], keep=keep)

    def _many(self, groups: Sequence[tuple[list[Leaf], Walk | Part]], *, keep: bool) -> None:
        """Redact the texts of many calls in place: one scan over all of them finds the few that need work."""
        leaves = [leaf for group, _ in groups for leaf in group]
        texts = [leaf[2] for leaf in leaves]
        joined = SEPARATOR.join(texts)
        if joined.count(SEPARATOR) != len(texts) - 1:
            joined = SEPARATOR.join(text.replace(SEPARATOR, " ") for text in texts)
        data = joined.encode("utf-8", "surrogatepass")
        found = dict.fromkeys(hits(data, self._keep_probe if keep else self._probe))
        if self._has_base64(data):
            found.update(dict.fromkeys(hits(data, self._base64_probe)))
        if self._anchored is not None:
            found.update({at: None for at, text in enumerate(texts) if self._anchored.search(_bytes(text))})
        if found:
            self._work_on(groups, leaves, list(found), keep=keep)

    def _work_on(
        self, groups: Sequence[tuple[list[Leaf], Walk | Part]], leaves: list[Leaf], found: list[int], *, keep: bool
    ) -> None:
        ends = list(accumulate(len(group) for group, _ in groups))
        most = WORK * len(groups)
        for at in found[most:]:
            leaves[at][0][leaves[at][1]] = PLACEHOLDER
            groups[bisect_right(ends, at)][1].run.note("too_many", PLACEHOLDER)
        found = found[:most]
        data = [_bytes(leaves[at][2]) for at in found]
        together = len(found) >= _WORTH_JOINING and not keep and self._anchored is None
        done = self._joined.redact(data) if together and groups[0][1].run.findings is None else [None] * len(found)
        for at, raw, clean in zip(found, data, done, strict=True):
            target, slot, text, place = leaves[at]
            if clean is not None:
                target[slot] = text if clean == raw else _text(clean)
                continue
            run = groups[bisect_right(ends, at)][1].run
            if run.findings is not None:
                run.place = f"{place}.{slot}"
            target[slot] = self._hit(text, raw, run, keep=keep)

    def _clean_key(self, key: str, run: Run) -> str:
        """Return a key without personal data of its own: objects keyed by e-mail exist."""
        found = self._clean.get(key)
        if found is None:
            data = key.encode("utf-8", "surrogatepass")
            clean = self._keep_probe.search(data) is None and b"@" not in data
            try:
                found = key if clean else self._values.apply(data, run).decode("utf-8", "surrogatepass")
            except TooDense:
                run.note("too_dense", PLACEHOLDER)
                return PLACEHOLDER
            if len(self._clean) >= _CLEAN_KEYS:
                self._clean.clear()
            self._clean[key] = found
        return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
