"""Stack traces of four languages."""

import pytest

from openclaw_otel_bridge.views.ui.stacktrace import MOST, folded, lines_of

PYTHON = """Traceback (most recent call last):
  File "/srv/app/jobs.py", line 8, in run
    push(order)
    ^^^^^^^^^^^
  File "/srv/.venv/lib/python3.12/site-packages/requests/api.py", line 3, in get
    return 1
ValueError: bad

During handling of the above exception, another exception occurred:
  File "<frozen importlib._bootstrap>", line 1, in _load
"""


def test_python():
    lines, hidden = lines_of(PYTHON)
    assert hidden == 0
    assert [(line.is_frame, line.is_app) for line in lines] == [
        (False, False),
        (True, True),
        (True, False),
        (False, False),
        (False, False),
        (True, False),
    ]
    assert lines[1].source == "push(order)"


@pytest.mark.parametrize(
    ("line", "app"),
    [
        ("    at push (/srv/app/orders.js:10:5)", True),
        ("    at async /srv/app/orders.js:10:5", True),
        ("    at request (/srv/node_modules/axios/index.js:1:2)", False),
        ("    at node:internal/process/task_queues:95:5", False),
        ("\tat com.shop.Sync.push(Sync.java:42)", True),
        ("\tat org.springframework.web.Filter.go(Filter.java:1)", False),
        ("\tat java.base/java.lang.Thread.run(Native Method)", False),
        ("#0 /srv/app/Sync.php(12): Sync->push()", True),
        ("#1 /srv/vendor/guzzle/Client.php(3): send()", False),
    ],
)
def test_other_languages(line, app):
    lines, _ = lines_of(line)
    assert [(found.is_frame, found.is_app) for found in lines] == [(True, app)]


def test_a_recursion_is_cut():
    lines, hidden = lines_of('  File "/a.py", line 1, in f\n' * (MOST + 7))
    assert (len(lines), hidden) == (MOST, 7)


def test_nothing():
    assert lines_of("") == ((), 0)


def test_long_runs_of_library_frames_fold():
    one = '  File "/x/site-packages/a.py", line 1, in f\n'
    mine = '  File "/srv/app.py", line 1, in f\n'
    runs = folded(lines_of(f"Traceback:\n{one * 3}{mine}{one}E: x")[0])
    assert [(fold, len(lines)) for fold, lines in runs] == [(False, 1), (True, 3), (False, 1), (False, 1), (False, 1)]
