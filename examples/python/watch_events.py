"""Prints what happens, as it happens: server-sent events over the standard library.

    python3 examples/python/watch_events.py runs,jobs
    python3 examples/python/watch_events.py runs 5     # ends after five events
"""

import json
import sys
import time

from tapekeeper import Refused, open_answer


def messages(topics, last_id=None):
    """Messages of one connection, each with the id to come back with."""
    headers = {"accept": "text/event-stream"}
    if last_id is not None:
        headers["last-event-id"] = last_id
    # the server sends something at least every half minute
    with open_answer("GET", "/v1/events", {"topics": topics}, headers=headers, timeout=90) as answer:
        data = []
        for line in answer:
            text = line.decode("utf-8").rstrip("\r\n")
            name, _, value = text.partition(":")
            if name == "id":
                last_id = value.strip()
            elif name == "data":
                data.append(value.removeprefix(" "))
            elif text == "" and data:
                yield last_id, json.loads("\n".join(data))
                data = []


def main(topics="runs", most="0"):
    left = int(most) or float("inf")
    last_id = None
    while True:
        try:
            for last_id, message in messages(topics, last_id):
                if message["type"] == "subscribed":
                    print("watching", *message["topics"], flush=True)
                for event in message.get("events", []):
                    print(event["seq"], event["kind"], json.dumps(event["payload"]), flush=True)
                    left -= 1
                    if left <= 0:
                        return
        except OSError as error:
            print(f"the connection is lost ({error}); trying again", file=sys.stderr)
            time.sleep(2)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        pass
