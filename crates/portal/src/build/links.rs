//! Who is who, as the tables of links say: for the pages of suppliers.
//!
//! Suppliers are gathered in memory anyway, so what is linked with them is too; what is linked with nobody who sells
//! is not read, except the entries of published lists.

use std::collections::BTreeMap;

use crate::Error;
use crate::document::{Decision, Linked, LinkedRow};
use crate::format::mask_rfcs;
use crate::read::{Row, count, string, text};

use super::Tables;
use super::listings::LinkedEntry;
use super::origins::Files;

/// Rows of one role shown on a page.
const SHORT: u32 = 20;

/// An entity that sells.
#[derive(Debug, Clone, Default)]
pub(super) struct Entity {
    /// Whether an identifier or a person says who it is; otherwise its name in one source does.
    pub(super) certain: bool,
    /// Its tax number.
    pub(super) rfc: Option<String>,
    /// What a reader should be told.
    pub(super) warnings: Vec<String>,
}

/// Another entity that may be the same, or bears the name and is not.
#[derive(Debug, Clone)]
pub(super) struct Other {
    /// The entity.
    pub(super) id: String,
    /// What it is called.
    pub(super) name: String,
    /// What it does.
    pub(super) roles: String,
    /// The rule that names both.
    pub(super) rule: String,
    /// `possible` or `different`.
    pub(super) strength: String,
    /// What a person decided.
    pub(super) rejected: bool,
    /// Different taxpayers of that name.
    pub(super) homonyms: u64,
}

/// What is linked with suppliers.
#[derive(Default)]
pub(super) struct Links {
    present: bool,
    entities: BTreeMap<String, Entity>,
    others: BTreeMap<String, Vec<Other>>,
    linked: BTreeMap<String, Vec<Linked>>,
    listed: BTreeMap<String, Vec<(String, String)>>,
    decisions: BTreeMap<String, Vec<Decision>>,
    twins: BTreeMap<(String, String), String>,
}

impl Links {
    pub(super) async fn read(tables: &Tables<'_>, files: &Files) -> Result<Self, Error> {
        let mut links = Self {
            present: tables.has("links.member") && tables.has("links.entity"),
            ..Self::default()
        };
        if !links.present {
            return Ok(links);
        }
        let needs = ["links.entity", "links.member", "links.pair"];
        let sql = "SELECT entity_id, strength, rfc, warnings FROM links.entity \
                   WHERE kind = 'organization' AND roles LIKE '%supplier%' ORDER BY entity_id";
        for row in tables.rows(&needs, sql).await? {
            let entity = Entity {
                certain: string(&row, "strength") == "certain",
                rfc: text(&row, "rfc"),
                warnings: codes(&row, "warnings"),
            };
            links.entities.insert(string(&row, "entity_id"), entity);
        }
        links.read_others(tables, &needs).await?;
        links.read_linked(tables, &needs, files).await?;
        let sql = "SELECT entity_id, subject_id, coalesce(joined_by, rule) AS how FROM links.member \
                   WHERE kind = 'organization' AND role = 'listed' ORDER BY entity_id, subject_id";
        for row in tables.rows(&needs, sql).await? {
            let of_entity = links.listed.entry(string(&row, "entity_id")).or_default();
            of_entity.push((string(&row, "subject_id"), string(&row, "how")));
        }
        links.read_decisions(tables, &needs).await?;
        let sql = "SELECT m.source, m.subject_id, m.entity_id FROM links.member m \
                   JOIN links.entity e ON e.kind = m.kind AND e.entity_id = m.entity_id \
                   WHERE m.kind = 'contract' AND e.mentions > 1 ORDER BY m.source, m.subject_id";
        for row in tables.rows(&needs, sql).await? {
            let key = (string(&row, "source"), string(&row, "subject_id"));
            links.twins.insert(key, string(&row, "entity_id"));
        }
        Ok(links)
    }

    async fn read_others(&mut self, tables: &Tables<'_>, needs: &[&str]) -> Result<(), Error> {
        let sql = "SELECT p.a, p.b, p.rule, p.strength, p.decision, p.different, \
                   one.name AS a_name, one.roles AS a_roles, other.name AS b_name, other.roles AS b_roles \
                   FROM links.pair p \
                   JOIN links.entity one ON one.kind = p.kind AND one.entity_id = p.a \
                   JOIN links.entity other ON other.kind = p.kind AND other.entity_id = p.b \
                   WHERE p.kind = 'organization' AND p.strength IN ('possible', 'different') \
                   AND (one.roles LIKE '%supplier%' OR other.roles LIKE '%supplier%') ORDER BY p.a, p.b, p.rule";
        for row in tables.rows(needs, sql).await? {
            for (this, that) in [("a", "b"), ("b", "a")] {
                let id = string(&row, this);
                if !self.entities.contains_key(&id) {
                    continue;
                }
                self.others.entry(id).or_default().push(Other {
                    id: string(&row, that),
                    name: mask_rfcs(&string(&row, &format!("{that}_name"))),
                    roles: string(&row, &format!("{that}_roles")),
                    rule: string(&row, "rule"),
                    strength: string(&row, "strength"),
                    rejected: text(&row, "decision").is_some(),
                    homonyms: count(&row, "different"),
                });
            }
        }
        Ok(())
    }

    /// Where else an entity that sells is named: bids it did not win, quotations, payments, works, purchases of its own.
    async fn read_linked(
        &mut self,
        tables: &Tables<'_>,
        needs: &[&str],
        files: &Files,
    ) -> Result<(), Error> {
        let sql = format!(
            "SELECT * FROM (SELECT m.entity_id, m.role, coalesce(m.joined_by, m.rule) AS how, m.strength, m.source, \
             m.subject_id, m.name, m.file_id, m.part_id, m.record, m.element, \
             row_number() OVER (PARTITION BY m.entity_id, m.role ORDER BY m.source, m.subject_id, m.mention_id) AS place, \
             count(*) OVER (PARTITION BY m.entity_id, m.role) AS of_role \
             FROM links.member m \
             JOIN links.entity e ON e.kind = m.kind AND e.entity_id = m.entity_id \
             LEFT JOIN (SELECT DISTINCT entity_id, source, subject_id FROM links.member \
             WHERE kind = 'organization' AND role = 'supplier') won \
             ON won.entity_id = m.entity_id AND won.source = m.source AND won.subject_id = m.subject_id \
             WHERE m.kind = 'organization' AND e.roles LIKE '%supplier%' AND won.entity_id IS NULL \
             AND m.role IN ('tenderer', 'quoted', 'payee', 'work_supplier', 'work_tenderer', 'buyer')) AS placed \
             WHERE place <= {SHORT} ORDER BY entity_id, role, place"
        );
        for row in tables.rows(needs, &sql).await? {
            let of_entity = self.linked.entry(string(&row, "entity_id")).or_default();
            let role = string(&row, "role");
            if of_entity.last().is_none_or(|linked| linked.role != role) {
                of_entity.push(Linked {
                    role,
                    total: count(&row, "of_role"),
                    rows: Vec::new(),
                });
            }
            if let Some(linked) = of_entity.last_mut() {
                linked.rows.push(LinkedRow {
                    how: string(&row, "how"),
                    strength: string(&row, "strength"),
                    source: string(&row, "source"),
                    subject: string(&row, "subject_id"),
                    name: mask_rfcs(&string(&row, "name")),
                    origin: Some(files.origin(&row)),
                });
            }
        }
        Ok(())
    }

    async fn read_decisions(&mut self, tables: &Tables<'_>, needs: &[&str]) -> Result<(), Error> {
        let sql = "SELECT a, b, evidence FROM links.pair \
                   WHERE kind = 'organization' AND rule = 'person' AND strength = 'certain' ORDER BY a, b";
        for row in tables.rows(needs, sql).await? {
            let evidence: serde_json::Value =
                serde_json::from_str(&string(&row, "evidence")).unwrap_or_default();
            let told = |name: &str| mask_rfcs(evidence[name].as_str().unwrap_or_default());
            let decision = Decision {
                why: told("why"),
                date: told("decided_at").chars().take(10).collect(),
            };
            for side in ["a", "b"] {
                let id = string(&row, side);
                if self.entities.contains_key(&id) {
                    self.decisions.entry(id).or_default().push(decision.clone());
                }
            }
        }
        Ok(())
    }

    pub(super) fn are_present(&self) -> bool {
        self.present
    }

    pub(super) fn entity(&self, id: &str) -> Option<&Entity> {
        self.entities.get(id)
    }

    pub(super) fn others(&self, id: &str) -> &[Other] {
        self.others.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn linked(&self, id: &str) -> Vec<Linked> {
        self.linked.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn decisions(&self, id: &str) -> Vec<Decision> {
        self.decisions.get(id).cloned().unwrap_or_default()
    }

    /// What a contract is called that more than one record publishes.
    pub(super) fn twin(&self, source: &str, subject: &str) -> Option<&str> {
        let key = (source.to_owned(), subject.to_owned());
        self.twins.get(&key).map(String::as_str)
    }

    /// The entries of lists of an entity and of those it may be; none of those that are known to be others.
    pub(super) fn entries(&self, id: &str) -> Vec<LinkedEntry> {
        let own = self.listed.get(id).into_iter().flatten();
        let own = own.map(|(entry, how)| LinkedEntry {
            entry: entry.clone(),
            certain: true,
            how: how.clone(),
            homonyms: 0,
        });
        let perhaps = self
            .others(id)
            .iter()
            .filter(|other| other.strength == "possible" && !other.rejected)
            .flat_map(|other| {
                let listed = self.listed.get(&other.id).into_iter().flatten();
                listed.map(|(entry, _)| LinkedEntry {
                    entry: entry.clone(),
                    certain: false,
                    how: other.rule.clone(),
                    homonyms: other.homonyms,
                })
            });
        own.chain(perhaps).collect()
    }
}

fn codes(row: &Row, column: &str) -> Vec<String> {
    string(row, column)
        .split(';')
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect()
}
