//! Suppliers: who is who, as far as an identifier or an exact name says, and no further.
//!
//! One identifier is one supplier, in every office.
//! Without an identifier, one normalised name in one office is one page, and the page says so;
//! the same name in another office is shown as possibly the same, never added up.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::document::{
    BuyerTotal, FlagBrief, Identifier, Listing, ListingEvent, SameName, Supplier, SupplierContract,
    SupplierRef, Total, YearTotal,
};
use crate::format::{mask_rfcs, micro, plain};
use crate::read::{Row, string, text};
use crate::store::Writer;

use super::Tables;
use super::flags::Flags;
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

/// A supplier of an award, with the key of its identity.
pub(super) struct Named {
    /// What a process page shows.
    pub(super) supplier: SupplierRef,
    key: String,
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

/// All suppliers of the run, and the lists that may name them.
pub(super) struct Lines {
    suppliers: BTreeMap<String, Gathered>,
    listings: Listings,
}

impl Lines {
    /// Begins with the published lists and no supplier.
    pub(super) async fn read(tables: &Tables<'_>) -> Result<Self, Error> {
        Ok(Self {
            suppliers: BTreeMap::new(),
            listings: Listings::read(tables).await?,
        })
    }

    /// The suppliers of a slice of processes: process, then award.
    pub(super) async fn named(
        &mut self,
        tables: &Tables<'_>,
        within: &str,
    ) -> Result<BTreeMap<String, BTreeMap<String, Vec<Named>>>, Error> {
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
            "SELECT s.ocid, s.\"source\", s.award_id, s.id, s.name, name_key(s.name) AS name_key, {columns} \
             FROM ocds.award_supplier s {join} WHERE {within} ORDER BY s.ocid, s.award_id, s.id, s.name"
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
        let key = match &rfc {
            Some(rfc) => format!("rfc:{rfc}"),
            None => format!("name:{source}:{name_key}"),
        };
        let id = page_id(&key);
        let supplier = self.suppliers.entry(key.clone()).or_default();
        let name = mask_rfcs(&name);
        *supplier.names.entry(name.clone()).or_default() += 1;
        supplier.name_keys.insert(name_key);
        supplier.source = source;
        if let Some(rfc) = rfc {
            supplier.identifiers.insert(identifier("MX-RFC", &rfc));
            supplier.rfc = Some(rfc);
        } else if let Some(id) = text(row, "identifier_id") {
            supplier
                .identifiers
                .insert(identifier(&string(row, "identifier_scheme"), &id));
        }
        Some(Named {
            supplier: SupplierRef { id, name },
            key,
        })
    }

    /// Gives a supplier a contract.
    pub(super) fn add(&mut self, named: &Named, line: Line) {
        if let Some(supplier) = self.suppliers.get_mut(&named.key)
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
        for (key, supplier) in &self.suppliers {
            for name_key in &supplier.name_keys {
                by_name.entry(name_key).or_default().push(key);
            }
        }
        for (key, supplier) in &self.suppliers {
            let id = page_id(key);
            let others: BTreeSet<&str> = supplier
                .name_keys
                .iter()
                .flat_map(|name_key| &by_name[name_key.as_str()])
                .copied()
                .filter(|other| other != key)
                .collect();
            let same_name = others
                .into_iter()
                .take(SHORT)
                .map(|other| {
                    let gathered = &self.suppliers[other];
                    SameName {
                        id: page_id(other),
                        name: gathered.name(),
                        source: gathered.source.clone(),
                        contracts: gathered.lines.len() as u64,
                    }
                })
                .collect();
            let document =
                supplier.document(&id, same_name, self.listings.of(supplier, files), flags);
            writer.put(&id, &document).await?;
        }
        Ok(self.suppliers.len() as u64)
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

    fn document(
        &self,
        id: &str,
        same_name: Vec<SameName>,
        listings: Vec<Listing>,
        flags: &Flags,
    ) -> Supplier {
        let name = self.name();
        let mut totals: BTreeMap<(String, String), (i128, u64)> = BTreeMap::new();
        let mut years: BTreeMap<(String, String, String), (i128, u64)> = BTreeMap::new();
        let mut buyers: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut about: Vec<FlagBrief> = Vec::new();
        for line in &self.lines {
            *buyers
                .entry((line.buyer.clone(), line.source.clone()))
                .or_default() += 1;
            if about.len() < FLAGS {
                let kind = if line.is_award { "award" } else { "contract" };
                about.extend(
                    flags
                        .about(kind, &format!("{}/{}", line.ocid, line.id))
                        .cloned(),
                );
            }
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
            .map(|line| SupplierContract {
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
            listings,
            same_name,
            flags: about,
        }
    }
}

/// The published lists, by identifier and by name.
#[derive(Default)]
struct Listings {
    rows: Vec<Row>,
    by_rfc: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    events: BTreeMap<String, BTreeSet<ListingEvent>>,
}

impl Listings {
    async fn read(tables: &Tables<'_>) -> Result<Self, Error> {
        // A suppressed identity is nobody: it is not even read.
        let rows = tables
            .rows(
                &["sanction.sanction"],
                "SELECT id, list, authority_name, identifier_id, name, name_key, status, \
                 term_start_date, term_end_date, term_text, file_id, part_id, record, element \
                 FROM sanction.sanction WHERE is_suppressed IS NOT TRUE ORDER BY list, id, file_id, record",
            )
            .await?;
        let mut listings = Self::default();
        for (index, row) in rows.iter().enumerate() {
            if let Some(rfc) = text(row, "identifier_id").and_then(|id| rfc(&id)) {
                listings.by_rfc.entry(rfc).or_default().push(index);
            }
            if let Some(name_key) = text(row, "name_key") {
                listings.by_name.entry(name_key).or_default().push(index);
            }
        }
        let events = tables
            .rows(
                &["sanction.event"],
                "SELECT sanction_id, status, published_where, \"date\" FROM sanction.event \
                 WHERE \"date\" IS NOT NULL ORDER BY sanction_id, \"date\", status, published_where",
            )
            .await?;
        for row in &events {
            listings
                .events
                .entry(string(row, "sanction_id"))
                .or_default()
                .insert(ListingEvent {
                    date: string(row, "date"),
                    status: string(row, "status"),
                    published_where: string(row, "published_where"),
                });
        }
        listings.rows = rows;
        Ok(listings)
    }

    /// The entries that name a supplier: by identifier for certain, by name perhaps.
    fn of(&self, supplier: &Gathered, files: &Files) -> Vec<Listing> {
        let certain: BTreeSet<usize> = supplier
            .rfc
            .as_ref()
            .and_then(|rfc| self.by_rfc.get(rfc))
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let perhaps: BTreeSet<usize> = supplier
            .name_keys
            .iter()
            .filter_map(|name_key| self.by_name.get(name_key))
            .flatten()
            .copied()
            .filter(|index| !certain.contains(index))
            // Two different tax keys are two different taxpayers, whatever their names.
            .filter(|index| {
                let listed = text(&self.rows[*index], "identifier_id").and_then(|id| rfc(&id));
                supplier.rfc.is_none() || listed.is_none()
            })
            .collect();
        certain
            .iter()
            .map(|index| (*index, true))
            .chain(perhaps.iter().map(|index| (*index, false)))
            .take(SHORT)
            .map(|(index, certain)| {
                let row = &self.rows[index];
                let term = match (text(row, "term_start_date"), text(row, "term_end_date")) {
                    (Some(start), Some(end)) => Some(format!("{start} – {end}")),
                    _ => text(row, "term_text"),
                };
                Listing {
                    list: string(row, "list"),
                    certain,
                    name: mask_rfcs(&string(row, "name")),
                    identifier: text(row, "identifier_id").map(|id| mask_rfcs(&id)),
                    authority: text(row, "authority_name"),
                    status: text(row, "status"),
                    term,
                    events: self
                        .events
                        .get(&string(row, "id"))
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect(),
                    origin: Some(files.origin(row)),
                }
            })
            .collect()
    }
}

/// The tax key in an identifier, when it has the shape of one and is not a generic key.
fn rfc(id: &str) -> Option<String> {
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
