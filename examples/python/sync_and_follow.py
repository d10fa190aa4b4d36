"""Begins a sync and follows it to its end.

    python3 examples/python/sync_and_follow.py daily_bars 2024-12-02 2024-12-31
"""

import sys
import time
import uuid

from tapekeeper import Refused, ask

OVER = ("success", "success_with_errors", "failed", "cancelled")


def main(dataset="daily_bars", first=None, last=None):
    wish = {"dataset": dataset, "from": first, "to": last}
    wish = {name: value for name, value in wish.items() if value is not None}
    plan = ask("POST", "/v1/plans", body=wish)
    print(f"would take {plan['plan']['calls']} calls for {plan['plan']['cells']} cells")

    # the same key again, as after a lost answer, gives the same run and begins no other
    key = {"idempotency-key": str(uuid.uuid4())}
    run = ask("POST", "/v1/runs", body=wish, headers=key)
    again = ask("POST", "/v1/runs", body=wish, headers=key)
    print(f"run {run['id']} has begun once: {run['id'] == again['id']}")

    while run["state"] not in OVER:
        time.sleep(0.5)
        run = ask("GET", f"/v1/runs/{run['id']}")
        print(f"{run['state']} {run['progress']['fraction']:.0%}")
    print(f"run {run['id']} ended: {run['state']}, {run['rowsWritten']} rows written")
    return 0 if run["state"] == "success" else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Refused as refused:
        sys.exit(str(refused))
