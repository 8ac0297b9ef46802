"""Files are called the same wherever they are installed; library frames are known by their place."""

from __future__ import annotations

import pytest

from openclaw_otel_plugins.v1.frames import is_library, normal_file


@pytest.mark.parametrize(
    "path",
    ["/app/bank/gateway.py", "/app/src/bank/gateway.py", "/home/deploy/apps/bank/bank/gateway.py",
     "/opt/bank/current/bank/gateway.py", "/srv/releases/20251022T0927Z/bank/gateway.py", "/workspace/bank/gateway.py",
     "D:\\svc\\bank\\gateway.py", "/usr/src/app/bank/gateway.py", "/var/task/bank/gateway.py", "src/bank/gateway.py",
     "/srv/bank-1.4.2/bank/gateway.py", "/opt/deploy/3f2a9c1b7e/bank/gateway.py", "/Users/li/code/bank/bank/gateway.py",
     "C:\\inetpub\\wwwroot\\bank\\gateway.py", "/var/www/html/bank/gateway.py", "/data/prod/v12/bank/gateway.py",
     "/home/ci/builds/8812/bank/gateway.py", "./bank/gateway.py", "/code/bank/gateway.py"],
)  # fmt: skip
def test_the_place_of_installation_is_noise(path: str) -> None:
    assert normal_file(path) == "bank/gateway.py"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/app/shopify/client.py", "/app/amazon/client.py"),
        ("/app/api/v1/orders.py", "/app/api/v2/orders.py"),
        ("/app/sync/shopify/client.py", "/app/sync/amazon/client.py"),
        ("/app/eu.py", "/app/br.py"),
    ],
)
def test_different_files_stay_different(one: str, other: str) -> None:
    assert normal_file(one) != normal_file(other)


@pytest.mark.parametrize(
    "path",
    ["/srv/app/dist/main.3f2a9c1b.js", "/app/dist/main-9c1b3f2a7d.mjs", "file:///app/dist/main.js", "/app/src/main.ts",
     "webpack:///./src/main.js?1a2b", "https://cdn.example/build/main.4e5f6a7b8c.js"],
)  # fmt: skip
def test_build_hashes_are_noise(path: str) -> None:
    assert normal_file(path) == "main"


def test_a_word_in_a_file_name_is_no_hash() -> None:
    assert normal_file("/app/dist/jobs/sync-product.js") == "jobs/sync-product"
    assert normal_file("/app/.next/server/chunks/1841.js") == "server/chunks/chunk"


@pytest.mark.parametrize(
    "path",
    ["/venv/lib/python3.12/site-packages/redis/client.py", "/usr/lib/python3/dist-packages/flask/app.py",
     "/usr/lib64/python3.10/asyncio/runners.py", "C:\\Python311\\Lib\\threading.py", "<frozen importlib._bootstrap>",
     "D:\\svc\\venv\\Lib\\site-packages\\redis\\client.py", "/app/node_modules/express/lib/router/layer.js",
     "node:internal/process/task_queues", "internal/process/task_queues.js", "net.js", "<anonymous>", "<string>",
     "/srv/www/erp/vendor/laravel/framework/src/X.php", "[internal function]", "/var/runtime/bootstrap.py", ""],
)  # fmt: skip
def test_libraries(path: str) -> None:
    assert is_library(path)


@pytest.mark.parametrize("path", ["/app/vendors/sync.py", "/app/network.py", "/app/dist/net.js", "D:\\svc\\lib\\a.py"])
def test_applications(path: str) -> None:
    assert not is_library(path)


def test_a_library_file_is_named_from_its_package() -> None:
    assert normal_file("/venv/lib/python3.12/site-packages/redis/client.py") == "redis/client.py"
    assert normal_file("/x/python3.9/site-packages/redis/client.py") == "redis/client.py"
    assert normal_file("/usr/lib/python3.12/asyncio/runners.py") == "asyncio/runners.py"
    assert normal_file("node:net") == "node:net"
