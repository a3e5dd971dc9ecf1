"""Compares the verdicts of this project's checker with those of libcoveocds and libcoveoc4ids, file by file.

    cargo build -p documents --example check_file
    COTEJO_SHARED=… python conformance/cove/compare.py [--binary FILE] [--out docs/conformance]

See README.md beside this file.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

try:
    import theirs
    from offline import Shelf
    from ours import in_their_words, run
except ImportError as error:
    sys.exit(f"NOTHING WAS COMPARED: {error}. pip install -r conformance/requirements.txt")

ENVELOPE = {
    "uri": "https://example.org/package.json",
    "version": "1.1",
    "publishedDate": "2024-01-01T00:00:00Z",
    "publisher": {"name": "Example"},
}


def documents_in(path):
    """The JSON texts of a file: one, one on each line, or one after another."""
    text = path.read_bytes().decode("utf-8-sig")
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        _, end = decoder.raw_decode(text, at)
        found.append(text[at:end])
        at = end
    return found


def packaged(texts):
    """Bare releases, records or projects inside a package, as `ocdskit package-releases` would put them."""
    first = json.loads(texts[0])
    name = "releases"
    if "compiledRelease" in first or isinstance(first.get("releases"), list):
        name = "records"
    elif "ocid" not in first and isinstance(first.get("id"), str) and "oc4ids" in first["id"]:
        name = "projects"
    version = {"version": "0.9"} if name == "projects" else {}
    start = json.dumps(ENVELOPE | version)[:-1]
    return f'{start}, "{name}": [{", ".join(texts)}]}}'


def cases(folders, base):
    for path in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
        name = str(path.relative_to(base))
        try:
            texts = documents_in(path)
            parsed = [json.loads(text) for text in texts]
        except ValueError as error:
            yield name, "as found", None, f"no JSON: {type(error).__name__}"
            continue
        if not all(isinstance(one, dict) for one in parsed):
            yield name, "as found", None, "no object"
            continue
        packages = [
            text for text, one in zip(texts, parsed) if {"releases", "records", "projects"} & one.keys() and "ocid" not in one
        ]
        if len(texts) == 1:
            yield name, "as found", texts[0], ""
        if not packages:
            yield name, "packaged", packaged(texts), ""
        elif len(texts) > 1:
            for place, text in enumerate(packages, 1):
                yield f"{name}#{place}", "as found", text, ""


def compare(mode, listed, arguments, out):
    shelf = Shelf(arguments.shared / "standards", mode == "declared").open()
    checker = theirs.Theirs(shelf)
    rows, differences = [], defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, (_, _, text, _) in enumerate(listed):
            if text is not None:
                names.append(f"{folder}/{number}.json")
                Path(names[-1]).write_text(text, encoding="utf-8")
        own = iter(run(arguments.binary, ROOT / "packs", mode, names))
        started = time.time()
        for name, variant, text, note in listed:
            if text is None:
                rows.append({"file": name, "form": variant, "equal": "", "note": note})
                continue
            line, document = next(own), json.loads(text)
            mine = in_their_words(line, document)
            row = {"file": name, "form": variant, "version": document.get("version", "")}
            row["standard"] = "OC4IDS 0.9.4" if "projects" in document else "OCDS 1.1.5"
            try:
                other = checker.check(document)
            except Exception as error:
                row |= {"equal": "", "note": f"the tool stops: {type(error).__name__}: {error}"[:150]}
                rows.append(row | {"ours": sum(mine["errors"].values())})
                continue
            equal = True
            for category, counts in other.items():
                row[category] = sum(counts.values())
                row["ours_" + category] = sum(mine[category].values())
                for key in counts.keys() | mine[category].keys():
                    if counts[key] != mine[category][key]:
                        equal = False
                        differences[category, key].append(
                            (name, variant, counts[key], mine[category][key])
                        )
            row["equal"] = "yes" if equal else "no"
            row["beyond"] = sum(mine["beyond"].values())
            rows.append(row)
    print(f"theirs ({mode}): {time.time() - started:.0f} s; not found: {sorted(shelf.missing)[:6]}")
    verdicts = Counter(row["equal"] or row.get("note", "")[:40] for row in rows)
    print(mode, dict(verdicts))
    totals = Counter()
    for row in rows:
        totals.update({name: count for name, count in row.items() if isinstance(count, int)})
    print("  findings:", dict(totals))
    for row in rows:
        if row.get("note"):
            print(f"  {row['file']} ({row['form']}): {row['note']}")
    for (category, key), places in sorted(differences.items(), key=lambda item: -len(item[1]))[:40]:
        name, variant, counted, own_count = places[0]
        print(f"  {len(places)} × {category}: {key}  theirs {counted} ours {own_count}  {name} ({variant})")
    if out:
        columns = ["file", "form", "standard", "version", "equal"]
        kinds = "errors closed open additional deprecated ids prefix empty currency party".split()
        columns += [column for kind in kinds for column in (kind, "ours_" + kind)] + ["beyond", "note"]
        out.mkdir(parents=True, exist_ok=True)
        with open(out / f"cove_{mode}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return rows, differences


def main():
    parser = argparse.ArgumentParser()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--binary", default=target / "debug/examples/check_file")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--made", action="store_true", help="the small documents of made.py, not the real files")
    arguments = parser.parse_args()
    shared = os.environ.get("COTEJO_SHARED")
    if not shared:
        sys.exit("NOTHING WAS COMPARED: COTEJO_SHARED does not say where the standards and files are.")
    arguments.shared = Path(shared)
    if arguments.made:
        import made

        listed = [(name, "made", text, "") for name, text in made.documents()]
    else:
        data = arguments.shared / "data"
        listed = list(cases([data / "contracting/ocds", data / "public-works/oc4ids"], data))
    unequal = 0
    for mode in ("core", "declared"):
        rows, _ = compare(mode, listed, arguments, arguments.out)
        unequal += sum(row["equal"] == "no" for row in rows)
    sys.exit(1 if unequal else 0)


if __name__ == "__main__":
    main()
