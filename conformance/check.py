"""Runs every comparison with the field's tools, and says at the end what each found."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cotejo", required=True, help="the program")
    parser.add_argument("--examples", required=True, type=Path, help="the folder of built examples")
    parser.add_argument("--shared", type=Path, help="where the real files and published schemas are")
    arguments = parser.parse_args()
    if arguments.shared is None:
        print("!!! THE REAL FILES ARE NOT HERE: the field's tools are not asked, for want of published schemas.")
        if os.environ.get("COTEJO_REQUIRE_SHARED") == "1":
            sys.exit(1)
        return
    shared = arguments.shared.resolve()
    examples = arguments.examples.resolve()
    packs = HERE.parent / "packs"
    environment = {**os.environ, "COTEJO_SHARED": str(shared)}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with zipfile.ZipFile(shared / "standards/ocds-1.1.5.zip") as archive:
            archive.extractall(folder)
        schema = next(folder.rglob("release-schema.json"))
        ocds = shared / "data/contracting/ocds"
        merge = [examples / "merge_lines", packs, "ocds"]
        comparisons = {
            "merge": ["merge/compare.py", "--schema", schema, "--extensions", shared / "standards/ocds-extensions",
                      "--shared", ocds, "--generated", "1000", "--", *merge],
            "cove, real files": ["cove/compare.py", "--binary", examples / "check_file"],
            "cove, made documents": ["cove/compare.py", "--binary", examples / "check_file", "--made"],
            "export": ["export/accept.py", "--binary", examples / "lay_out", "--out", folder / "export"],
            "workspace": ["workspace/round_trip.py", "--cotejo", Path(arguments.cotejo).resolve(), "--shared", shared],
        }
        outcomes = []
        for name, (script, *rest) in comparisons.items():
            print(f"\n-- {name}", flush=True)
            start = time.monotonic()
            done = subprocess.run([sys.executable, HERE / script, *map(str, rest)], env=environment)
            outcomes.append((name, done.returncode, time.monotonic() - start))
    print(f"\n{'comparison':<22} {'seconds':>8}")
    for name, code, seconds in outcomes:
        print(f"{name:<22} {seconds:>8.1f}{'' if code == 0 else '  DIFFERS'}")
    sys.exit(any(code for _, code, _ in outcomes))


if __name__ == "__main__":
    main()
