"""A bot behind the guard, as two lines: run by gunicorn in tests. It writes down each body that reaches it."""

import os
import time

from flask import Flask, Response, request

from qualtui.guard import Guard

app = Flask(__name__)
SEEN = os.environ["GUARD_TEST_SEEN"]


@app.post("/webhook")
def webhook() -> Response:
    """Takes a message, slowly where it says so."""
    body = request.get_data()
    with open(SEEN, "ab") as file:
        file.write(body + b"\n")
    time.sleep(60 if b"slowly" in body else 0)
    return Response('{"status":"processed","resultado":{"success":true}}', mimetype="application/json")


@app.get("/health")
def health() -> dict[str, str]:
    """As the bot's."""
    return {"status": "healthy"}


app.wsgi_app = Guard(app.wsgi_app, os.environ["GUARD_TEST_TOML"])  # type: ignore[method-assign]
