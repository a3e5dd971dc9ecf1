"""Whether the tools of the field accept what this project writes: flatten-tool, ocdskit, libcoveocds, libcoveoc4ids.

    cargo build -p documents --example lay_out
    COTEJO_SHARED=… python conformance/export/accept.py --binary …/examples/lay_out --out FOLDER

See README.md beside this file.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

try:
    import flattentool
    import libcoveoc4ids.config
    import libcoveoc4ids.schema
    import libcoveocds.config
    import libcoveocds.schema
    import ocdskit.combine
    import ocdskit.util
    import requests
    from libcoveoc4ids.common_checks import common_checks_oc4ids
    from libcoveocds.common_checks import common_checks_ocds
except ImportError as error:
    sys.exit(f"NOTHING WAS TRIED: {error}. pip install flattentool ocdskit libcoveocds libcoveoc4ids")

DATA = {"ocds": "contracting/ocds", "oc4ids": "public-works/oc4ids"}


def once_parsed():
    """flatten-tool reads its schema anew for every file; here once."""
    parsers = {}

    def parser(schema_filename, **rest):
        key = (schema_filename, rest.get("root_id"))
        if key not in parsers:
            parsers[key] = flattentool.schema.SchemaParser(schema_filename=schema_filename, **rest)
            parsers[key].parse()
            parsers[key].parse = lambda: None
        return parsers[key]

    flattentool.SchemaParser = parser


def answer_from(standards):
    """Schemas come from the folder of published standards; nothing goes out."""
    archive = zipfile.ZipFile(standards / "ocds-1.1.5.zip")
    known = {name.split("/schema/")[-1]: name for name in archive.namelist()}

    def send(_adapter, request, **_):
        path = request.url.split("?")[0].split("#")[0]
        name = path.split("/")[-1]
        folder = standards / "oc4ids-0.9.4"
        response = requests.Response()
        response.status_code, response.encoding, response.url = 200, "utf-8", request.url
        if "infrastructure" in path:
            files = (folder / name, folder / "codelists" / name)
            response._content = next(file for file in files if file.exists()).read_bytes()
        elif "/schema/1__1__5/" in path:
            text = archive.read(known[path.split("/schema/1__1__5/")[-1]]).decode()
            text = text.replace("{{lang}}", "en").replace("{{version}}", "1.1")
            response._content = text.encode()
        else:
            raise requests.ConnectionError(f"offline: {request.url}")
        return response

    requests.adapters.HTTPAdapter.send = send


def laid_out(binary, code, shared, out):
    """Everything written for every file, and what the writer said of it."""
    data = shared / "data" / DATA[code]
    files = sorted(path for path in data.rglob("*") if path.suffix in (".json", ".jsonl"))
    lines = "".join(f"{path}\t{out / code / path.relative_to(data)}\n" for path in files)
    done = subprocess.run(
        [binary, ROOT / "packs", code], input=lines, capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        said = json.loads(line)
        said["name"] = str(Path(said["file"]).relative_to(data))
        yield said, out / code / said["name"]


def lines_of(path):
    return [json.loads(line, parse_float=Decimal) for line in path.open(encoding="utf-8") if line.strip()]


def unflattened(source, kind, schema, subject, target):
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        flattentool.unflatten(
            str(source),
            input_format=kind,
            output_name=str(target),
            root_is_list=True,
            root_id="ocid" if subject == "ocid" else "",
            schema=str(schema),
        )
    return json.loads(target.read_text(encoding="utf-8"), parse_float=Decimal)


def same(a, b):
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (int, Decimal)) and isinstance(b, (int, Decimal)):
        # What is no whole number passes through a binary fraction there.
        return a == b or float(a) == float(b)
    return type(a) is type(b) and a == b


def keyed(elements):
    """The elements by id, if each has its own."""
    if not all(isinstance(one, dict) and isinstance(one.get("id"), (str, int)) for one in elements):
        return None
    by_id = {str(one["id"]): one for one in elements}
    return by_id if len(by_id) == len(elements) else None


def is_empty(value):
    return value is None or value == "" or (isinstance(value, (list, dict)) and not any(
        not is_empty(one) for one in (value.values() if isinstance(value, dict) else value)
    ))


def differences(path, there, back):
    """(reason, path) for each difference of what came back."""
    if same(there, back):
        return
    if isinstance(there, dict) and isinstance(back, dict):
        for key in there.keys() | back.keys():
            if key not in back:
                yield missing(there[key]), f"{path}/{key}"
            elif key not in there:
                yield "added", f"{path}/{key}"
            else:
                yield from differences(f"{path}/{key}", there[key], back[key])
    elif isinstance(there, list) and isinstance(back, list):
        if there and isinstance(there[0], dict):
            a, b = keyed(there), keyed(back)
            if a is None:
                if len(there) == len(back) and all(map(same, there, back)):
                    return
                yield "list of objects without ids, or with one id twice", path
            elif b is None or a.keys() != b.keys():
                yield "elements lost or added", path
            else:
                if list(a) != list(b):
                    yield "order of elements", path
                for key in a:
                    yield from differences(path, a[key], b[key])
        elif any(isinstance(one, str) and "," in one for one in there):
            yield "list of texts with a comma", path
        elif any(isinstance(one, str) and ";" in one for one in there):
            yield "list of texts with a semicolon", path
        else:
            yield "list of scalars", path
    elif isinstance(there, list):
        yield "list of scalars where the schema has a scalar or nothing", path
    elif isinstance(there, bool) or isinstance(back, bool):
        yield "boolean the schema does not know", path
    elif isinstance(there, str) and isinstance(back, (int, Decimal)):
        yield "text where the schema has a number", path
    elif isinstance(there, (int, Decimal)) and isinstance(back, str):
        yield "number the schema does not know, or has as text", path
    elif isinstance(there, str) and isinstance(back, list):
        yield "text where the schema has a list", path
    elif isinstance(there, str) and isinstance(back, str) and there.replace("\r\n", "\n").replace("\r", "\n") == back:
        yield "carriage return", path
    elif isinstance(back, str) and back == f"'{there}":
        yield "apostrophe before what looks like a formula", path
    else:
        yield f"other: {there!r:.40} {back!r:.40}", path


def missing(value):
    if is_empty(value):
        return "null or empty"
    if isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value):
        return "list below something that no id tells apart, or of mixed elements"
    if isinstance(value, dict):
        return "object whose members the schema has otherwise"
    return "missing: control character, or other"


def compared(documents, back, subject):
    key = lambda one: (str(one.get(subject)), str(one.get("id")))
    if len({key(one) for one in documents}) < len(documents) or not all("id" in one for one in documents):
        yield "documents without id, or of one id", ""
        return
    back = {key(one): one for one in back}
    if len(back) != len(documents):
        yield "documents lost or added", ""
    for document in documents:
        if key(document) in back:
            yield from differences("", document, back[key(document)])


def heads(folder):
    found = {}
    for path in Path(folder).glob("*.csv"):
        if not path.stem.startswith("_") and path.stem != "meta":
            with path.open(encoding="utf-8", newline="") as file:
                found[path.stem] = set(next(csv.reader(file), []))
    return found


def pruned(value):
    """Without null, empty texts, lists and objects, which no cell can hold."""
    if isinstance(value, dict):
        kept = {key: pruned(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if not is_empty(one)}
    if isinstance(value, list):
        return [pruned(one) for one in value if not is_empty(one)]
    return value


def is_defused(raw, defused):
    """Whether defusing formulas changes any table."""
    names = [path.name for path in raw.glob("*.csv") if not path.stem.startswith("_") and path.stem != "meta"]
    return any((raw / name).read_bytes() != (defused / name).read_bytes() for name in names)


def flattened(documents, subject, target):
    source = target.with_suffix(".json")
    source.write_text(json.dumps(documents, default=float, ensure_ascii=False), encoding="utf-8")
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        flattentool.flatten(
            str(source),
            output_format="csv",
            output_name=str(target),
            root_is_list=True,
            root_id="ocid" if subject == "ocid" else "",
        )
    return heads(target)


class Cove:
    """Counts of validation errors, with the core schema and nothing downloaded."""

    def __init__(self, shared):
        self.shared = shared
        self.schemas = {}

    def errors(self, document, code):
        document = {key: value for key, value in document.items() if key != "extensions"}
        if code == "oc4ids":
            return self.oc4ids(document)
        is_record = "records" in document
        key = (is_record, json.dumps(document.get("version"), default=str))
        if key not in self.schemas:
            config = libcoveocds.config.LibCoveOCDSConfig()
            config.config["context"] = "api"
            config.config["skip_aggregates"] = True
            config.config["standard_zip"] = f"file://{self.shared / 'standards/ocds-1.1.5.zip'}"
            self.schemas[key] = libcoveocds.schema.SchemaOCDS(
                None, document, config, record_pkg=is_record
            )
        context = common_checks_ocds(
            {"file_type": "json"}, "", document, self.schemas[key], cache=False
        )
        return Counter({error: len(places) for error, places in context["validation_errors"]})

    def oc4ids(self, document):
        schema = libcoveoc4ids.schema.SchemaOC4IDS(libcoveoc4ids.config.LibCoveOC4IDSConfig())
        context = common_checks_oc4ids({"file_type": "json"}, "", document, schema, cache=False)
        return Counter({error: len(places) for error, places in context["validation_errors"]})


def ocdskit_accepts(said, folder, schema, tally):
    package = folder / "package.json"
    form = ocdskit.util.detect_format(str(package))[0]
    expected = {"releases": "release package", "records": "record package"}
    if said["kind"] in expected:
        tally["ocdskit detect-format", form == expected[said["kind"]]] += 1
    else:
        tally["ocdskit detect-format of a bare document's package", form == "release package"] += 1
    if form == "release package" and said["kind"] == "releases":
        document = json.loads(package.read_text(encoding="utf-8"))
        try:
            combined = list(ocdskit.combine.combine_release_packages([document]))
            ours = combined if not isinstance(combined, dict) else [combined]
            tally["ocdskit combine-release-packages", bool(ours)] += 1
        except Exception as error:  # noqa: BLE001
            tally[f"ocdskit combine-release-packages: {type(error).__name__}", False] += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                list(ocdskit.combine.merge([document], schema=schema))
            tally["ocdskit compile", True] += 1
        except Exception as error:  # noqa: BLE001
            tally[f"ocdskit compile: {type(error).__name__} {str(error)[:60]}", False] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=os.environ.get("COTEJO_SHARED"))
    parser.add_argument("--only", default="", help="files whose name holds this")
    arguments = parser.parse_args()
    if not arguments.shared:
        sys.exit("NOTHING WAS TRIED: set COTEJO_SHARED to the folder of published files")
    shared = Path(arguments.shared)
    answer_from(shared / "standards")
    once_parsed()
    with zipfile.ZipFile(shared / "standards/ocds-1.1.5.zip") as archive:
        member = next(name for name in archive.namelist() if name.endswith("/schema/release-schema.json"))
        text = archive.read(member).decode().replace("{{lang}}", "en").replace("{{version}}", "1.1")
    arguments.out.mkdir(parents=True, exist_ok=True)
    release_schema = arguments.out / "release-schema.json"
    release_schema.write_text(text, encoding="utf-8")
    schemas = {"ocds": release_schema, "oc4ids": shared / "standards/oc4ids-0.9.4/project-schema.json"}
    release_rules = json.loads(text)
    cove = Cove(shared)
    failed = False
    for code, schema in schemas.items():
        subject = "ocid" if code == "ocds" else "id"
        tally, reasons, examples = Counter(), defaultdict(Counter), {}
        for said, folder in laid_out(arguments.binary, code, shared, arguments.out):
            if arguments.only not in said["name"]:
                continue
            if "error" in said:
                tally[f"not written: {said['error']}", False] += 1
                continue
            for key, value in said.items():
                if isinstance(value, bool):
                    tally[f"{said['kind']} {key}", value] += 1
            prefix = "compiled_" if said["kind"] == "records" else ""
            lines = folder / ("compiled.jsonl" if prefix else "lines.jsonl")
            if not lines.exists():
                tally["records without a compiled release, not given to flatten-tool", True] += 1
                continue
            documents = lines_of(lines)
            for name, kind, source in (
                ("CSV", "csv", folder / f"{prefix}csv_raw"),
                ("CSV with formulas defused", "csv", folder / f"{prefix}csv"),
                ("XLSX", "xlsx", folder / f"{prefix}tables.xlsx"),
            ):
                if "defused" in name and not is_defused(folder / f"{prefix}csv_raw", source):
                    continue
                try:
                    back = unflattened(source, kind, schema, subject, folder / "unflattened.json")
                except Exception as error:  # noqa: BLE001
                    tally[f"flatten-tool unflatten {name}: {type(error).__name__} {str(error)[:70]}", False] += 1
                    continue
                found = set()
                for reason, path in compared(documents, back, subject):
                    found.add(reason)
                    examples.setdefault(reason, f"{said['name']} {path}")
                reasons[name].update(found)
                tally[f"flatten-tool unflatten {name}: the same JSON", not found] += 1
                rest = not set(compared([pruned(one) for one in documents], back, subject))
                tally[f"flatten-tool unflatten {name}: the same but for null and empty", rest] += 1
            try:
                theirs = flattened(documents, subject, folder / "flattened")
                ours = heads(folder / f"{prefix}csv_raw")
                tally["flatten-tool flatten: the same tables", theirs.keys() == ours.keys()] += 1
                lacking = {
                    (table, head) for table in ours for head in ours[table] - theirs.get(table, set())
                }
                tally["flatten-tool flatten: all our columns are its", not lacking] += 1
            except Exception as error:  # noqa: BLE001
                tally[f"flatten-tool flatten: {type(error).__name__} {str(error)[:70]}", False] += 1
            if code == "ocds":
                ocdskit_accepts(said, folder, release_rules, tally)
            if said["kind"] in ("releases", "records", "projects"):
                text = Path(said["file"]).read_bytes()
                try:
                    original = json.loads(text.decode("utf-8-sig"))
                except ValueError:
                    original = json.loads(text.decode("iso-8859-1"))
                written = json.loads((folder / "package.json").read_text(encoding="utf-8"))
                try:
                    new = cove.errors(written, code) - cove.errors(original, code)
                    tally["libcove: no new validation error", not new] += 1
                except Exception as error:  # noqa: BLE001
                    tally[f"libcove stops on it: {type(error).__name__} {str(error)[:70]}", False] += 1
        print(f"== {code}")
        for (what, verdict), count in sorted(tally.items(), key=str):
            print(f"{count:5} {'yes' if verdict else 'NO '} {what}")
            failed |= not verdict and ("_equal" in what or "no new" in what)
        for name, counts in reasons.items():
            print(f"flatten-tool, {name}: files by respect in which what came back is not the same")
            for reason, count in counts.most_common():
                print(f"{count:5} {reason}   e.g. {examples[reason]}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
