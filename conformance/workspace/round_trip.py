"""Files go into a workspace, packages come out, go into another workspace and come out again."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cove"))

PREFIX = "ocds-abc123"


def cotejo(program, folder, *arguments):
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )
    # 5: something could not be read or said, which the command has told.
    if done.returncode not in (0, 5):
        sys.exit(f"cotejo {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def workspace(program, folder, name, *files):
    cotejo(program, folder, "init", name)
    cotejo(program, folder / name, "add", *files)
    cotejo(program, folder / name, "run")
    return folder / name


def export(program, folder, out, *arguments):
    cotejo(program, folder, "export", "ocds", "--ocid-prefix", PREFIX, "-o", out, *arguments)
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(Path(out).glob("*.json"))
    }


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def by_ocid(packages):
    """Of each process: its releases, and what they were merged into."""
    found = defaultdict(Counter)
    for package in packages.values():
        for record in package["records"]:
            for release in record.get("releases", []):
                found[record["ocid"]]["release " + canonical(release)] += 1
            for merged in ("compiledRelease", "versionedRelease"):
                if merged in record:
                    found[record["ocid"]][merged + " " + canonical(record[merged])] += 1
    return found


def validation_errors(package, standard_zip):
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig

    config = LibCoveOCDSConfig()
    config.config["standard_zip"] = f"file://{standard_zip}"
    config.config["context"] = "api"
    config.config["additional_checks"] = "none"
    config.config["skip_aggregates"] = True
    # Extensions stand on the network; what we built uses the standard alone, or says so.
    plain = {key: value for key, value in package.items() if key != "extensions"}
    answer = ocds_json_output(lib_cove_ocds_config=config, json_data=plain)
    return [" ".join(str(error.get(part, "")) for part in ("type", "path", "description", "value")) for error in answer["validation_errors"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cotejo", required=True)
    parser.add_argument("--shared", type=Path, required=True)
    arguments = parser.parse_args()
    program = Path(arguments.cotejo).resolve()
    data = arguments.shared / "data"
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        published = data / "contracting"
        first = workspace(program, folder, "first", published)
        out = export(program, first, folder / "out", "--records")
        compiled = export(program, first, folder / "compiled", "--compiled")
        built = [name for name in out if "ocds" not in name.rsplit("__", 1)[-1]]
        records = sum(len(package["records"]) for package in out.values())
        print(f"{len(out)} sources, {records} records out, {len(built)} sources built from tables")

        # In again they are all of one source, the one for any publication of the standard.
        names = [name for name in out if name not in built]
        second = workspace(program, folder, "second", *(folder / "out" / f"{name}.json" for name in names))
        back = by_ocid(export(program, second, folder / "back", "--records"))
        there = by_ocid({name: out[name] for name in names})
        # A process that two offices publish is one process in a workspace where both are one source.
        told_by = Counter(ocid for name in names for ocid in by_ocid({name: out[name]}))
        shared = {ocid for ocid, sources in told_by.items() if sources > 1}
        alone = set(there) - shared
        same = sum(there[ocid] == back[ocid] for ocid in alone)
        print(f"processes whose releases and merged release came back the same: {same} of {len(alone)}; {len(shared)} more are of two sources")
        if same != len(alone) or set(there) != set(back):
            failed.append("records differ after the second way")

        standard_zip = arguments.shared / "standards/ocds-1.1.5.zip"
        for name in built:
            errors = validation_errors(compiled[name], standard_zip)
            # What the standard requires and no office published is not made up: a contract without its award.
            lacking = [error for error in errors if error.startswith("required ") and "awardID" in error]
            wrong = [error for error in errors if error not in lacking]
            print(f"libcoveocds on {name}: {len(compiled[name]['releases'])} releases, {len(lacking)} contracts without award, {len(wrong)} other errors {wrong[:3]}")
            if wrong:
                failed.append(f"{name} does not validate")
    for reason in failed:
        print("FAILED:", reason)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
