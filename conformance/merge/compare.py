"""Merges processes with ocdsmerge and with us, and says where the two differ. See README.md."""

import argparse
import copy
import json
import random
import subprocess
import sys
import warnings
from collections import Counter, defaultdict
from pathlib import Path

try:
    from ocdsmerge import Merger
    from ocdsmerge.exceptions import DuplicateIdValueWarning
    from ocdsmerge.rules import get_merge_rules
except ImportError:
    sys.exit("compare.py: NOTHING WAS COMPARED: this Python has no ocdsmerge (python -m pip install ocdsmerge)")

DATES = ["2016-01-01T00:00:00Z", "2016-01-01T00:00:00Z", "2016-01-01T06:00:00-06:00", "2016-02-03", "2017-05-05T10:00:00.5Z",
         "2017-05-05T10:00:00Z", "2018-12-31T23:59:59+05:30", "2019-01-01T00:00:00Z", "2020-02-29T12:00:00-03:00"]
TEXTS = ["", "a", "ñandú", "🏛", "1", "None", "2016-01-01T00:00:00Z", "línea\n\"dos\"", "\u2028", "x" * 300, "tender[1]/x", "~]"]
LISTS = ["items", "awards", "contracts", "parties", "documents", "lots", "tenderers", "undeclared", "milestones", "transactions"]
OBJECTS = ["tender", "planning", "value", "period", "budget", "implementation", "classification", "unit", "bids", "extra"]
WHOLE = ["additionalClassifications", "additionalIdentifiers", "submissionMethod", "changes", "deliveryAddresses", "exchangeRates"]
SCALARS = ["title", "description", "status", "amount", "date", "id", "url", "a", "tag", "ocid", "language"]


def schema(path, extensions):
    """A release schema with the extensions below a folder applied as merge patches."""
    merged = json.loads(Path(path).read_text(encoding="utf-8"))
    for file in sorted(Path(extensions).glob("*/release-schema.json")) if extensions else []:
        merged = patched(merged, json.loads(file.read_text(encoding="utf-8")))
    return resolvable(merged, merged["definitions"])


def resolvable(value, definitions):
    """The schema without references to definitions of extensions that are not in the folder."""
    if isinstance(value, list):
        return [resolvable(element, definitions) for element in value]
    if not isinstance(value, dict):
        return value
    name = value.get("$ref", "").rpartition("/")[2] if isinstance(value.get("$ref"), str) else ""
    if value.get("$ref") == f"#/definitions/{name}" and name not in definitions:
        return {}
    return {key: resolvable(element, definitions) for key, element in value.items()}


def patched(target, patch):
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = patched(target.get(key), value)
    return target


def scalar(rnd):
    pick = rnd.random()
    if pick < 0.12:
        return None
    if pick < 0.25:
        return rnd.choice([0, 1, -1, 2, 10**15, 10**18 + 1])
    if pick < 0.35:
        return rnd.choice([0.5, 1.0, 1e15 + 0.5, 123456.78, 1e-7])
    if pick < 0.42:
        return rnd.choice([True, False])
    return rnd.choice(TEXTS)


def member(rnd, name, depth):
    """A member as its name leads to expect; now and then of another shape, if the process is a wild one."""
    if WILD[0] and rnd.random() < 0.03:
        name = rnd.choice(LISTS + OBJECTS + SCALARS)
    if name in LISTS:
        return [record(rnd, depth - 1, ids=True) for _ in range(rnd.choice([0, 1, 1, 2, 3, 6]))]
    if name in WHOLE:
        if rnd.random() < 0.5:
            return [rnd.choice(TEXTS) for _ in range(rnd.randint(0, 3))]
        return [record(rnd, 0, ids=rnd.random() < 0.5) for _ in range(rnd.randint(0, 3))]
    if name in OBJECTS:
        return record(rnd, depth - 1, ids=rnd.random() < 0.3)
    return scalar(rnd)


def record(rnd, depth, ids):
    made = {}
    if ids and rnd.random() < 0.93:
        made["id"] = rnd.choice(["1", "2", "3", "é/]", "a", "b"] if not WILD[0] or rnd.random() < 0.7 else [1, 2, "1", "2", None])
    names = SCALARS + WHOLE if depth <= 0 else SCALARS + WHOLE + LISTS + OBJECTS
    for name in rnd.sample(names, rnd.randint(0, 5)):
        if name != "id":
            made[name] = member(rnd, name, depth)
    return made


WILD = [False]


def process(rnd, number):
    """Releases of one process: each is the one before with things changed, deleted, added."""
    WILD[0] = number % 2 == 1
    releases, last = [], {}
    for index in range(rnd.choice([1, 2, 2, 3, 3, 4, 6, 9])):
        release = copy.deepcopy(last) if rnd.random() < 0.6 else {}
        for name in rnd.sample(OBJECTS + LISTS + SCALARS[:3] + WHOLE, rnd.randint(1, 6)):
            release[name] = member(rnd, name, 3)
        for name in list(release):
            if rnd.random() < 0.08:
                release[name] = None
            elif rnd.random() < 0.08:
                del release[name]
        release.update(ocid=f"ocds-zzz-{number}", id=str(index), date=rnd.choice(DATES), tag=[rnd.choice(["tender", "award"])])
        if WILD[0] and rnd.random() < 0.01:
            del release[rnd.choice(["ocid", "date", "tag", "id"])]
        last = {name: value for name, value in release.items() if name not in ("ocid", "date", "tag", "id")}
        releases.append(release)
    return releases


def documents(path):
    text = path.read_bytes().decode("utf-8-sig")
    try:
        yield json.loads(text)
    except json.JSONDecodeError:
        at, decoder = 0, json.JSONDecoder()
        while at < len(text):
            while at < len(text) and text[at].isspace():
                at += 1
            if at < len(text):
                value, at = decoder.raw_decode(text, at)
                yield value


def releases(value):
    if isinstance(value, list):
        for element in value:
            yield from releases(element)
    elif isinstance(value, dict):
        if "ocid" in value and "releases" not in value and "compiledRelease" not in value and not versioned(value):
            yield value
        for name in ("releases", "records"):
            if isinstance(value.get(name), list):
                yield from releases(value[name])
        if isinstance(value.get("compiledRelease"), dict):
            yield from releases(value["compiledRelease"])


def versioned(value):
    initiation = value.get("initiationType")
    return isinstance(initiation, list)


def shared(root):
    """Processes by folder and ocid; a file is read in the order of its name."""
    groups, unread = defaultdict(list), []
    for path in sorted(Path(root).rglob("*")):
        if path.suffix not in (".json", ".jsonl"):
            continue
        try:
            for value in documents(path):
                for release in releases(value):
                    groups[str(path.parent), str(release["ocid"])].append(release)
        except (UnicodeDecodeError, json.JSONDecodeError):
            unread.append(str(path))
    return list(groups.values()), unread


def theirs(merger, group, kind):
    group = copy.deepcopy(group)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            made = getattr(merger, f"create_{kind}_release")(group)
        except Exception as error:  # noqa: BLE001 - its refusal is a result
            return None, f"{type(error).__name__}: {error}", 0
    return made, None, sum(issubclass(warning.category, DuplicateIdValueWarning) for warning in caught)


def in_order(value):
    return json.dumps(value, ensure_ascii=False)


def first_difference(a, b, path=""):
    """The first path at which two results differ, and what stands there."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *b]:
            if key not in a or key not in b:
                return f"{path}/{key}", a.get(key, "(absent)"), b.get(key, "(absent)")
            if not same(a[key], b[key]):
                return first_difference(a[key], b[key], f"{path}/{key}")
    if isinstance(a, list) and isinstance(b, list):
        for index, (one, other) in enumerate(zip(a, b, strict=False)):
            if not same(one, other):
                return first_difference(one, other, f"{path}/{index}")
    return path, a, b


def same(a, b):
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) in (int, float) and type(b) in (int, float) and a == b or type(a) is type(b) and a == b


def compare(name, groups, command, merger, show):
    lines = "".join(json.dumps({"releases": group}) + "\n" for group in groups)
    ours = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    count, shown = Counter(), 0
    results = ours.stdout.split("\n")
    for group, line in zip(groups, results, strict=False):
        result = json.loads(line)
        for kind in ("compiled", "versioned"):
            made, error, repeated = theirs(merger, group, kind)
            said = result[f"{kind}_warnings"]
            refused = any(warning["refused"] for warning in said)
            counted = sum(warning["code"] == "release_id_repeated" for warning in said)
            if error:
                verdict = "refused by both" if refused else "REFUSED BY OCDSMERGE ONLY"
            elif refused:
                verdict = "REFUSED BY US ONLY"
            elif not same(made, result[kind]):
                verdict = "DIFFERENT"
            elif repeated != counted:
                verdict = "EQUAL, BUT OTHER IDS REPEATED"
            elif in_order(made) != in_order(result[kind]):
                verdict = "equal, members in another order"
            else:
                verdict = "equal, in order"
            count[kind, verdict] += 1
            if verdict.isupper() or verdict.startswith("EQUAL") or "only" in verdict.lower():
                shown += 1
                if shown <= show:
                    print(f"--- {kind} {verdict} {error or ''}")
                    print("  ocid:", group[0].get("ocid"), "warnings:", in_order(said)[:400])
                    path, mine, other = first_difference(made, result[kind])
                    print(f"  at {path}\n    theirs: {in_order(mine)[:400]}\n    ours:   {in_order(other)[:400]}")
    print(f"{name}: {len(groups)} processes, {sum(map(len, groups))} releases")
    for (kind, verdict), found in sorted(count.items()):
        print(f"  {kind:9} {found:6} {verdict}")
    return shown


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", required=True, help="the release schema that ocdsmerge reads")
    parser.add_argument("--extensions", help="folder of extensions applied to it: NAME/release-schema.json")
    parser.add_argument("--shared", help="folder of published files")
    parser.add_argument("--generated", type=int, default=5000, help="how many processes are made up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5, help="how many differences are printed")
    parser.add_argument("ours", nargs="+", help="the command that merges JSON lines")
    options = parser.parse_args()
    rules = get_merge_rules(schema(options.schema, options.extensions))
    merger, differences = Merger(merge_rules=rules), 0
    if options.shared:
        groups, unread = shared(options.shared)
        differences += compare("published", groups, options.ours, merger, options.show)
        for path in unread:
            print("  not UTF-8 or not JSON, left out:", path)
    else:
        print("published: SKIPPED, no --shared")
    rnd = random.Random(options.seed)
    groups = [process(rnd, number) for number in range(options.generated)]
    differences += compare("generated", groups, options.ours, merger, options.show)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
