"""The worst a megabyte can be for redactor and fingerprint: many hits, near-misses, depths, escapes, broken ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

SECRET = "jo.hidden@example.com"
"""Stands in each of the texts that hold anything personal; none of it may come out."""


def filled(unit: str, size: int) -> str:
    """Return a unit repeated to a size."""
    return (unit * (size // max(1, len(unit.encode("utf-8", "surrogatepass"))) + 1))[:size]


def many(item: Callable[[int], Any], size: int) -> list[Any]:
    """Return so many items that their JSON has a size."""
    step = len(json.dumps(item(123456))) + 2
    return [item(number) for number in range(size // step + 1)]


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


UNITS: Mapping[str, str] = {
    "at signs": "@",
    "half addresses": "a@b ",
    "addresses": "jo@example.com ",
    "addresses without spaces": "jo@example.com,",
    "one long domain": "a.b-c.",
    "digits": "4",
    "digits in fours": "4242 ",
    "digits and dashes": "4242-4242-4242-424-",
    "cards with a wrong check digit": "4242424242424243 ",
    "phones": "13800138000 ",
    "phones that are order ids": "order 13800138000 ",
    "international phones": "+49 151 2345678 ",
    "plus signs": "+1 ",
    "zero zero": "00",
    "brackets": "(02) ",
    "IBAN starts": "DE89 3704 ",
    "identity numbers with a wrong check": "110101199003070000 ",
    "CPF labels": "cpf ",
    "tokens cut short": "eyJhbGci.",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ",
    "token prefixes": "shpat_ sk_live_ ROW_ ",
    "Bearer": "Bearer ",
    "PEM headers": "-----BEGIN PRIVATE KEY-----\n",
    "PEM without an end": "-----BEGIN PRIVATE KEY-----\nMIIE-",
    "user info in URLs": "http://a:b@",
    "schemes": "a://",
    "hooks": "/hook/abcdefghij1234567890 ",
    "spoken secrets": "token is ",
    "compared signatures": "expected abcdefghijklmnopqrstuvwxyz1 got ",
    "form pairs": "a=b&",
    "form pairs of secrets": "password=x1&",
    "assignments": "token=",
    "equals signs": "=",
    "ampersands": "&",
    "quotes": '"',
    "apostrophes": "name: O'",
    "backslashes": "\\",
    "backslashes and quotes": '\\"',
    "quoted pairs": '"name": "x", ',
    "escaped quoted pairs": '\\"email\\": \\"x\\", ',
    "deeply escaped pairs": '\\\\\\\\\\"phone\\\\\\\\\\": ',
    "open quotes after keys": 'password: "',
    "printed objects": "Customer(name='x', ",
    "printed dicts": "{'name': {'name': ",
    "label and value": "{'name': 'phone', 'value': 'x'}, ",
    "Chinese labels": "收货人：张三 电话13800138000 地址：深南大道，",
    "Chinese and digits": "订单12345678901手机",
    "Thai words": "ที่อยู่โทรศัพท์",
    "messenger labels": "微信号: wechat id line id qq ",
    "percent signs": "%",
    "percent twice": "%25%25",
    "percent addresses": "jo%40example.com ",
    "percent braces": "%7B%22a%22%3A",
    "one percent-encoded run": "a%3Db%26",
    "escapes": "\\u5bc6\\u7801",
    "escaped digits": "\\u0031",
    "escaped surrogates": "\\ud83d\\ude00 \\ud83d",
    "slashes": "/",
    "base64 letters": "QUJD",
    "base64 runs": "QWxhZGRpbjpvcGVuIHNlc2FtZSBhbmQgbW9yZSB0ZXh0 ",
    "hex digests": "d41d8cd98f00b204e9800998ecf8427e ",
    "zero width": "1\u200b3\u200b8\u200b0",
    "full-width digits": "\uff11\uff13\uff18",
    "NUL": "\x00",
    "separators": "\x1f",
    "controls": "\x1b[31m",
    "lone surrogates": "\ud800",
    "tags": "<a>",
    "closed tags": "<name>x</name>",
    "tags never closed": "<name ",
    "attributes": "<p name='email' value='x' ",
    "CDATA": "<![CDATA[x]]>",
    "CDATA never closed": "<![CDATA[",
    "comments": "<!--",
    "entities": "<email>&#106;&#111;</email>",
    "form data": 'form-data; name="email"\r\n\r\nx\r\n--b\r\n',
    "form data never ended": 'form-data; name="email"\r\n\r\n',
    "cookies": "Cookie: sid=x1; lang=en; ",
    "cookie lines": "Set-Cookie: sid=x1\n",
    "log lines": "level=info phone: none user: x\n",
    "YAML": "name: x\nemail: x\n",
    "CSV": "jo,x@example.com,13800138000,x\n",
    "frames": '  File "/srv/app/orders.py", line 40, in step\n    return call(order)\n',
    "Java frames": "\tat com.example.Orders.step(Orders.java:40)\n",
    "PHP frames": "#0 /srv/app/Orders.php(40): step('a')\n",
    "SQL": "insert into c values ('jo''s', 'x",
    "braces": "{",
    "brackets opening": "[",
    "keys never closed": '{"',
    "objects never closed": '{"name": ',
    "arrays and keys": '[{"a":',
    "ndjson": '{"email": "x", "n": 1}\n',
    "ndjson never closed": '{"email": "x", "n": 1\n',
    "numbers": "1,",
    "code calls": "name(token(",
    "dotted names": "a.name.phone.",
    "subscripts": "billing[email]=x&",
    "placeholders": "[email]",
    "labels cut short": "tel:1 ",
    "half phones": "+86 138 ",
    "hex numbers": "0x",
    "base64 alphabet": "aA1+/",
    "Basic": "Basic QWxhZGRpbjpvcGVu ",
    "end of Unicode": "\uffff",
    "parts of lines": "\n{",
    "XML namespaces": "<a:b xmlns:a='x'>",
    "dates": "2026-03-01 10:00:00 ",
    "words": "order failed for some reason ",
    "one word": "a",
    "capitals": "A",
}
"""Name → what is repeated."""


def nested(depth: int, inner: str, opening: str = '{"a":', closing: str = "}") -> str:
    """Return JSON so deep."""
    return opening * depth + inner + closing * depth


def in_strings(levels: int, text: str) -> str:
    """Return JSON in a string of JSON in a string …; each level doubles the backslashes, so few fit."""
    for _ in range(levels):
        text = json.dumps({"a": text})
        if len(text) > 1 << 21:
            break
    return text


def in_base64(levels: int, text: str) -> str:
    """Return base64 of base64 of …."""
    for _ in range(levels):
        text = base64.b64encode(text.encode()).decode()
    return text


def json_texts(size: int) -> Iterator[tuple[str, str]]:
    """Yield JSON documents."""
    address = SECRET
    yield "an object of addresses", dumped({f"k{n}": address for n in range(size // 34)})
    yield "a list of addresses", dumped([address] * (size // 25))
    yield "a list of short addresses", dumped(["a@b.co"] * (size // 10))
    yield "objects with an address", dumped(many(lambda n: {"text": address}, size))
    yield "objects by key", dumped(many(lambda n: {"email": "x"}, size))
    yield (
        "objects of buyers",
        dumped(many(lambda n: {"name": f"Jo {n}", "phone": "13800138000", "email": address}, size)),
    )
    yield "phones under keys of ids", dumped(many(lambda n: {"order_id": "13800138000"}, size))
    yield "phones that are numbers", dumped([13800138000] * (size // 13))
    yield "keys that are addresses", dumped({f"jo{n}@example.com": n for n in range(size // 30)})
    yield "keys never seen before", dumped({f"key{n}_name": "x" for n in range(size // 20)})
    yield "shapes never seen before", dumped(many(lambda n: {f"k{n}": "x", f"email{n}": "x"}, size))
    yield "wide keys never seen before", dumped(many(lambda n: {f"{'part_' * 12}{n}": "x"}, size))
    yield "keys with dashes", dumped(many(lambda n: {f"x-first-{n}": "x"}, size))
    yield "one key", dumped({filled("a_", size): "x"})
    yield "one key of terms", dumped({filled("phone_", size): "x"})
    yield "one key of letters and digits", dumped({filled("aA1", size): "x"})
    yield "many small keys", dumped({f"{n:x}": 1 for n in range(size // 10)})
    yield "many small objects", dumped([{"a": 1}] * (size // 10))
    yield "many empty objects", dumped([{}] * (size // 4))
    yield "many empty lists", dumped([[]] * (size // 4))
    yield "many empty texts", dumped([""] * (size // 4))
    yield "name and value", dumped(many(lambda n: {"name": "email", "value": "x"}, size))
    yield "name and values", dumped(many(lambda n: {"name": "email", "values": ["x"]}, size))
    yield "pairs in lists", dumped(many(lambda n: ["Authorization", "x"], size))
    yield "one text", dumped({"text": filled("a ", size)})
    yield "one text of addresses", dumped({"text": filled(f"{address} ", size)})
    yield "one text of quotes", json.dumps({"text": filled('"', size // 2)})
    yield "one text of escapes", '{"text": "' + filled("\\u5730", size) + '"}'
    yield "complaints", dumped({"errors": {"email": ["x is invalid"] * (size // 18)}})
    yield "bodies in base64", dumped(many(lambda n: {"text": "gIGCg4SFhoc=", "encoding": "base64"}, size))
    yield "lists of base64", dumped(many(lambda n: base64.b64encode(f"to {address} {n}".encode()).decode(), size))
    yield "JSON in strings", dumped(many(lambda n: dumped({"email": address}), size))
    yield "JSON in strings, unlike", dumped(many(lambda n: dumped({"message": f"to {n} {address}"}), size))
    yield "JSON in strings, deep", in_strings(20, dumped({"email": address}))
    yield "forms in strings", dumped(many(lambda n: f"a={n}&email={quote(address)}", size))
    yield "XML in strings", dumped(many(lambda n: f"<a><email>{address}</email></a>", size))
    yield "URLs in strings", dumped(many(lambda n: f"https://a.example/{n}?token=abc{n}", size))
    yield "statements", dumped(many(lambda n: {"db.statement": "select 'jo''s', 'x"}, size))
    yield "indented", json.dumps(many(lambda n: {"email": address, "n": [n]}, size // 2), indent=2)
    yield "thousand deep", nested(1000, dumped({"email": address}))
    yield "hundred thousand deep", nested(100_000, dumped({"email": address}))
    yield "lists hundred thousand deep", nested(100_000, dumped({"email": address}), "[", "]")
    yield "deep lists side by side", "[" + ",".join([nested(50, '"x"', "[", "]")] * (size // 104)) + "]"
    yield "lines of addresses", "".join(dumped({"to": f"{n} {address}"}) + "\n" for n in range(size // 36))
    yield "HAR lines", "\n".join(dumped(one) for one in many(har, size))
    whole = dumped(many(lambda n: {"name": f"Jo {n}", "email": address, "note": 'a "b" \\ \u5730'}, size))
    for name, end in {"in a key": '"nam', "behind a colon": '"email":', "in a text": ': "Jo 1'}.items():
        place = whole.rfind(end, 0, -400)
        yield f"cut {name}", whole[: place + len(end)]
    yield "cut in an escape", whole[: whole.rfind("\\") + 1]
    yield "cut behind a comma", whole[: whole.rfind("},") + 2]


def har(number: int) -> Any:
    """Return a HAR entry."""
    headers = [{"name": "Authorization", "value": "Bearer abc"}, {"name": "X-Request-Id", "value": f"r{number}"}]
    body = {"mimeType": "application/json", "text": dumped({"email": SECRET, "order_id": str(number)})}
    return {"request": {"url": f"https://a.example/orders/{number}?sign=ab", "headers": headers, "postData": body}}


def other_texts(size: int) -> Iterator[tuple[str, str]]:
    """Yield what is neither repeated nor JSON."""
    secret = SECRET
    yield "base64 in base64", in_base64(8, filled(f"to {secret} ", size // 10))
    yield "one base64 text", base64.b64encode(filled(f"to {secret} ", size * 3 // 4).encode()).decode()
    yield "base64 of JSON", base64.b64encode(dumped([{"email": secret}] * (size // 50)).encode()).decode()
    yield "one percent-encoded text", quote(filled(f'"email": "{secret}" ', size // 2))
    yield "percent-encoded parts", " ".join([quote('{"email": "x"}')] * (size // 30))
    yield "form of addresses", "&".join(f"field{n}={quote(secret)}" for n in range(size // 36))
    yield "form of JSON", "payload=" + quote(dumped([{"email": secret}] * (size // 70)))
    yield "form of personal fields", "&".join(f"billing[{n}][first_name]=Jo" for n in range(size // 28))
    yield "nested tags", "<a>" * (size // 7) + "</a>" * (size // 7)
    yield "many attributes", "<a " + filled('name="email" value="x" ', size) + ">x</a>"
    yield "elements", "<r>" + f"<buyer><name>Jo</name><email>{secret}</email></buyer>" * (size // 70) + "</r>"
    yield (
        "multipart",
        "".join(f'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n{secret}\r\n' for _ in range(size // 90)),
    )
    yield "a log that shows JSON", "".join(f'order {n} refused: {{"email": "{secret}"}}\n' for n in range(size // 60))
    yield (
        "a stack with addresses",
        "Traceback (most recent call last):\n"
        + f'  File "/a/b.py", line 1, in f\n    mail("{secret}")\n' * (size // 70),
    )
    yield "a cookie header", "Cookie: " + "; ".join(f"c{n}=v{n}" for n in range(size // 14))
    yield "prefixed JSON", "body=" + dumped([{"email": secret}] * (size // 35))
    yield "printed JSON", "Error: " + repr(dumped([{"email": secret}] * (size // 40)))


def texts(size: int = 1_000_000) -> dict[str, str]:
    """Return name → text, each about so many bytes."""
    found = {f"{name} …": filled(unit, size) for name, unit in UNITS.items()}
    found |= {f"JSON: {name}": text for name, text in json_texts(size)}
    return found | dict(other_texts(size))
