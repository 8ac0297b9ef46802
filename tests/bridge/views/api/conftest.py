"""The REST API in process; every answer is held against openapi.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.login import token_hash
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.seeding import Seed, insert


@cache
def described() -> Any:
    """Return openapi.json."""
    return json.loads((resources.files("openclaw_otel_bridge.views.api") / "openapi.json").read_text("utf-8"))


@dataclass
class Api:
    """Calls the API as somebody, and checks what comes back."""

    app: Flask
    seed: Seed
    tokens: dict[int, str] = field(default_factory=dict)

    def token(self, actor: Actor) -> str:
        if actor.id not in self.tokens:
            self.tokens[actor.id] = f"oco_{actor.id}"
            hashed = token_hash(self.tokens[actor.id])
            insert(self.seed.conn, "api_tokens", person_id=actor.id, name="t", token_hash=hashed)
        return self.tokens[actor.id]

    def call(self, actor: Actor | None, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if actor is not None:
            headers["Authorization"] = f"Bearer {self.token(actor)}"
        with self.app.test_client() as client:
            response = client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        check(method, path, response)
        return response

    def ok(self, actor: Actor, method: str, path: str, **options: Any) -> Any:
        response = self.call(actor, method, path, **options)
        assert response.status_code < 300, response.text
        return response.get_json() if response.data else None

    def fault(self, actor: Actor | None, method: str, path: str, **options: Any) -> tuple[int, str, str | None]:
        response = self.call(actor, method, path, **options)
        assert response.status_code >= 400, response.text
        error = response.get_json()["error"]
        return response.status_code, error["code"], error["field"]


def check(method: str, path: str, response: TestResponse) -> None:
    """Hold an answer against the description of its operation."""
    document = described()
    bare = path.partition("?")[0]
    for template, operations in document["paths"].items():
        if not re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), bare) or method.lower() not in operations:
            continue
        if response.status_code == 404 and str(response.status_code) not in operations[method.lower()]["responses"]:
            continue
        answer = operations[method.lower()]["responses"][str(response.status_code)]
        if "$ref" in answer:
            answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        if "content" not in answer:
            assert not response.data
            return
        schema = answer["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(response.get_json())
        for name in answer.get("headers", {}):
            assert name in response.headers
        return


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    database = Database(database_url)
    app = create_app(Config(database_url, secret_key="s" * 32, jwt_secret="j" * 32), database)
    with database.connect(autocommit=True) as conn:
        yield Api(app, Seed(conn))
    app.extensions[EXTENSION].intake.close()
    database.close()
