"""The findings of libcoveocds and libcoveoc4ids for one document, by category, as counts of paths."""

import json
import re
from collections import Counter

import libcoveoc4ids.config
import libcoveoc4ids.schema
import libcoveocds.config
import libcoveocds.schema
from libcove.lib.common import (
    _get_schema_deprecated_paths,
    get_json_data_deprecated_fields,
    get_json_data_generic_paths,
)
from libcoveoc4ids.common_checks import common_checks_oc4ids
from libcoveocds.common_checks import common_checks_ocds

REQUIRED = re.compile(r"^'([^']+)' is missing")


class Theirs:
    def __init__(self, shelf):
        self.shelf = shelf
        self.schemas = {}

    def check(self, document):
        if "projects" in document:
            return self.oc4ids(document)
        return self.ocds(document)

    def ocds(self, document):
        is_record = "records" in document
        extensions = document.get("extensions")
        key = (is_record, json.dumps(extensions), json.dumps(document.get("version")))
        if key not in self.schemas:
            config = libcoveocds.config.LibCoveOCDSConfig()
            config.config["context"] = "api"
            config.config["skip_aggregates"] = True
            config.config["standard_zip"] = f"file://{self.shelf.standards / 'ocds-1.1.5.zip'}"
            self.schemas[key] = libcoveocds.schema.SchemaOCDS(
                None, document, config, record_pkg=is_record
            )
        schema = self.schemas[key]
        context = common_checks_ocds({"file_type": "json"}, "", document, schema, cache=False)
        if "validation_errors" not in context or schema.json_deref_error:
            raise RuntimeError(f"no verdict: {schema.json_deref_error}")
        found = self.shared(document, schema, context)
        found["prefix"] = Counter(
            path for _, path in context.get("conformance_errors", {}).get("ocds_prefixes_bad_format", [])
        )
        empty = context["additional_checks"].get("empty_field", [])
        found["empty"] = Counter(item["json_location"] for item in empty)
        return found

    def oc4ids(self, document):
        if "oc4ids" not in self.schemas:
            self.schemas["oc4ids"] = libcoveoc4ids.schema.SchemaOC4IDS(
                libcoveoc4ids.config.LibCoveOC4IDSConfig()
            )
        schema = self.schemas["oc4ids"]
        context = common_checks_oc4ids({"file_type": "json"}, "", document, schema, cache=False)
        found = self.shared(document, schema, context)
        checks = {check["check_id"]: check for check in context["additional_checks"]}
        paths = lambda name: [path.strip("/") for path in checks.get(name, {}).get("paths", [])]
        found["empty"] = Counter(paths("missing-values"))
        found["currency"] = Counter(re.sub(r"/\d+(?=/|$)", "", path) for path in paths("missing-currency"))
        found["party"] = Counter(paths("missing-org-refs"))
        found["prefix"] = Counter(
            item["path"].strip("/")
            for check in context["conformance_checks"]
            for item in check["path_values"]
        )
        return found

    def shared(self, document, schema, context):
        errors = Counter()
        for text, places in context["validation_errors"]:
            error = json.loads(text)
            path = error["path_no_number"]
            if error["message_type"] == "required":
                path = f"{path}/{REQUIRED.match(error['message'])[1]}".strip("/")
            errors[f"{error['message_type']} {path}"] += len(places)
        codes = lambda kind: Counter(
            # Ours tell the beginning of a value, and of a list that it is one.
            f"{path}={'[list]' if value.startswith('[') else value[:100]}"
            for path, item in context[f"additional_{kind}_codelist_values"].items()
            for value in item["values"]
        )
        # One path for each field name is told there; here all are, found by its own functions.
        generic = get_json_data_generic_paths(document, generic_paths={})
        deprecated = Counter()
        for path, _ in _get_schema_deprecated_paths(schema):
            count = sum(1 for place in generic.get(path, {}) if not isinstance(place[-1], int))
            if count:
                deprecated["/".join(path)] = count
        told = {path.split("/")[-1] for path in deprecated}
        assert told == set(get_json_data_deprecated_fields(generic, schema))
        missing = context.get("structure_warnings", {}).get("missing_ids", [])
        return {
            "errors": errors,
            "closed": codes("closed"),
            "open": codes("open"),
            "additional": Counter(
                {path.strip("/"): info["count"] for path, info in context["additional_fields"].items()}
            ),
            "deprecated": deprecated,
            "ids": Counter(missing),
        }
