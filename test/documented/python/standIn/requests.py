"""The part of the library `requests` that the programs of document 004 use, over the standard library."""

import json as _json
import urllib.error
import urllib.request


class Response:
    """An answer, whatever its status."""

    def __init__(self, status_code, body):
        self.status_code = status_code
        self._body = body

    def json(self):
        return _json.loads(self._body)


def _ask(method, url, headers=None, json=None):
    body = None if json is None else _json.dumps(json).encode()
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(asked) as answer:
            return Response(answer.status, answer.read())
    except urllib.error.HTTPError as refusal:
        return Response(refusal.code, refusal.read())


def get(url, headers=None):
    return _ask("GET", url, headers)


def post(url, headers=None, json=None):
    return _ask("POST", url, headers, json)
