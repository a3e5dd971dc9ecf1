"""The findings of this project's checker, in the words of libcove."""

import json
import re
import subprocess
from collections import Counter

from libcove.lib.common import LANGUAGE_RE
from libcoveoc4ids.additional_checks import ORG_PATHS

ERRORS = {
    "required_missing": "required",
    "text_too_short": "minLength",
    "too_few_items": "minItems",
    "too_few_members": "minProperties",
    "number_too_small": "minimum",
    "pattern_wrong": "pattern",
    "not_unique": "uniqueItems",
    "releases_mixed": "oneOf",
    "releases_ambiguous": "oneOf",
}
BY_KIND = {"type_wrong", "number_as_text", "format_wrong", "date_without_zone", "date_without_time"}
CLOSED = {"code_unknown", "currency_unknown"}
# What libcove has no check for; counted, never compared.
BEYOND = {"ocid_differs", "member_repeated", "translation_wrong"}


def run(binary, packs, mode, names):
    lines = subprocess.run(
        [binary, packs, mode],
        input="\n".join(names),
        capture_output=True,
        text=True,
        check=True,
    )
    print("ours:", lines.stderr.strip())
    return [json.loads(line) for line in lines.stdout.splitlines()]


def in_their_words(line, document):
    found = {
        name: Counter()
        for name in (
            "errors closed open additional deprecated ids prefix empty currency party beyond".split()
        )
    }
    is_oc4ids = "projects" in document
    pieces = next((name for name in ("records", "releases") if name in document), None)
    for key, count in line["counts"].items():
        code, holder, kind, path = key.split(" ", 3)
        if code in ERRORS:
            found["errors"][f"{ERRORS[code]} {path}"] += count
        elif code in BY_KIND:
            found["errors"][f"{kind} {path}"] += count
        elif code in CLOSED:
            found["closed"].update({f"{path}={text(value)}": 1 for value in line["values"][key]})
            # Lists of codes that stand outside the release schema are told as errors too.
            is_outside = holder == "LinkedRelease" or "/versionedRelease/" in path
            if is_outside and not is_oc4ids:
                found["errors"][f"enum {path}"] += count
        elif code == "code_not_in_list":
            found["open"].update({f"{path}={text(value)}": 1 for value in line["values"][key]})
        elif code in ("field_additional", "field_inside_additional"):
            # It takes `my_field` for `my` in the language `field`.
            if is_oc4ids or not LANGUAGE_RE.search(path.split("/")[-1]):
                found["additional"][path] += count
            else:
                found["beyond"]["field_additional"] += count
        elif code == "field_deprecated":
            # It does not look for them in the releases of a record.
            if not path.startswith("records/releases/"):
                found["deprecated"][path] += count
            else:
                found["beyond"][code] += count
        elif code == "id_missing":
            if not re.match(r"records/\d+/releases/", path):
                found["ids"][path] += count
            else:
                found["beyond"][code] += count
        elif code == "prefix_wrong":
            found["prefix"][path] += count
        elif code == "empty":
            if is_oc4ids or (pieces and re.match(pieces + r"/\d+/", path)):
                found["empty"][path] += count
            else:
                found["beyond"][code] += count
        elif code == "currency_missing" and is_oc4ids:
            found["currency"][path[: -len("amount")].strip("/")] += count
        elif code == "party_absent" and is_oc4ids and ORG_PATHS.match("/" + path):
            found["party"][path] += count
        else:
            assert code in BEYOND | {"currency_missing", "party_absent"}, code
            found["beyond"][code] += count
    return found


def text(value):
    if value.startswith("["):
        return "[list]"
    return {"null": "None", "true": "True", "false": "False"}.get(value, value)
