"""Raise sites of Python, Node.js and browsers; whose exception, which frame."""

from __future__ import annotations

import asyncio
import time
import traceback

import pytest

from openclaw_otel_plugins.v1.frames import Site
from openclaw_otel_plugins.v1.stack import raise_site

PLAIN = """Traceback (most recent call last):
  File "/app/.venv/lib/python3.12/site-packages/flask/app.py", line 1506, in wsgi_app
    response = self.full_dispatch_request()
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/api.py", line 12, in post
    sync(order)
    ~~~~^^^^^^^
  File "/app/.venv/lib/python3.12/site-packages/tenacity/__init__.py", line 479, in __call__
    result = fn(*args, **kwargs)
  File "/app/shop/sync.py", line 40, in push
    cache.get(key)
  File "/app/.venv/lib/python3.12/site-packages/redis/client.py", line 9, in get
    raise TimeoutError("x")
redis.exceptions.TimeoutError: x
"""
CHAIN = f"""Traceback (most recent call last):
  File "/app/shop/cause.py", line 3, in cause
OSError: no

The above exception was the direct cause of the following exception:

{PLAIN}"""
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/main.py", line 9, in run_all
  |     async with asyncio.TaskGroup() as group:
  |   File "/usr/lib/python3.12/asyncio/taskgroups.py", line 145, in __aexit__
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/one.py", line 3, in one
    | ValueError: 1
    +---------------- 2 ----------------
    | Exception Group Traceback (most recent call last):
    |   File "/app/shop/two.py", line 3, in two
    | ExceptionGroup: deep (1 sub-exception)
    +-+---------------- 1 ----------------
      | Traceback (most recent call last):
      |   File "/app/shop/deep.py", line 3, in deep
      | ValueError: 2
      +------------------------------------
"""


def test_python_innermost_own_frame_of_the_exception_raised_last() -> None:
    assert raise_site(PLAIN) == Site("push", "shop/sync.py")
    assert raise_site(CHAIN) == Site("push", "shop/sync.py")


def test_python_without_source_lines_and_on_windows() -> None:
    lines = [line.replace("/", "\\").replace("\\app", "D:\\svc") for line in PLAIN.splitlines() if "File" in line]
    assert raise_site("Traceback (most recent call last):\n" + "\n".join(lines)) == Site("push", "shop/sync.py")


def test_a_group_is_raised_after_what_is_in_it() -> None:
    assert raise_site(GROUP) == Site("run_all", "shop/main.py")
    wrapped = GROUP + "\nDuring handling of the above exception, another exception occurred:\n\n" + PLAIN
    assert raise_site(wrapped) == Site("push", "shop/sync.py")


def test_a_real_group_and_a_real_chain() -> None:
    async def fails() -> None:
        raise ValueError("inner")

    async def gather_all() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(gather_all())
    assert raise_site("".join(traceback.format_exception(caught.value))).function == "gather_all"


def test_comprehensions_are_their_function_in_every_python() -> None:
    old = (
        'Traceback (most recent call last):\n  File "/app/a/b.py", line 1, in outer\n'
        '  File "/app/a/b.py", line 1, in <listcomp>\nKeyError: 1\n'
    )
    new = 'Traceback (most recent call last):\n  File "/app/a/b.py", line 1, in outer\nKeyError: 1\n'
    assert raise_site(old) == raise_site(new) == Site("outer", "a/b.py")


def test_only_library_frames() -> None:
    text = 'Traceback (most recent call last):\n  File "/usr/lib/python3.12/json/decoder.py", line 1, in decode\nX: y'
    assert raise_site(text) == Site("decode", "json/decoder.py")


NODE = """TypeError: Cannot read properties of undefined (reading 'price')
    at Array.map (<anonymous>)
    at Object.normalize [as run] (file:///srv/node/releases/202511262348/dist/catalog/normalize.4f3e2d1c.js:53:29)
    at async Promise.all (index 0)
    at async syncProduct (/srv/node/releases/202511262348/dist/jobs/sync.js:319:35)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: Error: below
      at deeper (/srv/node/dist/x.js:1:2)
}
"""


@pytest.mark.parametrize(
    ("frame", "site"),
    [
        ("at Object.<anonymous> (/app/dist/a/b.js:1:2)", Site("", "a/b")),
        ("at /app/dist/a/b.js:1:2", Site("", "a/b")),
        ("at async /app/dist/a/b.js:1:2", Site("", "a/b")),
        ("at new Client (/app/src/a/b.ts:1:2)", Site("Client", "a/b")),
        ("at async OrderSync.run (webpack-internal:///./src/a/b.ts:12:5)", Site("OrderSync.run", "a/b")),
        ("at Module.run (webpack://shop/./src/a/b.ts?f00d:12:5)", Site("run", "a/b")),
        ("at run (C:\\srv\\shop\\dist\\a\\b.js:1:2)", Site("run", "a/b")),
        ("at e (https://cdn.example/build/main.4e5f6a7b8c.js:1:20480)", Site("", "main")),
    ],
)
def test_node_frames(frame: str, site: Site) -> None:
    assert raise_site(f"Error: x\n    {frame}\n    at node:internal/main:1:1") == site


def test_node_innermost_own_frame_of_the_outer_error() -> None:
    assert raise_site(NODE) == Site("normalize", "catalog/normalize")


def test_node_with_library_frames_alone() -> None:
    text = "Error: connect ECONNREFUSED 1.2.3.4:5\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:285:7)"
    assert raise_site(text) == Site("TCPConnectWrap.afterConnect", "node:net")


def test_browsers() -> None:
    text = "checkout@https://shop.example/static/app.js:10:5\nonclick@https://shop.example/static/app.js:1:1"
    assert raise_site(text) == Site("checkout", "static/app")


def test_nothing_to_read() -> None:
    assert raise_site("") == Site()
    assert raise_site("just a line") == Site()


@pytest.mark.parametrize(
    "unit",
    ['  File "/app/a.py", line 1, in f\n', "    at f (/app/node_modules/a.js:1:1)\n", "\tat java.a.B.c(D.java:1)\n",
     "#0 /app/vendor/a.php(1): f()\n", "at ", "a@", "(", '"', "\\", "Traceback (most recent call last):",
     "  + Exception Group Traceback (most recent call last):\n", 'File "', "#0 ", "x\n", "a.", "    at a ("],
)  # fmt: skip
def test_a_megabyte_of_the_worst_is_read_in_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    raise_site(text)
    raise_site("Traceback (most recent call last):\n" + text)
    assert time.process_time() - began < 1.0


def test_the_running_python_prints_what_is_understood() -> None:
    def inner() -> None:
        raise RuntimeError("x")

    with pytest.raises(RuntimeError) as caught:
        inner()
    site = raise_site("".join(traceback.format_exception(caught.value)))
    assert site.function == "inner"
    assert site.file.endswith("test_stack.py")
