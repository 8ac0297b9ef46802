"""Grouping on a corpus made here: other seeds, other ids, other places of installation than any example in the sources.

Each root cause is told many times with other values; pairs of tellings must agree exactly when the cause is the same.
"""

from __future__ import annotations

import random
import string
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from openclaw_otel import Config, ErrorRecord, Evidence, ExceptionInfo
from openclaw_otel_plugins.redact import register_redactors
from openclaw_otel_plugins.v1.parts import fingerprint_of

TELLINGS = 25
Value = Callable[[random.Random], str]


def of(alphabet: str, length: int) -> Value:
    return lambda r: "".join(r.choices(alphabet, k=length))


def digits(low: int, high: int) -> Value:
    return lambda r: of(string.digits, r.randint(low, high))(r)


def fill(pattern: str) -> Value:
    """`#` a digit, `?` a capital, `*` a letter or digit; the rest as it is."""
    kinds = {"#": string.digits, "?": string.ascii_uppercase, "*": string.ascii_letters + string.digits}
    return lambda r: "".join(r.choice(kinds[c]) if c in kinds else c for c in pattern)


def one_of(*values: Value | str) -> Value:
    def pick(r: random.Random) -> str:
        value = r.choice(values)
        return value if isinstance(value, str) else value(r)

    return pick


HEX, BASE58 = "0123456789abcdef", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VALUES: dict[str, Value] = {
    "id": one_of(
        digits(6, 19), fill("MLB##########"), fill("##-#####-#####"), fill("PO-######/##"), fill("cus_##************"),
        fill("#A?#?#?#?#?#?#?#?#?#?#?#?#"), of(HEX, 24), of(HEX, 40), lambda r: str(uuid.UUID(int=r.getrandbits(128))),
        lambda r: "7" + of(BASE58, 21)(r), fill("gid://shopify/DraftOrder/#############"), fill("#######.1"),
        fill("2?##?##?###"), fill("W-####-####-####"), fill("ch_3#**********************"), fill("LP00############CN"),
        fill("o6_bmj#*****************"), fill("b0##e#c#-d###"), fill("#***-***#-**#*"),
    ),
    "sku": one_of(
        fill("?#-###-BLK"), fill("shoe_red_##_eu"), fill("MUG/###/L"), fill("连衣裙-###-M"), fill("caña.##.X#"),
        fill("ЧАШКА-##"), fill("??####-?"), fill("iphone##-case"), fill("café-mug-##"), fill("Ñ##_##"),
    ),
    "place": one_of(fill("DC##"), fill("??-???-#"), "深圳-前海#仓", fill("eu-west-#"), fill("?#?#"), fill("W######")),
    "host": one_of(
        fill("10.##.1#.2"), fill("cache-##.prod.internal"), fill("db#.eu.example.net"), fill("[fd00::#:#e#]"),
        fill("mq-#.svc.cluster.local"), fill("172.16.#.1##"),
    ),
    "path": one_of(
        fill("/mnt/nfs##/2025-0#-1#/对账 ##.xlsx"), fill("C:\\jobs\\out\\run####.csv"),
        fill("/tmp/tmp******/x.parquet"), fill("/srv/exports/####/part-#####.json.gz"), fill("~/out/a#.csv"),
    ),
    "money": one_of(fill("##.## EUR"), fill("R$ #.###,##"), fill("¥###"), fill("#,###.## THB"), fill("₫##.###"), "0"),
    "time": one_of(
        fill("2025-1#-0#T1#:##:##Z"), fill("2025-0#-1# 0#:##:##.###"), fill("#/1#/2025"),
        fill("Tue, 1# Nov 2025 1#:##:## GMT"), fill("17########"), fill("2025年1#月#日"),
    ),
    "span": one_of(fill("## ms"), fill("#.##s"), fill("## seconds"), "1 second", fill("# min")),
    "mail": one_of(fill("a.b#+x@shop##.example"), fill("用户@例子.example"), fill("###@qq.example"), "[email]"),
    "phone": one_of(fill("+84 9# ### ## ##"), fill("(##) 9####-####"), fill("139########"), "[phone]"),
    "token": one_of(fill("shpat_################a#b#c#d#e#f#0#1"), of(HEX, 32), fill("EAAB##*************"), "[token]"),
    "n": digits(1, 5),
    "url": one_of(fill("https://api#.example/v#/a/b?x=##&token=****#"), fill("http://10.0.0.#:8080/q/##")),
    "ver": one_of(fill("v#.##.#"), fill("#.#.##rc#")),
}  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """A root cause: exception type, message with slots, and where it is raised."""

    type: str
    message: str
    function: str = "run"
    file: str = "shop/sync.py"
    runtime: str = "python"


CAUSES = (
    Cause("shop.errors.SyncError", "stock_mismatch: {sku} at {place} has {n}, ledger says {n}"),
    Cause("shop.errors.SyncError", "price_mismatch: {sku} at {place} has {n}, ledger says {n}"),
    Cause("shop.errors.SyncError", "stock_mismatch: {sku} at {place} has {n}, ledger says {n}", file="shop/audit.py"),
    Cause("shop.errors.SyncError", "stock_mismatch: {sku} at {place} has {n}, ledger says {n}", function="audit"),
    Cause("KeyError", "'buyer_cpf'"),
    Cause("KeyError", "'shipping_line'"),
    Cause("KeyError", "'{place}'", "find", "shop/depots.py"),
    Cause("erp.RemoteError", "ERP answered code=50017 for order {id} after {span}"),
    Cause("erp.RemoteError", "ERP answered code=50018 for order {id} after {span}"),
    Cause("httpx.HTTPStatusError", "Server error '502 Bad Gateway' for url '{url}'", "fetch", "shop/erp.py"),
    Cause("httpx.HTTPStatusError", "Server error '503 Service Unavailable' for url '{url}'", "fetch", "shop/erp.py"),
    Cause("OSError", "[Errno 28] No space left on device: '{path}'"),
    Cause("OSError", "[Errno 13] Permission denied: '{path}'"),
    Cause("redis.ConnectionError", "Error 113 connecting to {host}:6379. No route to host.", "get", "a/cache.py"),
    Cause("redis.ConnectionError", "Error 111 connecting to {host}:6379. Connection refused.", "get", "a/cache.py"),
    Cause("psycopg.errors.NotNullViolation", 'null value in column "line_1" of relation "addresses" violates not-null'
          " constraint\nDETAIL:  Failing row contains ({id}, {n}, null, {time})."),
    Cause("psycopg.errors.NotNullViolation", 'null value in column "line_2" of relation "addresses" violates not-null'
          " constraint\nDETAIL:  Failing row contains ({id}, {n}, null, {time})."),
    Cause("pymysql.err.IntegrityError", "(1062, \"Duplicate entry '{id}' for key 'orders.uq_sn'\")"),
    Cause("pymysql.err.OperationalError", "(2013, 'Lost connection to MySQL server during query')"),
    Cause("ValueError", "invalid literal for int() with base 10: '{money}'"),
    Cause("ValueError", "cannot refund {money} of payment {id}: only {money} left"),
    Cause("notify.Undeliverable", "recipient {mail} rejected: mailbox full"),
    Cause("notify.Undeliverable", "recipient {mail} rejected: unknown user"),
    Cause("notify.Undeliverable", "sms to {phone} failed with status 4029"),
    Cause("auth.TokenError", "token {token} of shop {id} expired at {time}"),
    Cause("labels.RenderError", "{n} parcels of order {id} have no label"),
    Cause("库存.同步错误", "库存不足：订单 {id} 需要{n}件，仓内剩余{n}件"),
    Cause("库存.同步错误", "价格错误：订单 {id} 标价{n}元"),
    Cause("Error", "connect ETIMEDOUT {host}:5432", "pull", "catalog/pull", "node"),
    Cause("Error", "connect ECONNRESET {host}:5432", "pull", "catalog/pull", "node"),
    Cause("TypeError", "Cannot read properties of null (reading 'options')", "pull", "catalog/pull", "node"),
    Cause("TypeError", "Cannot read properties of null (reading 'images')", "pull", "catalog/pull", "node"),
    Cause("java.lang.ArithmeticError", "Parcel {id} weighs {n} g, limit of carrier is {n} g", "Pack.weigh", "", "java"),
    Cause("java.lang.NumberFormatException", 'For input string: "{money}"', "Pack.weigh", "", "java"),
    Cause("ErrorException", "Undefined array key \"gst_number\"", "Tax::of", "Tax.php", "php"),
    Cause("ErrorException", "Undefined array key \"vat_number\"", "Tax::of", "Tax.php", "php"),
)  # fmt: skip

ROOTS = one_of("/app/", fill("/srv/releases/2025####T####Z/"), "/opt/shopd/current/", "/home/ops/apps/shopd/",
               "E:\\svc\\", "/usr/src/app/", "/var/task/", fill("/data/www/shopd-1.#.#/"), "/code/src/")  # fmt: skip
PACKAGES = one_of("/usr/lib/python3/dist-packages/", "/opt/venv/lib/python3.9/site-packages/",
                  "/root/.cache/uv/envs/x1/lib/python3.13/site-packages/")  # fmt: skip


def python_stack(cause: Cause, message: str, r: random.Random) -> str:
    root, packages = ROOTS(r), PACKAGES(r)
    own = root + cause.file.replace("/", "\\" if "\\" in root else "/")
    frames = [f'  File "{packages}celery/app/trace.py", line {r.randint(1, 999)}, in trace_task']
    frames.append(f'  File "{own}", line {r.randint(1, 999)}, in {cause.function}')
    if r.random() < 0.5:
        frames.append(f'  File "{packages}tenacity/__init__.py", line {r.randint(1, 999)}, in __call__')
    body = [line for frame in frames for line in (frame, "    x = y(", "        ^^")] if r.random() < 0.5 else frames
    chain = (
        'Traceback (most recent call last):\n  File "/app/other.py", line 1, in other\nOSError: x\n\nDuring handling of'
    )
    before = f"{chain} the above exception, another exception occurred:\n\n" if r.random() < 0.3 else ""
    return before + "Traceback (most recent call last):\n" + "\n".join(body) + f"\n{cause.type}: {message}\n"


def node_stack(cause: Cause, message: str, r: random.Random) -> str:
    root = one_of("/app/dist/", "file:///srv/node/releases/20251101/dist/", "/usr/src/app/build/")(r)
    file = f"{root}{cause.file}{one_of('.js', fill('.a#b#c#d#.js'), '.mjs')(r)}"
    name = one_of("", "async ", "Object.")(r) + cause.function
    lines = [
        f"    at {name} ({file}:{r.randint(1, 99)}:7)",
        "    at process.x (node:internal/process/task_queues:95:5)",
    ]
    return "\n".join([f"{cause.type}: {message}", "    at Array.map (<anonymous>)", *lines])


def java_stack(cause: Cause, message: str, r: random.Random) -> str:
    owner, method = cause.function.split(".")
    frame = one_of(
        f"com.shopd.{owner}.{method}", f"com.shopd.{owner}.lambda${method}$1", f"app//com.shopd.{owner}.{method}"
    )(r)
    head = f"{cause.type}: {message}\n\tat java.base/java.lang.X.y(X.java:1)\n"
    return (
        head + f"\tat {frame}({owner}.java:{r.randint(1, 99)})\n\tat org.springframework.A.b(A.java:{r.randint(1, 99)})"
    )


def php_stack(cause: Cause, message: str, r: random.Random) -> str:
    root = one_of("/var/www/html/", "/srv/www/shopd/current/app/", "/home/forge/shopd.example/app/")(r)
    head = f"{cause.type}: {message} in {root}{cause.file}:{r.randint(1, 99)}\nStack trace:\n"
    return head + f"#0 {root}Run.php({r.randint(1, 99)}): {cause.function}('x')\n#1 {{main}}"


STACKS = {"python": python_stack, "node": node_stack, "java": java_stack, "php": php_stack}


def told(cause: Cause, r: random.Random) -> ErrorRecord:
    message = cause.message
    while "{" in message and (slot := message[message.index("{") + 1 : message.index("}")]) in VALUES:
        message = message.replace(f"{{{slot}}}", VALUES[slot](r), 1)
    stack = STACKS[cause.runtime](cause, message, r)
    return ErrorRecord(id="x", exception=ExceptionInfo(cause.type, message, stack), message=message)


def corpus(seed: int) -> Iterator[tuple[Cause, ErrorRecord]]:
    r = random.Random(seed)
    for cause in CAUSES:
        for _ in range(TELLINGS):
            yield cause, told(cause, r)


def pairs(counts: Counter[object]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


@pytest.mark.parametrize("seed", range(4))
def test_no_cause_is_fused_and_hardly_one_split(seed: int) -> None:
    found = [(cause, fingerprint_of(record)) for cause, record in corpus(seed)]
    both = pairs(Counter((cause, print_.hash) for cause, print_ in found))
    precision = both / pairs(Counter(print_.hash for _, print_ in found))
    recall = both / pairs(Counter(cause for cause, _ in found))
    split = Counter((cause.message, print_.parts) for cause, print_ in found)
    assert precision == 1.0
    assert 2 * precision * recall / (precision + recall) >= 0.99, split.most_common()[:-40:-1]


def test_redaction_changes_no_identity() -> None:
    redactor = register_redactors(Config())[0]
    for _, record in corpus(99):
        assert fingerprint_of(redactor.record(record)).hash == fingerprint_of(record).hash, record.message


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (422, "Line {n}: {sku} cannot be shipped from {place}"),
        (429, "Exceeded {n} calls per second for app {id}"),
        (403, "Token {token} lacks scope write_orders"),
        (403, "Token {token} lacks scope write_products"),
        (404, "No order {id} in shop {place}"),
        (400, "商品 {id} 的价格 {money} 低于 {money}"),
    ],
)
def test_answers_without_a_code(status: int, message: str) -> None:
    r = random.Random(5)
    seen = set()
    for _ in range(60):
        text = told(Cause("X", message), r).message
        record = ErrorRecord(id="x", platform="p", operation="o", evidence=Evidence.ANSWER, status=status, message=text)
        seen.add(fingerprint_of(record).parts)
    assert len(seen) == 1, seen
