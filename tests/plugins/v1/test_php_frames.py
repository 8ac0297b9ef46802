"""Raise sites of PHP."""

from __future__ import annotations

from openclaw_otel_plugins.v1.frames import Site
from openclaw_otel_plugins.v1.stack import raise_site

TYPE_ERROR = """TypeError: App\\Sync\\Pusher::push(): Argument #1 must be array, null given, called in {root}/app/Jobs/Push.php on line 51 in {root}/app/Sync/Pusher.php:46
Stack trace:
#0 {root}/app/Jobs/Push.php(46): App\\Sync\\Pusher->push(NULL, '251108BL7N2ZUA')
#1 [internal function]: App\\Jobs\\Push->handle(Object(App\\Sync\\Pusher))
#2 {root}/vendor/laravel/framework/src/Worker.php(78): Illuminate\\Queue\\Jobs\\Job->fire()
#3 {{main}}"""  # noqa: E501


def test_the_function_and_its_own_file() -> None:
    for root in ("/srv/www/erp/current", "/home/forge/erp.example.com", "/var/www/html", "C:\\sites\\erp"):
        assert raise_site(TYPE_ERROR.format(root=root)) == Site("App\\Sync\\Pusher::push", "Sync/Pusher.php")


def test_vendor_frames_are_not_the_applications() -> None:
    text = """PHP Fatal error:  Uncaught GuzzleHttp\\Exception\\ConnectException: cURL error 28 in /app/vendor/guzzlehttp/guzzle/src/Handler.php:5
Stack trace:
#0 /app/vendor/guzzlehttp/guzzle/src/Client.php(9): GuzzleHttp\\Handler->send()
#1 /app/src/Erp/Client.php(30): GuzzleHttp\\Client->get('x')
#2 /app/src/Erp/Sync.php(3): Erp\\Client->orders()
#3 {main}"""  # noqa: E501
    assert raise_site(text) == Site("Erp\\Client::orders", "Erp/Client.php")


def test_the_last_of_a_chain() -> None:
    first = "RuntimeException: a in /app/src/A.php:1\nStack trace:\n#0 /app/src/X.php(2): A->a()\n#1 {main}\n\n"
    last = "Next LogicException: b in /app/src/B.php:1\nStack trace:\n#0 /app/src/Y.php(2): B->b()\n#1 {main}"
    assert raise_site(first + last) == Site("B::b", "B.php")


def test_closures_anonymous_classes_and_main() -> None:
    text = "X: y in /app/src/A.php:1\nStack trace:\n#0 /app/src/B.php(2): {closure:Erp\\Sync::run():12}()\n#1 {main}"
    assert raise_site(text) == Site("{closure}", "A.php")
    text = "X: y in /app/src/A.php:1\nStack trace:\n#0 {main}"
    assert raise_site(text) == Site("{main}", "A.php")


def test_a_trace_without_its_first_line() -> None:
    assert raise_site("#0 /app/src/Jobs/Push.php(46): Erp\\Pusher->push(NULL)\n#1 {main}") == Site(
        "Erp\\Pusher::push", "Jobs/Push.php"
    )
