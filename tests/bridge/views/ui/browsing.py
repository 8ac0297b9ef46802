"""A person at a browser without script: pages by GET, forms by POST with the token of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from werkzeug.test import Client, TestResponse

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.people.directory import NewPerson, Person, add_person
from tests.bridge.running import PROJECT, Bridge

PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    """One browser; `token` is the CSRF token of the last page."""

    client: Client
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page; redirects are not followed."""
        response = self.client.get(path, headers={**self.headers, **headers})
        self._note(response)
        return response

    def post(self, path: str, data: dict[str, object] | None = None, **headers: str) -> TestResponse:
        """Send a form with the token of the last page."""
        form = {"csrf_token": self.token, **(data or {})}
        response = self.client.post(path, data=form, headers={**self.headers, **headers})
        self._note(response)
        return response

    def follow(self, response: TestResponse) -> str:
        """Return the text of where a 303 leads."""
        assert response.status_code == 303, (response.status_code, text_of(response)[-2000:])
        return text_of(self.get(response.headers["Location"]))

    def login(self, email: str, password: str = PASSWORD, next: str = "/") -> TestResponse:
        """Log in through the form."""
        self.get("/login")
        response = self.post("/login", {"email": email, "password": password, "next": next})
        if response.status_code == 303:
            self.get("/account")  # for the token of the new session
        return response

    def _note(self, response: TestResponse) -> None:
        found = re.search(r'name="csrf_token" value="([0-9a-f]{32})"', text_of(response))
        if found:
            self.token = found[1]


def text_of(response: TestResponse) -> str:
    """Return a page as text, entities undone."""
    return unescape(response.get_data(as_text=True))


def stranger(bridge: Bridge, language: str = "en") -> Visitor:
    """Return a browser nobody has logged in with."""
    return Visitor(bridge.app.test_client(), headers={"Accept-Language": language})


def join(bridge: Bridge, name: str, role: str, *, locale: str = "en", timezone: str = "UTC") -> Person:
    """Add a person to the project."""
    with bridge.database.connection() as conn:
        new = NewPerson(
            email=f"{name.lower()}@example.com",
            role=role,
            name=name,
            password=PASSWORD,
            locale=locale,
            timezone=timezone,
        )
        return add_person(conn, system_actor(PROJECT), new)


def enter(bridge: Bridge, person: Person) -> Visitor:
    """Return a browser this person has logged in with."""
    visitor = stranger(bridge)
    assert visitor.login(person.email).status_code == 303
    return visitor


def raise_issue(visitor: Visitor, title: str = "Order never arrived", **fields: object) -> int:
    """Raise an issue through the form and return its number."""
    response = visitor.post("/issues/new", {"title": title, "severity": "error", **fields})
    assert response.status_code == 303, text_of(response)
    return int(response.headers["Location"].rsplit("/", 1)[1])
