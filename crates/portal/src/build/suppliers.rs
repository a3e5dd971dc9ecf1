//! Suppliers: one page for each entity of `links.entity` that sells.
//!
//! Where nothing was linked, one identifier is one supplier, in every office, and without an identifier one normalised
//! name in one office is one page, and the page says so.
//! Whoever is only possibly the same is shown beside it, never added up.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::document::{
    BuyerTotal, FlagBrief, Identifier, SameName, Supplier, SupplierContract, SupplierRef, Total,
    YearTotal,
};
use crate::format::{mask_rfcs, micro, plain};
use crate::read::{Row, string, text};
use crate::store::Writer;

use super::Tables;
use super::flags::Flags;
use super::links::Links;
use super::listings::{Listings, Wanted};
use super::names::fold;
use super::origins::Files;

/// Contracts kept for one page: the largest suppliers of a country have some thousand.
const CONTRACTS: usize = 20_000;
/// Flags shown on one page.
const FLAGS: usize = 50;
/// Other names, other suppliers and list entries shown on one page.
const SHORT: usize = 50;

/// Keys that stand for nobody in particular: sales to the public, and to foreigners.
const GENERIC: [&str; 2] = ["XAXX010101000", "XEXX010101000"];

/// A supplier of an award.
pub(super) struct Named {
    /// What a process page shows.
    pub(super) supplier: SupplierRef,
}

/// A contract, as the supplier's page lists it.
pub(super) struct Line {
    pub(super) ocid: String,
    pub(super) id: String,
    pub(super) is_award: bool,
    pub(super) title: String,
    pub(super) buyer: String,
    pub(super) source: String,
    pub(super) date: Option<String>,
    pub(super) method: Option<String>,
    pub(super) amount: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) tax_basis: Option<String>,
}

/// What is known of one supplier so far.
#[derive(Default)]
struct Gathered {
    names: BTreeMap<String, u64>,
    name_keys: BTreeSet<String>,
    identifiers: BTreeSet<Identifier>,
    rfc: Option<String>,
    source: String,
    lines: Vec<Line>,
}

/// All suppliers of the run by the id of their page, the lists that may name them, and what they are linked with.
pub(super) struct Lines {
    suppliers: BTreeMap<String, Gathered>,
    listings: Listings,
    links: Links,
}

impl Lines {
    /// Begins with the published lists and no supplier.
    pub(super) async fn read(tables: &Tables<'_>, files: &Files) -> Result<Self, Error> {
        Ok(Self {
            suppliers: BTreeMap::new(),
            listings: Listings::read(tables).await?,
            links: Links::read(tables, files).await?,
        })
    }

    /// The suppliers of a slice of processes: process, then award.
    pub(super) async fn named(
        &mut self,
        tables: &Tables<'_>,
        within: &str,
    ) -> Result<BTreeMap<String, BTreeMap<String, Vec<Named>>>, Error> {
        let (entity, linked) = if self.links.are_present() {
            // The slice of members is cut out before the join, so that a reader need not look at the others.
            let members = within.replace("ocid", "subject_id");
            (
                "m.entity_id",
                format!(
                    "LEFT JOIN (SELECT entity_id, \"source\", subject_id, name, file_id, part_id, record, element \
                     FROM links.member WHERE kind = 'organization' AND table_name = 'ocds.award_supplier' AND {members}) m \
                     ON m.\"source\" = s.\"source\" AND m.subject_id = s.ocid AND m.file_id = s.file_id AND m.part_id = s.part_id \
                     AND m.record = s.record AND m.element = s.element AND (s.name IS NULL OR m.name = s.name)"
                ),
            )
        } else {
            ("NULL", String::new())
        };
        let within = within.replace("ocid", "s.ocid");
        let (columns, join) = if tables.has("ocds.party") {
            (
                "p.identifier_scheme, p.identifier_id, p.identifier_legal_name",
                "LEFT JOIN ocds.party p ON p.ocid = s.ocid AND p.id = s.id AND p.\"source\" = s.\"source\"",
            )
        } else {
            (
                "NULL AS identifier_scheme, NULL AS identifier_id, NULL AS identifier_legal_name",
                "",
            )
        };
        let sql = format!(
            "SELECT s.ocid, s.\"source\", s.award_id, s.id, s.name, name_key(s.name) AS name_key, \
             {entity} AS entity_id, {columns} FROM ocds.award_supplier s {join} {linked} WHERE {within} ORDER BY s.ocid, s.award_id, s.id, s.name"
        );
        let mut named: BTreeMap<String, BTreeMap<String, Vec<Named>>> = BTreeMap::new();
        for row in tables.rows(&["ocds.award_supplier"], &sql).await? {
            let Some(one) = self.name(&row) else { continue };
            let of_award = named
                .entry(string(&row, "ocid"))
                .or_default()
                .entry(string(&row, "award_id"))
                .or_default();
            if of_award
                .iter()
                .all(|other| other.supplier.id != one.supplier.id)
            {
                of_award.push(one);
            }
        }
        Ok(named)
    }

    fn name(&mut self, row: &Row) -> Option<Named> {
        let name = text(row, "name")
            .or_else(|| text(row, "identifier_legal_name"))
            .or_else(|| text(row, "id"))?;
        let source = string(row, "source");
        let name_key = text(row, "name_key").unwrap_or_else(|| fold(&name));
        let rfc = [text(row, "identifier_id"), text(row, "id")]
            .into_iter()
            .flatten()
            .find_map(|id| rfc(&id));
        let id = match (text(row, "entity_id"), &rfc) {
            (Some(entity), _) => entity,
            (None, Some(rfc)) => page_id(&format!("rfc:{rfc}")),
            (None, None) => page_id(&format!("name:{source}:{name_key}")),
        };
        let supplier = self.suppliers.entry(id.clone()).or_default();
        let name = mask_rfcs(&name);
        *supplier.names.entry(name.clone()).or_default() += 1;
        supplier.name_keys.insert(name_key);
        supplier.source = source;
        // What was linked may know the number from another row of the same process.
        let known = self
            .links
            .entity(&id)
            .and_then(|entity| entity.rfc.clone())
            .or(rfc);
        if let Some(rfc) = known {
            supplier.identifiers.insert(identifier("MX-RFC", &rfc));
            supplier.rfc = Some(rfc);
        } else if let Some(id) = text(row, "identifier_id") {
            supplier
                .identifiers
                .insert(identifier(&string(row, "identifier_scheme"), &id));
        }
        Some(Named {
            supplier: SupplierRef { id, name },
        })
    }

    /// Gives a supplier a contract.
    pub(super) fn add(&mut self, named: &Named, line: Line) {
        if let Some(supplier) = self.suppliers.get_mut(&named.supplier.id)
            && supplier.lines.len() < CONTRACTS
        {
            supplier.lines.push(line);
        }
    }

    /// Writes the suppliers' documents; returns how many there are.
    pub(super) async fn write(
        self,
        files: &Files,
        flags: &Flags,
        writer: &mut Writer,
    ) -> Result<u64, Error> {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, supplier) in &self.suppliers {
            for name_key in &supplier.name_keys {
                by_name.entry(name_key).or_default().push(id);
            }
        }
        for (id, supplier) in &self.suppliers {
            let linked = self.links.are_present();
            let same_name = match linked {
                true => self.linked_others(id),
                false => self.same_names(id, supplier, &by_name),
            };
            let wanted = Wanted {
                rfc: supplier.rfc.as_deref(),
                name_keys: &supplier.name_keys,
                linked: linked.then(|| self.links.entries(id)),
            };
            let mut document = supplier.document(id, &self.links, flags);
            document.same_name = same_name;
            document.listings = self.listings.of(&wanted, files);
            document.linked = self.links.linked(id);
            document.decisions = self.links.decisions(id);
            if let Some(entity) = self.links.entity(id) {
                document.by_name_only = !entity.certain;
                document.warnings = entity.warnings.clone();
            }
            writer.put(id, &document).await?;
        }
        Ok(self.suppliers.len() as u64)
    }

    /// Who may be the same, or bears the name and is not: as linked. Those that only stand on lists are shown there.
    fn linked_others(&self, id: &str) -> Vec<SameName> {
        let mut others: Vec<SameName> = self
            .links
            .others(id)
            .iter()
            .filter(|other| other.roles != "listed")
            .map(|other| {
                let gathered = self.suppliers.get(&other.id);
                SameName {
                    id: gathered.map(|_| other.id.clone()).unwrap_or_default(),
                    name: other.name.clone(),
                    source: gathered
                        .map(|gathered| gathered.source.clone())
                        .unwrap_or_default(),
                    contracts: gathered.map_or(0, |gathered| gathered.lines.len() as u64),
                    how: other.rule.clone(),
                    different: other.strength == "different" || other.rejected,
                    homonyms: other.homonyms,
                }
            })
            .collect();
        others.sort_by(|a, b| (a.different, &a.name, &a.id).cmp(&(b.different, &b.name, &b.id)));
        others.truncate(SHORT);
        others
    }

    /// Where nothing was linked: suppliers with an equal name.
    fn same_names(
        &self,
        id: &str,
        supplier: &Gathered,
        by_name: &BTreeMap<&str, Vec<&str>>,
    ) -> Vec<SameName> {
        let others: BTreeSet<&str> = supplier
            .name_keys
            .iter()
            .flat_map(|name_key| &by_name[name_key.as_str()])
            .copied()
            .filter(|other| *other != id)
            .collect();
        others
            .into_iter()
            .take(SHORT)
            .map(|other| {
                let gathered = &self.suppliers[other];
                SameName {
                    id: other.to_owned(),
                    name: gathered.name(),
                    source: gathered.source.clone(),
                    contracts: gathered.lines.len() as u64,
                    how: "same_name".to_owned(),
                    ..SameName::default()
                }
            })
            .collect()
    }
}

impl Gathered {
    /// The name most often written; of equals, the first.
    fn name(&self) -> String {
        self.names
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
            .map(|(name, _)| name.clone())
            .unwrap_or_default()
    }

    /// Everything its contracts say.
    fn document(&self, id: &str, links: &Links, flags: &Flags) -> Supplier {
        let name = self.name();
        let mut totals: BTreeMap<(String, String), (i128, u64)> = BTreeMap::new();
        let mut years: BTreeMap<(String, String, String), (i128, u64)> = BTreeMap::new();
        let mut buyers: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut about: Vec<FlagBrief> = Vec::new();
        let repeated = self.repeated(links);
        for (at, line) in self.lines.iter().enumerate() {
            if about.len() < FLAGS {
                let kind = if line.is_award { "award" } else { "contract" };
                about.extend(
                    flags
                        .about(kind, &format!("{}/{}", line.ocid, line.id))
                        .cloned(),
                );
            }
            // One contract published twice is counted once.
            if repeated.contains(&at) {
                continue;
            }
            *buyers
                .entry((line.buyer.clone(), line.source.clone()))
                .or_default() += 1;
            let Some(amount) = line.amount.as_deref().and_then(micro) else {
                continue;
            };
            let currency = line.currency.clone().unwrap_or_default();
            let basis = line
                .tax_basis
                .clone()
                .unwrap_or_else(|| "unknown".to_owned());
            let year = line
                .date
                .as_deref()
                .and_then(|date| date.get(..4))
                .unwrap_or_default()
                .to_owned();
            let total = totals.entry((currency.clone(), basis.clone())).or_default();
            *total = (total.0 + amount, total.1 + 1);
            let of_year = years.entry((currency, basis, year)).or_default();
            *of_year = (of_year.0 + amount, of_year.1 + 1);
        }
        let total = |currency: &str, tax_basis: &str, (amount, contracts): (i128, u64)| Total {
            currency: currency.to_owned(),
            tax_basis: tax_basis.to_owned(),
            amount: plain(amount),
            contracts,
        };
        let mut buyers: Vec<BuyerTotal> = buyers
            .into_iter()
            .map(|((buyer, source), contracts)| BuyerTotal {
                buyer,
                source,
                contracts,
            })
            .collect();
        buyers.sort_by(|a, b| (b.contracts, &a.buyer).cmp(&(a.contracts, &b.buyer)));
        let mut contracts: Vec<SupplierContract> = self
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| SupplierContract {
                ocid: line.ocid.clone(),
                id: line.id.clone(),
                is_award: line.is_award,
                title: line.title.clone(),
                buyer: line.buyer.clone(),
                source: line.source.clone(),
                date: line.date.clone(),
                method: line.method.clone(),
                amount: line.amount.clone(),
                currency: line.currency.clone(),
                tax_basis: line.tax_basis.clone(),
                repeated: repeated.contains(&at),
            })
            .collect();
        contracts.sort_by(|a, b| (&b.date, &a.ocid, &a.id).cmp(&(&a.date, &b.ocid, &b.id)));
        Supplier {
            id: id.to_owned(),
            names: self
                .names
                .keys()
                .filter(|other| **other != name)
                .take(SHORT)
                .cloned()
                .collect(),
            name,
            identifiers: self.identifiers.iter().cloned().collect(),
            by_name_only: self.rfc.is_none(),
            totals: totals
                .iter()
                .map(|((currency, basis), sum)| total(currency, basis, *sum))
                .collect(),
            years: years
                .iter()
                .map(|((currency, basis, year), sum)| YearTotal {
                    year: year.clone(),
                    total: total(currency, basis, *sum),
                })
                .collect(),
            buyers,
            contracts,
            flags: about,
            ..Supplier::default()
        }
    }

    /// The lines that tell of a contract another line tells of already, in order of source and process.
    fn repeated(&self, links: &Links) -> BTreeSet<usize> {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut repeated = BTreeSet::new();
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        let key = |at: &usize| {
            let line = &self.lines[*at];
            (&line.source, &line.ocid, &line.id)
        };
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        for at in order {
            let line = &self.lines[at];
            let Some(twin) = links.twin(&line.source, &format!("{}/{}", line.ocid, line.id)) else {
                continue;
            };
            if line.is_award || first.insert(twin, at).is_none() {
                continue;
            }
            repeated.insert(at);
        }
        repeated
    }
}

/// The tax key in an identifier, when it has the shape of one and is not a generic key.
pub(super) fn rfc(id: &str) -> Option<String> {
    let upper = id.trim().to_uppercase();
    let bare = upper
        .strip_prefix("MX-RFC-")
        .or_else(|| upper.strip_prefix("RFC-"))
        .unwrap_or(&upper);
    let signs: Vec<char> = bare
        .chars()
        .filter(|sign| !matches!(sign, '-' | ' '))
        .collect();
    let letters = signs
        .len()
        .checked_sub(9)
        .filter(|letters| matches!(letters, 3 | 4))?;
    let shaped = signs[..letters]
        .iter()
        .all(|sign| sign.is_ascii_uppercase() || matches!(sign, 'Ñ' | '&'))
        && signs[letters..letters + 6].iter().all(char::is_ascii_digit)
        && signs[letters + 6..].iter().all(char::is_ascii_alphanumeric);
    let rfc: String = signs.into_iter().collect();
    (shaped && !GENERIC.contains(&rfc.as_str())).then_some(rfc)
}

/// An identifier as a page may show it.
fn identifier(scheme: &str, id: &str) -> Identifier {
    let shown = mask_rfcs(id);
    Identifier {
        scheme: scheme.to_owned(),
        masked: shown != id,
        id: shown,
    }
}

/// The id of a supplier's page: a hash, so that no address holds the key of a private person.
fn page_id(key: &str) -> String {
    Sha256::digest(key.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn tax_keys_are_recognised_in_their_usual_dress() {
        assert_eq!(
            super::rfc("MX-RFC-ABC010203XY1").as_deref(),
            Some("ABC010203XY1")
        );
        assert_eq!(
            super::rfc("rosm-850101-ab1").as_deref(),
            Some("ROSM850101AB1")
        );
        assert_eq!(super::rfc("XAXX010101000"), None);
        assert_eq!(super::rfc("NGA030930KN"), None);
    }
}
