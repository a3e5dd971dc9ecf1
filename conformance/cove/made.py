"""Small documents, each with something wrong: what a checker must survive, and tell as the others tell it."""

import copy
import json

RELEASE = {
    "ocid": "ocds-abc123-1",
    "id": "1",
    "date": "2024-01-01T00:00:00Z",
    "tag": ["tender"],
    "initiationType": "tender",
    "parties": [{"id": "B", "name": "Buyer", "roles": ["buyer"]}],
    "buyer": {"id": "B", "name": "Buyer"},
    "tender": {
        "id": "t1",
        "title": "Roads",
        "status": "active",
        "value": {"amount": 10, "currency": "MXN"},
        "items": [{"id": "i1", "quantity": 1}],
        "tenderPeriod": {"startDate": "2024-01-01T00:00:00Z"},
    },
    "awards": [{"id": "a1", "status": "active", "suppliers": [{"id": "S", "name": "Firm"}]}],
    "contracts": [{"id": "c1", "awardID": "a1"}],
}
HEAD = {
    "uri": "https://example.org/1",
    "version": "1.1",
    "publishedDate": "2024-01-01T00:00:00Z",
    "publisher": {"name": "P"},
}
PROJECT = {
    "id": "oc4ids-abc123-1",
    "title": "Bridge",
    "status": "implementation",
    "sector": ["transport"],
    "publicAuthority": {"id": "P", "name": "Works"},
    "parties": [{"id": "P", "name": "Works", "roles": ["publicAuthority"]}],
    "budget": {"amount": {"amount": 5, "currency": "MXN"}},
    "locations": [{"id": "1", "geometry": {"type": "Point", "coordinates": [1.5, 2]}}],
}
LINK = {"url": "https://example.org/1#1", "date": "2024-01-01T00:00:00Z", "tag": ["tender"]}
RAW = "https://raw.githubusercontent.com/open-contracting-extensions"
GONE = object()


def changed(base, changes):
    made = copy.deepcopy(base)
    for path, value in changes.items():
        at = made
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        for step in steps:
            at = at[step]
        if value is GONE:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return made


def versions(value, **rest):
    return [{"releaseDate": "2024-01-01T00:00:00Z", "releaseID": "1", "releaseTag": ["tender"], "value": value} | rest]


RELEASES = {
    "nothing wrong": {},
    "required fields missing": {"tender/id": GONE, "date": GONE, "contracts/0/awardID": GONE},
    "text where a number belongs": {"tender/value/amount": "10.5", "tender/items/0/quantity": "many"},
    "number where a text belongs": {"tender/title": 5, "id": 7, "initiationType": 3},
    "object where a list belongs": {"awards": {"id": "a1", "status": "odd"}, "tender/items": {"id": "x", "odd": 1}},
    "list where an object belongs": {"tender": [{"id": "t1", "status": "odd", "odd": 1}], "buyer": []},
    "text where an object belongs": {"tender/value": "10 MXN", "planning": "none", "parties/0": "B"},
    "numbers of many digits": {"tender/value/amount": 10**15 + 1, "tender/items/0/quantity": 1e300},
    "whole number with a point": {"tender/id": 1.0, "tender/numberOfTenderers": 2.0},
    "true where a number belongs": {"tender/numberOfTenderers": True, "tender/hasEnquiries": 1},
    "dates": {
        "date": "2024-02-30T00:00:00Z",
        "tender/tenderPeriod/startDate": "2024-01-01T00:00:00",
        "tender/tenderPeriod/endDate": "2024-01-01",
        "tender/tenderPeriod/maxExtentDate": "2024-01-01t10:00:00.5-06:00",
        "awards/0/date": "",
        "contracts/0/dateSigned": "2024-01-01T24:00:00Z",
    },
    "addresses": {
        "tender/documents": [
            {"id": str(n), "url": url}
            for n, url in enumerate(
                "example.org/a|http://a b|http://[::1]/|http://x/á|a:|http://a/%zz|//a|http://a:x/|urn:a:b#c#d||HTTP://A?b/[c]|x:y|http://[fe80::1%25en0]/|http://a@b@c/".split("|")
            )
        ]
    },
    "unknown codes": {
        "tender/status": "odd",
        "tender/value/currency": "PESOS",
        "tender/procurementMethod": "",
        "tag": ["tender", "odd", None, 5],
        "tender/submissionMethod": ["odd", "written"],
        "parties/0/roles": ["odd", ""],
        "tender/awardCriteria": 5,
        "tender/mainProcurementCategory": ["goods", "odd"],
        "initiationType": "odd",
    },
    "identifiers twice": {
        "awards/1": {"id": "a1"},
        "awards/2": {"id": "a1"},
        "tender/items/1": {"id": "i1"},
        "parties/1": {"id": "B"},
    },
    "elements without identifier twice": {"awards/1": {"title": "x"}, "awards/2": {"title": "x"}, "awards/3": {"id": "a1"}},
    "elements of several kinds": {"awards/1": "text", "awards/2": None, "awards/3": [1], "tag": "tender"},
    "too short": {"id": "", "ocid": "", "tender/id": "", "tag": [], "awards/0/items": []},
    "blank": {
        "tender/title": " \u00a0\t",
        "tender/items": [],
        "planning": {},
        "tender/documents": [{}, {"id": "1", "title": ""}],
        "tender/submissionMethod": ["", []],
        "odd": {"a": "", "b": [], "c": [{"d": {}}, [], " "]},
    },
    "nulls": {"tender": None, "awards": None, "buyer/name": None, "date": None, "parties/0/id": None},
    "identifiers missing": {
        "parties/0/id": GONE,
        "awards/0/suppliers/0/id": GONE,
        "tender/amendments": [{"rationale": "r"}],
        "relatedProcesses": [{"title": "t"}],
        "parties/0/additionalIdentifiers": [{"scheme": "x"}],
        "tender/items/0/additionalClassifications": [{"scheme": "CPV"}],
    },
    "additional fields": {
        "odd": {"inner": [{"deep": 1}, {"deep": {"er": 2}}]},
        "oddity": 1,
        "tender/value/tax": 1,
        "awards/0/odd": "x",
    },
    "translations": {
        "tender/title_es": "Caminos",
        "tender/title_es-MX": 5,
        "tender/description_xx": {"a": 1},
        "tender/my_field": 1,
        "tender/status_es": "activa",
        "tender/title_": "x",
        "tender/title_1": "x",
    },
    "deprecated fields": {
        "tender/amendment": {"changes": [{"property": "x"}]},
        "awards/0/suppliers/0/address": {"locality": "x"},
        "buyer/identifier": {"id": "1"},
        "contracts/0/implementation": {
            "transactions": [{"id": "1", "amount": {"amount": 1}, "providerOrganization": {"id": "x"}}]
        },
        "planning": {"budget": {"source": "https://example.org"}},
    },
    "prefix": {"ocid": "1234"},
    "prefix in capitals": {"ocid": "OCDS-abc123-1"},
    "party absent": {"buyer/id": "ABSENT", "parties": GONE},
    "lists in lists": {"awards": [[{"id": "a"}]], "tag": [["tender"]], "tender/items": [[]]},
    "scalars with members": {"tender/title": {"es": "x"}, "tender/status": {"a": "b"}, "tag": [{"a": 1}]},
}


def documents():
    found = []
    add = lambda name, value: found.append((name, value if isinstance(value, str) else json.dumps(value)))
    package = lambda releases, **rest: HEAD | {"releases": releases} | rest
    for name, changes in RELEASES.items():
        release = changed(RELEASE, changes)
        add(name, package([release]))
        record = {"ocid": release.get("ocid", "x"), "releases": [release], "compiledRelease": release}
        add(name + ", in a record", HEAD | {"records": [record]})
    two = [RELEASE, RELEASE]
    add("releases twice", package(two))
    add("releases twice, one without id", package(two + [changed(RELEASE, {"id": GONE})]))
    add("releases of two processes", package([RELEASE, changed(RELEASE, {"ocid": "ocds-abc123-2"})]))
    add("no releases", package([]))
    add("releases is an object", package({"0": RELEASE}))
    add("releases are texts", package(["a", None]))
    add("package fields", package([RELEASE], publisher="P", uri="x", publishedDate="2024", odd=1, version="1.1"))
    add("package without fields", {"releases": [RELEASE]})
    add("nothing at all", {})
    add("two empty lists", HEAD | {"releases": [], "records": []})
    record = {"ocid": "ocds-abc123-1", "releases": [LINK]}
    records = lambda *all: HEAD | {"records": list(all)}
    add("linked releases", records(record))
    add("linked releases, wrong", records(record | {"releases": [LINK | {"date": "x", "tag": ["odd", None]}, {"odd": 1}]}))
    add("linked and embedded", records(record | {"releases": [LINK, RELEASE]}))
    add("link and release at once", records(record | {"releases": [RELEASE | {"url": "https://example.org"}]}))
    add("no linked releases", records(record | {"releases": []}))
    add("releases of a record are an object", records(record | {"releases": {"a": 1}}))
    add("records twice", records(record, record))
    add("records of nothing", records({}, "a", {"ocid": 5}))
    add("records have other fields", records(record | {"odd": 1}) | {"packages": ["x", "x"], "odd": 2})
    versioned = {
        "ocid": "ocds-abc123-1",
        "initiationType": versions("tender"),
        "tender": {
            "id": versions("t1"),
            "title": versions("Roads") + versions(5, releaseDate="x", releaseTag="tender", odd=1),
            "status": versions("odd"),
            "items": [{"id": "i1", "description": versions("x"), "quantity": 1}, {"id": "i1"}],
            "value": {"amount": versions("10"), "currency": versions("PESOS")},
            "submissionMethod": versions(["odd"]),
            "odd": versions("x"),
            "title_es": versions("x"),
        },
        "parties": [{"name": versions("x"), "additionalIdentifiers": versions([{"id": "1"}, {"id": 1.5}])}],
        "awards": [{"title": versions("x")}],
        "buyer": {"id": versions("B"), "name": "Buyer"},
        "date": "2024-01-01T00:00:00Z",
    }
    add("versioned release", records(record | {"versionedRelease": versioned}))
    add("versioned release is empty", records(record | {"versionedRelease": {}}))
    names = ["lots", "bid", "location", "budget_breakdown", "participationFee", "beneficialOwners", "enquiry"]
    names += ["exchangeRate", "partyDetails_scale", "process_title", "subcontracting", "contract_suppliers"]
    extended = changed(
        RELEASE,
        {
            "title": "x",
            "tender/lots": [{"id": "1", "value": {"amount": "x"}, "status": "odd"}, {"title": 5}],
            "bids": {"details": [{"id": "1", "status": "odd", "date": "x"}, {"id": "1"}], "statistics": [{}]},
            "tender/participationFees": [{"id": "1", "type": ["odd"], "relativeValue": {"proportion": -1}}],
            "tender/enquiries": [{"id": 1, "author": {"name": ""}}],
            "tender/items/0/deliveryLocation": {"geometry": {"type": "odd", "coordinates": [[1], "x", 2]}},
            "parties/0/details": {"scale": "odd", "listedOnRegulatedMarket": "no", "odd": 1},
            "parties/0/beneficialOwners": [{"id": "1", "nationalities": ["MX", "XX", "MX"], "email": "x"}],
            "planning": {"budget": {"budgetBreakdown": [{"id": "1", "sourceParty": {"id": "Z"}}], "amount": {"exchangeRates": []}}},
            "awards/0/subcontracting": {"minimumPercentage": -1, "subcontracts": []},
            "awards/0/relatedBid": "1",
            "contracts/0/suppliers": [],
        },
    )
    add("extensions not declared", package([extended]))
    for name in names:
        add(f"extension {name}", package([extended], extensions=[f"{RAW}/ocds_{name}_extension/1.1/extension.json"]))
    add("all extensions", package([extended], extensions=[f"{RAW}/ocds_{n}_extension/1.1/extension.json" for n in names]))
    add("extensions are texts", package([RELEASE], extensions="x"))
    projects = lambda *all: HEAD | {"version": "0.9", "projects": list(all)}
    add("project", projects(PROJECT))
    project = lambda **changes: projects(changed(PROJECT, {k.replace("__", "/"): v for k, v in changes.items()}))
    add("project without prefix", project(id="1"))
    add("project with prefix only", project(id="oc4ids-abc123"))
    add("project without id", project(id=GONE))
    add("projects twice", projects(PROJECT, PROJECT))
    add("no projects", projects())
    add("project is empty", projects({}))
    add("project values", project(budget__amount={"amount": "5"}, budget__approvalDate="2024", period={}, title="", sector=[]))
    add("project codes", project(status="odd", sector=["odd", "odd"], type="", parties=[{"id": "P", "roles": ["odd"]}]))
    add("project parties", project(parties=GONE, publicAuthority={"id": "Z"}))
    add("project fields", project(odd=1, title_es="x", locations=[{"id": "1", "geometry": {"type": "odd", "coordinates": ["x"]}}]))
    add(
        "project processes",
        project(
            contractingProcesses=[
                {
                    "id": "1",
                    "summary": {
                        "ocid": "ocds-abc123-1",
                        "nature": ["odd"],
                        "suppliers": [{"id": "Z"}, {"name": "x"}],
                        "tender": {"tenderers": [{"id": "P"}], "procuringEntity": {"id": ""}, "costEstimate": {}},
                        "contractValue": {"amount": 0},
                        "transactions": [{"id": 1, "value": {"currency": "X"}}],
                    },
                    "releases": [{"id": "1", "tag": ["odd"], "date": "x", "url": "y"}],
                },
                {"id": "1"},
                {},
            ]
        ),
    )
    return found
