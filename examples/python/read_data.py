"""Reads rows in two ways, and what is missing.

    python3 examples/python/read_data.py daily_bars 600000.SH 2024-12-02 2024-12-31
"""

import csv
import io
import sys

from tapekeeper import Refused, ask, open_answer, pages


def main(dataset="daily_bars", symbol="600000.SH", first=None, last=None):
    wish = {"symbols": symbol, "from": first, "to": last}

    # pages of JSON, for a screen
    rows = list(pages(f"/v1/data/{dataset}", {**wish, "limit": 10}, "rows"))
    print(f"{len(rows)} rows in pages")
    if rows:
        print(rows[0]["trade_date"], "close", rows[0]["close"])

    # a whole table as it is read, for a program; pandas.read_csv takes it as well
    with open_answer("GET", f"/v1/data/{dataset}", {**wish, "format": "csv"}) as answer:
        lines = csv.DictReader(io.TextIOWrapper(answer, "utf-8"))
        print(f"{sum(1 for _ in lines)} rows as one table")

    gaps = ask("GET", "/v1/gaps", {"dataset": dataset, "symbols": symbol, "from": first, "to": last})
    print(f"{gaps['cells']} cells are missing")
    for one in gaps["gaps"]:
        print(one["symbol"], [f"{part['from']}..{part['to']}" for part in one["ranges"]])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refused as refused:
        sys.exit(str(refused))
