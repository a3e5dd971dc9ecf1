"""Upgrades published documents of OCDS 1.0 with ocdskit and with us, and says where the two differ. See README.md."""

import argparse
import json
import logging
import subprocess
import sys
from collections import Counter, OrderedDict

from compare import documents, first_difference, same

from pathlib import Path

try:
    from ocdskit.upgrade import upgrade_10_11
    from ocdskit.util import get_ocds_minor_version
except ImportError:
    sys.exit("upgrade.py: NOTHING WAS COMPARED: this Python has no ocdskit (python -m pip install ocdskit)")


def without_payers(document):
    """The document without the parties whose only roles are those: ocdskit leaves references to none."""
    document = json.loads(json.dumps(document))
    for release in [document, *document.get("releases", []), *document.get("records", [])]:
        for one in [release, release.get("compiledRelease", {}), *release.get("releases", [])]:
            kept = [party for party in one.get("parties", []) if not set(party.get("roles", [0])) <= {"payer", "payee"}]
            one.pop("parties", None)
            if kept:
                one["parties"] = kept
    return document


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=5, help="how many differences are printed")
    parser.add_argument("shared", help="folder of published files")
    parser.add_argument("ours", nargs="+", help="the command that upgrades JSON lines")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    found = []
    for path in sorted(Path(options.shared).rglob("*.json")):
        try:
            values = list(documents(path))
        except (UnicodeDecodeError, json.JSONDecodeError):
            continue
        for value in values:
            try:
                is_old = isinstance(value, dict) and get_ocds_minor_version(value) == "1.0"
            except Exception:  # noqa: BLE001 - it cannot tell what it is
                continue
            if is_old:
                found.append((path, value))
    lines = "".join(json.dumps(value) + "\n" for _, value in found)
    run = subprocess.run(options.ours, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    count, shown = Counter(), 0
    for (path, value), line in zip(found, run.stdout.split("\n"), strict=False):
        ours = json.loads(line)
        try:
            theirs = upgrade_10_11(json.loads(json.dumps(value), object_pairs_hook=OrderedDict))
        except Exception as error:  # noqa: BLE001 - its refusal is a result
            count[f"ocdskit fails: {type(error).__name__}"] += 1
            continue
        if same(theirs, ours):
            count["equal"] += 1
            continue
        if same(without_payers(theirs), without_payers(ours)):
            count["equal but for payers and payees, which ocdskit leaves out of parties"] += 1
            continue
        count["DIFFERENT"] += 1
        shown += 1
        if shown <= options.show:
            at, mine, other = first_difference(theirs, ours)
            print(f"{path.name} at {at}\n    theirs: {json.dumps(mine)[:300]}\n    ours:   {json.dumps(other)[:300]}")
    print(f"{len(found)} documents of 1.0:", ", ".join(f"{n} {verdict}" for verdict, n in sorted(count.items())))


if __name__ == "__main__":
    main()
