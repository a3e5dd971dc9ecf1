//! A table that stands at several places of a document becomes a block for each of them.

use packs::{Folder, Packs};
use standards::{Compiled, RawColumns, compile};

const STANDARD: &str = r#"
code = "s"
version = "1"
title = { es = "s", en = "s" }
"#;
const TABLE: &str = r#"
name = "document"
title = { es = "d", en = "d" }
paths = ["tender/documents[]", "contracts[]/items[]/documents[]", "documents[]"]
key = ["id"]
[[field]]
name = "id"
type = "identifier"
path = "./id"
title = { es = "i", en = "i" }
[[field]]
name = "section"
type = "code"
section = true
title = { es = "s", en = "s" }
[[field]]
name = "item_id"
type = "identifier"
parent_path = "id"
title = { es = "p", en = "p" }
[[field]]
name = "contract_id"
type = "identifier"
parent_path = "../id"
title = { es = "c", en = "c" }
"#;
const PLACE: &str = r#"
code = "x"
kind = "country"
name = { es = "x", en = "x" }
"#;
const SOURCE: &str = r#"
title = { es = "o", en = "o" }
publisher = "o"
place = "x"
publishes = "append"
covers = "all"
[[layout]]
name = "1"
standard = "s"
"#;

fn blocks(mapping: &str) -> Vec<Compiled> {
    let folder = Folder::embedded(&[
        ("standards/s/standard.toml", STANDARD),
        ("standards/s/tables/document.toml", TABLE),
        ("places/x/y/place.toml", PLACE),
        ("places/x/y/z/source.toml", SOURCE),
        ("places/x/y/z/mapping.toml", mapping),
    ]);
    let packs = Packs::read(folder).unwrap();
    let source = packs.sources.values().next().unwrap();
    let lists = [
        "",
        "tender/documents[]",
        "contracts[]",
        "contracts[]/items[]",
    ];
    let mut raw: RawColumns = lists
        .iter()
        .map(|list| (list.to_string(), ["id".to_string()].into()))
        .collect();
    raw.insert(
        "contracts[]/items[]/documents[]".to_string(),
        ["id".to_string()].into(),
    );
    compile(&packs, source, &raw).unwrap()
}

#[test]
fn every_place_that_a_file_has_is_a_block() {
    let blocks = blocks("standard = \"s\"\npaths = true\n");
    let [tender, deep] = blocks.as_slice() else {
        panic!("{} blocks", blocks.len());
    };
    assert!(tender.sql.contains("'tender'"), "{}", tender.sql);
    assert!(!tender.mapped.contains("item_id"));
    assert!(deep.sql.contains("'contracts/items'"), "{}", deep.sql);
    assert!(deep.sql.contains("parent.element = own.parent"));
    assert!(deep.sql.contains("parent_2.element = parent.parent"));
    let mapped: Vec<&str> = deep.mapped.iter().map(String::as_str).collect();
    assert_eq!(mapped, ["contract_id", "id", "item_id", "section"]);
}

#[test]
fn a_mapping_overlays_one_place_and_leaves_the_others() {
    let rule = "[[table]]\ntarget = \"document\"\nlist = \"tender/documents[]\"\n[table.field]\nid = { constant = \"own\" }\n";
    let blocks = blocks(&format!("standard = \"s\"\npaths = true\n{rule}"));
    let own = |block: &&Compiled| block.sql.contains("'own'");
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks.iter().filter(own).count(), 1);
}
