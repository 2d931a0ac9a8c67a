"""Render's OpenAPI document, and a server that holds each request and answer of an application against it.

openapi.json is the official one of 2026, cut down to what a monitor uses.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

DOCUMENT: Mapping[str, Any] = json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
_BASE = "/v1"
_URN = "urn:render"
_REGISTRY = Registry().with_resource(_URN, DRAFT4.create_resource(DOCUMENT))


class Seen(NamedTuple):
    """A request that was answered."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int


def resolved(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of the document, through its reference where it is one."""
    if "$ref" not in found:
        return found
    part: Any = DOCUMENT
    for name in found["$ref"].removeprefix("#/").split("/"):
        part = part[name]
    return resolved(part)


def operation(method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
    """The operation of a request, with its template."""
    for template, item in DOCUMENT["paths"].items():
        parts, given = template.split("/"), path.removeprefix(_BASE).split("/")
        fits = len(parts) == len(given) and all(
            want == have or (want.startswith("{") and have) for want, have in zip(parts, given, strict=True)
        )
        if fits and method.lower() in item:
            return template, item[method.lower()]
    return None


def errors(schema: Mapping[str, Any], value: object) -> list[str]:
    """What is wrong with a value, one line each."""
    local = json.loads(json.dumps(schema).replace('"#/', f'"{_URN}#/'))
    check = OAS30Validator(local, registry=_REGISTRY, format_checker=oas30_format_checker)
    return [f"{list(one.absolute_path)}: {one.message[:200]}" for one in check.iter_errors(value)]


def wrong_request(method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> list[str]:
    """What is wrong with a request."""
    found = operation(method, path)
    if found is None:
        return [f"{method} {path} is no operation"]
    known = {one["name"]: one for raw in found[1].get("parameters", []) if (one := resolved(raw))["in"] == "query"}
    wrong = [f"unknown parameter {name}" for name in query if name not in known]
    wrong += [f"missing {name}" for name, one in known.items() if one.get("required") and name not in query]
    for name, values in query.items():
        wrong += [f"{name}: {one}" for one in _wrong_parameter(known.get(name, {}), values)]
    if "requestBody" in found[1]:
        schema = resolved(found[1]["requestBody"])["content"]["application/json"]["schema"]
        wrong += errors(schema, json.loads(body or b"null"))
    return wrong


def _wrong_parameter(parameter: Mapping[str, Any], values: list[str]) -> list[str]:
    schema = resolved(parameter.get("schema", {}))
    lists = schema.get("type") == "array" or "anyOf" in schema
    if lists and parameter.get("explode", True) is False:
        if len(values) != 1:
            return ["an array that is joined by commas, not repeated"]
        return errors(schema, values[0].split(","))
    if lists:
        return errors(schema, values)
    if len(values) != 1:
        return ["given twice"]
    value: object = values[0]
    if schema.get("type") in ("integer", "number"):
        value = float(values[0]) if schema["type"] == "number" else int(values[0])
    return errors(schema, value)


def wrong_answer(method: str, path: str, status: int, body: bytes) -> list[str]:
    """What is wrong with an answer. 429 and 401 are the edge's, whatever an operation declares."""
    found = operation(method, path)
    if found is None:
        return []
    answers = found[1]["responses"]
    if str(status) not in answers:
        return [] if status in (401, 403, 404, 429) else [f"{method} {path}: {status} is not declared"]
    content = resolved(answers[str(status)]).get("content")
    if content is None:
        return ["a body where there is none"] if body else []
    return errors(content["application/json"]["schema"], json.loads(body))


@contextlib.asynccontextmanager
async def checked(app: web.Application) -> AsyncIterator[tuple[str, list[Seen], list[str]]]:
    """An application on loopback: its address, what was seen, and what broke the document."""
    seen: list[Seen] = []
    wrong: list[str] = []

    @web.middleware
    async def hold(request: web.Request, handler: Any) -> web.StreamResponse:
        query = {name: request.query.getall(name) for name in request.query}
        body = await request.read()
        wrong.extend(wrong_request(request.method, request.path, query, body))
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        said = answer.body if isinstance(answer.body, bytes) else b""
        wrong.extend(wrong_answer(request.method, request.path, answer.status, said))
        seen.append(Seen(request.method, request.path, tuple(request.query.items()), answer.status))
        return answer

    app.middlewares.insert(0, hold)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen, wrong
    finally:
        await runner.cleanup()
