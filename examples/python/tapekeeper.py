"""The HTTP interface of tapekeeper with the standard library alone."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

SERVER = os.environ.get("TAPEKEEPER_SERVER", "http://127.0.0.1:8000")
TOKEN = os.environ.get("TAPEKEEPER_TOKEN", "")


class Refused(Exception):
    """An answer that says what is wrong and what to do; programs go by the code."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.code = problem["code"]


def open_answer(method, path, query=None, body=None, headers=None, timeout=60):
    """The answer itself, to be read as it comes. Raises Refused."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    url = SERVER + path + ("?" + urllib.parse.urlencode(given) if given else "")
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}))
    request.add_header("authorization", f"Bearer {TOKEN}")
    if body is not None:
        request.add_header("content-type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        return urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)) from None


def ask(method, path, query=None, body=None, headers=None):
    """The answer as it was meant. Raises Refused."""
    with open_answer(method, path, query, body, headers) as answer:
        return json.load(answer)


def pages(path, query, rows):
    """The rows of every page of a list; the cursor of some lists goes back, that of others goes on."""
    while True:
        page = ask("GET", path, query)
        yield from page[rows]
        if page["next"] is None:
            return
        cursor = "cursor" if rows == "rows" else "before" if rows == "runs" else "after"
        query = {**query, cursor: page["next"]}
