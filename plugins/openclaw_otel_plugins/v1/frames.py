"""Whose code a stack frame is, and its file as it is called wherever it is installed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Frame(NamedTuple):
    """One frame: `function` and `file` as the runtime printed them."""

    function: str
    file: str


class Site(NamedTuple):
    """Where an exception was raised: function and file, both normalised; empty when the stack says nothing."""

    function: str = ""
    file: str = ""


KEPT_PARTS = 3
"""Directories and file name that are kept of a path: enough to tell two `client.py` apart."""

_LIBRARY = re.compile(
    r"(?i)(?:^|/)(?:site-packages|dist-packages|node_modules|bower_components|vendor|_vendor|\.yarn|\.pnpm)/"
    r"|/lib(?:32|64)?/(?:python|pypy)\d?[\d.]*/|/python\d*(?:-\d+)?/(?:lib|dlls)/|/pythonsoftwarefoundation[^/]*/"
    r"|/python\d+\.zip/|/(?:opt/python|var/lang|var/runtime|usr/share/php|usr/share/pyshared)/"
    r"|\.framework/versions/|^<frozen |^frozen |^node:|^internal/|\(internal/|^native |^ext:|^deno:|^bun:"
    r"|/gems/|/go/pkg/mod/|/usr/local/go/src/|^\[internal function\]|^phar://"
)
_PACKAGES = re.compile(r".*(?:site-packages|dist-packages|node_modules|vendor)/", re.IGNORECASE)
_RUNTIME = re.compile(r".*/(?:lib(?:32|64)?/(?:python|pypy)\d?[\d.]*|python\d*(?:-\d+)?/lib)/", re.IGNORECASE)
_NODE_BUILTIN = re.compile(
    r"(?:_?(?:http|https|tls|stream|debugger)_\w+|assert|async_hooks|buffer|child_process|cluster|crypto|dgram|dns"
    r"|domain|events|fs|http|https|http2|module|net|os|path|process|querystring|readline|repl|stream|string_decoder"
    r"|timers|tls|tty|url|util|v8|vm|worker_threads|zlib|bootstrap_node|node)\.js"
)
_SCHEME = re.compile(r"^(?:file|webpack|webpack-internal|app|rsc|turbopack|vite)://")
_HOST = re.compile(r"^https?://[^/]*/")
_DRIVE = re.compile(r"^/?[A-Za-z]:/")
_RELEASE = re.compile(r"[^/]*\d{4}[^/]*|[\w-]+-v?\d+(?:\.\d+)+[\w.-]*|(?=[a-f]*\d)[0-9a-f]{7,40}|[0-9a-f]{16,40}")
"""A folder named for a release: a date, a build number, a commit. What stands before it is where, not what."""
_VERSION = re.compile(r"v?\d+(?:[._-]\w+)*")
_ROOTS = frozenset(
    """src app apps current release releases html public_html htdocs www wwwroot webroot workspace workspaces dist
    build .next .nuxt .output .webpack""".split()
)
"""Folders that hold an application: what stands before them says where it is installed."""
_HEADS = {
    "apps": 2, "home": 2, "Users": 2, "opt": 2, "srv": 2, "mnt": 2, "volumes": 2, "Volumes": 2, "services": 2,
    "Program Files": 2, "ProgramData": 2, "Projects": 2, "containers": 2, "sites": 2, "vhosts": 2, "builds": 2,
    "svc": 1, "root": 1, "var": 1, "usr": 1, "data": 1, "data1": 1, "data2": 1, "local": 1, "share": 1, "efs": 1,
    "nfs": 1, "service": 1, "private": 1, "tmp": 1, "inetpub": 1, "node": 1, "web": 1, "prod": 1, "production": 1,
    "staging": 1, "stage": 1, "live": 1, "work": 1, "runner": 1, "lambda": 1, "task": 1, "lib": 1, "bin": 1,
    "server": 1, "export": 1, "u01": 1, "code": 1, "source": 1, "project": 1, "projects": 1, "repo": 1, "deploy": 1,
    "deployment": 1, "bundle": 1, "target": 1, "out": 1, "output": 1, "function": 1, "functions": 1, "git": 1,
}  # fmt: skip
"""First folders of an absolute path → how many of its parts are the machine's (2: the next is a user or a name)."""
_HASH_IN_NAME = re.compile(
    r"[.-](?:(?=[a-f]*\d)[0-9a-f]{6,64}|[0-9a-f]{16,64}|(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{8,12}|[A-Z0-9]{8})(?=[.-]|$)"
)
_SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?|map)$")


def is_library(file: str) -> bool:
    """Say whether a frame of this file is of a library, a runtime or generated code, not of the application."""
    path = file.replace("\\", "/")
    if not path or path[0] == "<" or path in ("native", "unknown", "index"):
        return True
    return _LIBRARY.search(path) is not None or _NODE_BUILTIN.fullmatch(path) is not None


@lru_cache(maxsize=4096)
def normal_file(file: str) -> str:
    """Return a file without the place it is installed in, without build hashes, with `/` between its parts."""
    path = _SCHEME.sub("", file.replace("\\", "/")).partition("?")[0]
    if is_library(file):
        return _library_file(path)
    installed = path.startswith("/") or _DRIVE.match(path) is not None or _HOST.match(path) is not None
    path = _HOST.sub("", _DRIVE.sub("", path))
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    if not parts:
        return ""
    folders, name = parts[:-1], _normal_name(parts[-1])
    return "/".join([*_own(folders, installed)[1 - KEPT_PARTS :], name])


def _library_file(path: str) -> str:
    """Return `redis/client.py` of `/venv/lib/python3.12/site-packages/redis/client.py`."""
    inner = _PACKAGES.match(path) or _RUNTIME.match(path)
    if inner is not None:
        return path[inner.end() :]
    return path.rpartition("/")[2] if path.startswith("/") else path


def _own(folders: list[str], installed: bool) -> list[str]:
    """Return the folders that are the application's own."""
    start = _machine_parts(folders) if installed else 0
    for position, folder in enumerate(folders):
        if folder.lower() in _ROOTS or _RELEASE.fullmatch(folder):
            start = max(start, position + 1)
        elif position and (folder == folders[position - 1] or _same_name(folders[position - 1], folder)):
            start = max(start, position)  # /opt/bank/bank/…, order-mapper/order_mapper/…: the second is the package
    return folders[start:]


def _machine_parts(folders: list[str]) -> int:
    """Return how many leading folders of an absolute path are the machine's, not the application's."""
    start = 0
    while start < len(folders):
        folder = folders[start]
        count = _HEADS.get(folder, 1 if _VERSION.fullmatch(folder) or _RELEASE.fullmatch(folder) else 0)
        if not count:
            break
        following = folders[start + 1] if start + 1 < len(folders) else ""
        named = count == 2 and following not in _HEADS and following.lower() not in _ROOTS
        start += 2 if named else 1
    return min(start, len(folders))


def _same_name(distribution: str, package: str) -> bool:
    """Say whether a folder is the package of a project of the same name: order-mapper/order_mapper."""
    return distribution != package and distribution.replace("-", "_").lower() == package.lower()


def _normal_name(name: str) -> str:
    if not _SCRIPT.search(name):
        return name
    stem = _SCRIPT.sub("", name)
    return "chunk" if stem.isdigit() else _HASH_IN_NAME.sub("", stem) or stem
