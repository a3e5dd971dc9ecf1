//! Who is linked with whom, what people decide, and that decisions outlive every run.

use crate::made::{Rows, list_69b, process};
use crate::support::{Workspace, plain, real_files};

/// Contracts whose suppliers 1 to 6 are on the list too: by name only, since the contracts carry no tax number.
fn linked() -> Workspace {
    let workspace = Workspace::new();
    let contracts = workspace.file("a.csv", Rows::contracts(0, 45).csv());
    let list = workspace.file("lista.csv", list_69b(6));
    workspace.ok(&["add", &contracts, &list]);
    workspace.ok(&["run"]);
    workspace
}

fn pair(workspace: &Workspace, name: &str) -> Vec<String> {
    workspace.lines(&format!(
        "SELECT pair.strength, pair.rule, pair.decision FROM links.pair AS pair
         JOIN links.entity AS one ON one.entity_id = pair.a JOIN links.entity AS other ON other.entity_id = pair.b
         WHERE pair.kind = 'organization' AND name_key(one.name) = name_key('{name}') AND name_key(other.name) = name_key('{name}')"
    ))
}

fn mentions(workspace: &Workspace, rfc: &str) -> i64 {
    workspace.number(&format!(
        "SELECT coalesce(sum(mentions), 0) FROM links.entity WHERE key = 'rfc:{rfc}'"
    ))
}

/// The id of the supplier of that name that has no tax number.
fn supplier(workspace: &Workspace, name: &str) -> String {
    workspace.text(&format!(
        "SELECT entity_id FROM links.entity WHERE kind = 'organization' AND roles = 'supplier' AND name_key(name) = name_key('{name}')"
    ))
}

#[test]
fn a_name_is_possible_and_what_a_person_confirms_outlives_new_files_until_it_is_taken_back() {
    let workspace = linked();
    let (name, rfc) = ("PROVEEDOR INVENTADO 3", "PIN100104AA3");
    assert_eq!(pair(&workspace, name), ["possible | same_name | "]);
    assert_eq!(mentions(&workspace, rfc), 1, "the listing alone");
    let id = supplier(&workspace, name);
    assert!(
        workspace.ok(&["link", "list", name]).contains(&id),
        "a possible pair waits for a person"
    );

    let without_why = workspace.run(&["link", "confirm", &id, rfc]);
    assert_eq!(without_why.code, Some(2), "{}", without_why.stderr);
    workspace.ok(&[
        "link",
        "confirm",
        &id,
        rfc,
        "--why",
        "the public register says so",
        "--who",
        "a person",
    ]);
    let steps = workspace.steps();
    let outcome = |name: &str| {
        let found = steps.iter().find(|(step, _)| step == name);
        found.map(|(_, outcome)| outcome.as_str())
    };
    assert_eq!(outcome("links/organization"), Some("done"));
    assert_eq!(outcome("links/process"), Some("skipped"), "another kind");
    assert_eq!(
        outcome("links/organization/mx_federal__compranet"),
        Some("skipped"),
        "a decision changes nobody's mentions"
    );
    assert_eq!(
        mentions(&workspace, rfc),
        3,
        "the listing and two contracts"
    );
    assert!(pair(&workspace, name).is_empty(), "one entity is no pair");
    let how = workspace.lines("SELECT DISTINCT rule, strength, joined_by FROM links.member WHERE joined_by IS NOT NULL AND role = 'supplier'");
    assert_eq!(how, ["name | certain | person"]);

    let more = workspace.file("b.csv", Rows::contracts(1_003, 1).csv());
    workspace.ok(&["add", &more]);
    workspace.ok(&["run"]);
    assert_eq!(
        mentions(&workspace, rfc),
        4,
        "a new contract of that name joins it"
    );

    workspace.ok(&["link", "undo", name, rfc]);
    workspace.ok(&["run"]);
    assert_eq!(mentions(&workspace, rfc), 1);
    assert_eq!(pair(&workspace, name), ["possible | same_name | "]);
}

#[test]
fn a_rejection_holds_when_new_files_arrive() {
    let workspace = linked();
    let (name, rfc) = ("PROVEEDOR INVENTADO 5", "PIN100106AA5");
    workspace.ok(&[
        "link",
        "reject",
        &supplier(&workspace, name),
        rfc,
        "--why",
        "another address",
    ]);
    for n in [1_005, 2_005] {
        workspace.ok(&["run"]);
        assert_eq!(pair(&workspace, name), ["possible | same_name | reject"]);
        assert!(!workspace.ok(&["link", "list"]).contains(name));
        let more = workspace.file(&format!("{n}.csv"), Rows::contracts(n, 1).csv());
        workspace.ok(&["add", &more]);
    }
    let shown: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["link", "show", rfc, "--json"])).expect("JSON");
    assert_eq!(shown["pairs"][0]["decision"], "reject");
    let held = workspace.ok(&["link", "decisions"]);
    assert!(held.contains("another address"), "{held}");
}

#[test]
fn every_mention_has_one_entity_and_its_row() {
    let workspace = linked();
    assert_eq!(
        workspace.number("SELECT count(*) - count(DISTINCT mention_id) FROM links.member"),
        0
    );
    assert_eq!(
        workspace.number("SELECT count(*) FROM links.mention AS mention LEFT JOIN links.member AS member ON member.mention_id = mention.mention_id WHERE member.entity_id IS NULL"),
        0
    );
    let row = workspace.lines(&format!(
        "SELECT member.role, member.rule, member.strength, supplier.name FROM links.member AS member
         JOIN ocds.award_supplier AS supplier ON supplier.file_id = member.file_id AND supplier.part_id = member.part_id
            AND supplier.record = member.record AND supplier.element = member.element
         WHERE member.role = 'supplier' AND member.subject_id = '{}'",
        process(7)
    ));
    assert_eq!(
        row,
        ["supplier | name | assumed | PROVEEDOR INVENTADO 7 SA DE CV"]
    );
}

/// A file of contracts of sanctioned suppliers pairs each supplier with the name its author took for the same:
/// 88 pairs, 67 of them with equal names. The others must not be linked.
#[test]
fn real_pairs_of_other_companies_are_not_linked() {
    let Some(data) = real_files() else { return };
    let file = data.join("contracting/compranet/contratos_de_sancionados_2010_2016.csv");
    let real = Workspace::new();
    real.ok(&["add", file.to_str().expect("UTF-8")]);
    let table = real.text(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'raw' AND column_name = 'proveedor_contratista'",
    );
    let pairs: Vec<(String, String)> = real
        .sql(&format!("SELECT DISTINCT proveedor_contratista AS supplier, rest FROM raw.\"{table}\" ORDER BY supplier, rest"))
        .iter()
        .map(|row| {
            let rest: serde_json::Value =
                serde_json::from_str(&plain(&row["rest"])).expect("cells beyond the header");
            (plain(&row["supplier"]), plain(&rest["extra_cells"][0]))
        })
        .collect();
    assert_eq!(pairs.len(), 88);

    let made = Workspace::new();
    let mut contracts = Rows::contracts(0, pairs.len());
    for (index, (supplier, _)) in pairs.iter().enumerate() {
        contracts.set(index, "PROVEEDOR_CONTRATISTA", supplier);
    }
    let invented = list_69b(pairs.len());
    let list: Vec<String> = invented
        .lines()
        .enumerate()
        .map(|(line, text)| match line.checked_sub(3) {
            None => text.to_string(),
            Some(index) => text.replace(
                &format!(",PROVEEDOR INVENTADO {} S.A. de C.V.,", index + 1),
                &format!(",\"{}\",", pairs[index].1.replace('"', "\"\"")),
            ),
        })
        .collect();
    let contracts = made.file("a.csv", contracts.csv());
    let list = made.file("lista.csv", list.join("\n") + "\n");
    made.ok(&["add", &contracts, &list]);
    made.ok(&["run"]);
    let linked = made.sql(
        "SELECT pair.rule, one.subject_id, other.name FROM links.pair AS pair
         JOIN links.member AS one ON one.entity_id IN (pair.a, pair.b) AND one.role = 'supplier'
         JOIN links.member AS other ON other.entity_id IN (pair.a, pair.b) AND other.role = 'listed'
         WHERE pair.kind = 'organization' AND pair.strength = 'possible'",
    );
    let is_linked = |index: usize| {
        let found = linked.iter().find(|row| {
            plain(&row["subject_id"]) == process(index)
                && plain(&row["name"]) == pairs[index].1.trim()
        });
        found.map(|row| plain(&row["rule"]))
    };
    let by = |rule: &str| {
        let of_rule = (0..pairs.len()).filter(|index| is_linked(*index).as_deref() == Some(rule));
        of_rule.count()
    };
    assert_eq!(by("same_name"), 67);
    assert_eq!(by("same_words"), 0, "the other 21 are not linked");
}
