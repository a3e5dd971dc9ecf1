//! By what each document is found.
//!
//! Documents hold nothing personal and only masked keys, so neither does the index;
//! a key with hidden signs is not indexed at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Award, Contract, FlagBrief, Process, Record, Supplier, SupplierRef, Work};
use crate::format::{has_person_key, mask_rfcs, micro, plain};

use super::entry::Entry;
use super::text::is_hidden;

/// Numbers and other texts of one page.
const LIST: usize = 40;
/// Signs of a long text that are searched.
const LONG: usize = 600;
/// Signs of a buyer's key.
const KEY: usize = 300;

/// A contracting process, by its own numbers and names and those of its contracts.
pub(crate) fn process(process: &Process) -> Entry {
    let tender = &process.tender;
    let contracts = process.contracts.iter().map(|contract| &contract.record);
    let awards = process.awards.iter().map(|award| &award.record);
    let mut entry = Entry {
        kind: "process".to_owned(),
        id: process.ocid.clone(),
        name: process.title.clone(),
        sources: vec![process.source.clone()],
        places: Some(process.place.clone())
            .filter(|place| !place.is_empty())
            .into_iter()
            .collect(),
        methods: of(tender, "procurement_method").into_iter().collect(),
        contracts: process.contracts.len() as u64,
        flags: open(&process.flags),
        ..Entry::default()
    };
    number(&mut entry, "ocds.tender.ocid", Some(process.ocid.clone()));
    number(&mut entry, "ocds.tender.id", of(tender, "id"));
    for contract in contracts.clone() {
        number(&mut entry, "ocds.contract.id", of(contract, "id"));
    }
    // The number of an award is often its place in a list; it counts where there is no contract.
    if process.contracts.is_empty() {
        for award in awards.clone() {
            number(&mut entry, "ocds.award.id", of(award, "id"));
        }
    }
    let (buyer, key) = buyer(
        &process.source,
        tender,
        [
            ("buyer_id", "buyer_name"),
            ("procuring_entity_id", "procuring_entity_name"),
        ],
    );
    entry.buyer = key;
    also(&mut entry, "buyer", buyer);
    also(&mut entry, "buyer", of(tender, "procuring_entity_name"));
    let named: BTreeSet<&str> = process
        .contracts
        .iter()
        .flat_map(|contract: &Contract| &contract.suppliers)
        .chain(
            process
                .awards
                .iter()
                .flat_map(|award: &Award| &award.suppliers),
        )
        .map(|supplier: &SupplierRef| supplier.name.as_str())
        .collect();
    for name in named {
        also(&mut entry, "supplier", Some(name.to_owned()));
    }
    for part in contracts.clone().chain(awards.clone()) {
        also(&mut entry, "title", of(part, "title"));
    }
    also(&mut entry, "description", of(tender, "description"));
    let date = |record: &Record, fields: &[&str]| fields.iter().find_map(|field| of(record, field));
    let mut dates: Vec<String> = contracts
        .clone()
        .filter_map(|contract| date(contract, &["date_signed", "period_start_date"]))
        .chain(awards.clone().filter_map(|award| date(award, &["date"])))
        .collect();
    if dates.is_empty() {
        let fields = [
            "tender_period_start_date",
            "date_published",
            "tender_period_end_date",
        ];
        dates.extend(date(tender, &fields));
    }
    entry.years = dates.iter().filter_map(|date| year(date)).collect();
    entry.date = dates.into_iter().min();
    let total = sum(contracts).or_else(|| sum(awards));
    if let Some((amount, currency, basis)) = total {
        entry.amount = Some(amount);
        entry.currency = currency;
        entry.tax_basis = basis;
    }
    entry
}

/// A work, by its keys, its name and its place.
pub(crate) fn work(work: &Work) -> Entry {
    let project = &work.project;
    let mut entry = Entry {
        kind: "work".to_owned(),
        id: work.id.clone(),
        name: work.title.clone(),
        sources: vec![work.source.clone()],
        places: Some(work.place.clone())
            .filter(|place| !place.is_empty())
            .into_iter()
            .collect(),
        amount: of(project, "budget_amount"),
        currency: of(project, "budget_currency"),
        flags: open(&work.flags),
        ..Entry::default()
    };
    number(&mut entry, "oc4ids.project.id", Some(work.id.clone()));
    number(
        &mut entry,
        "oc4ids.project.other_id",
        of(project, "other_id"),
    );
    for process in &work.processes {
        number(
            &mut entry,
            "oc4ids.contracting_process.ocid",
            Some(process.ocid.clone()),
        );
    }
    let (authority, key) = buyer(
        &work.source,
        project,
        [("public_authority_id", "public_authority_name"); 2],
    );
    entry.buyer = key;
    also(&mut entry, "authority", authority);
    for location in &work.locations {
        let parts = [of(location, "locality"), of(location, "state_name")];
        let named: Vec<String> = parts.into_iter().flatten().collect();
        also(&mut entry, "place", Some(named.join(", ")));
    }
    also(&mut entry, "description", of(project, "description"));
    entry.date = [
        "period_start_date",
        "period_end_date",
        "completion_end_date",
    ]
    .iter()
    .find_map(|field| of(project, field));
    entry.years = work
        .finance
        .iter()
        .filter_map(|line| of(line, "year").and_then(|text| year(&text)))
        .chain(entry.date.as_deref().and_then(year))
        .collect();
    entry
}

/// A supplier, by its names and its keys; the keys of private persons are hidden, so they are no way to it.
pub(crate) fn supplier(supplier: &Supplier) -> Entry {
    let mut entry = Entry {
        kind: "supplier".to_owned(),
        id: supplier.id.clone(),
        name: supplier.name.clone(),
        contracts: supplier.contracts.len() as u64,
        flags: open(&supplier.flags),
        ..Entry::default()
    };
    for identifier in supplier.identifiers.iter().filter(|id| !id.masked) {
        let id = identifier.id.as_str();
        // Some publish the scheme before the key; nobody writes it so.
        let bare = id
            .strip_prefix(identifier.scheme.as_str())
            .and_then(|rest| rest.strip_prefix('-'));
        let bare = bare.filter(|rest| !rest.is_empty()).unwrap_or(id);
        number(&mut entry, &identifier.scheme, Some(bare.to_owned()));
    }
    for name in &supplier.names {
        also(&mut entry, "other_name", Some(name.clone()));
    }
    let mut sets: [BTreeSet<String>; 3] = Default::default();
    for contract in &supplier.contracts {
        sets[0].insert(contract.source.clone());
        sets[1].extend(contract.date.as_deref().and_then(year));
        sets[2].extend(contract.method.clone());
    }
    let [sources, years, methods] = sets;
    entry.sources = sources.into_iter().collect();
    entry.years = years.into_iter().collect();
    entry.methods = methods.into_iter().collect();
    // Sums of different currencies or tax bases are not added; one that is not the only one is no total.
    if let [total] = supplier.totals.as_slice() {
        entry.amount = Some(total.amount.clone());
        entry.currency = Some(total.currency.clone()).filter(|text| !text.is_empty());
        entry.tax_basis = Some(total.tax_basis.clone());
    }
    entry
}

/// Who buys: the name, and the key by which all of its pages are found.
fn buyer(source: &str, record: &Record, fields: [(&str, &str); 2]) -> (Option<String>, String) {
    for (id, name) in fields {
        let name = of(record, name);
        if let Some(id) = of(record, id).or_else(|| name.clone()) {
            let key: String = mask_rfcs(&format!("{source}/{id}"))
                .chars()
                .take(KEY)
                .collect();
            return (name.or(Some(id)), key);
        }
    }
    (None, String::new())
}

fn of(record: &Record, field: &str) -> Option<String> {
    record
        .get(field)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// Adds a number or key, unless a part of it is hidden.
fn number(entry: &mut Entry, what: &str, id: Option<String>) {
    if let Some(id) = id.filter(|id| !is_hidden(id) && !has_person_key(id))
        && entry.ids.len() < LIST
        && entry.ids.iter().all(|(_, other)| *other != id)
    {
        entry.ids.push((what.to_owned(), id));
    }
}

/// Adds a text that is not there yet.
fn also(entry: &mut Entry, what: &str, text: Option<String>) {
    if let Some(text) = text.filter(|text| !text.is_empty())
        && entry.also.len() < LIST
        && *text != entry.name
        && entry.also.iter().all(|(_, other)| *other != text)
    {
        let text = mask_rfcs(&text).chars().take(LONG).collect();
        entry.also.push((what.to_owned(), text));
    }
}

fn open(flags: &[FlagBrief]) -> u64 {
    let open = flags
        .iter()
        .filter(|flag| flag.answer == "flagged" && flag.closed_on.is_none());
    open.count() as u64
}

/// The year of a date, when it is one.
fn year(date: &str) -> Option<String> {
    date.get(..4)
        .filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

/// The sum of amounts in one currency and on one tax basis; none when they are in several.
fn sum<'a>(
    records: impl Iterator<Item = &'a Record>,
) -> Option<(String, Option<String>, Option<String>)> {
    let mut sums: BTreeMap<(Option<String>, Option<String>), i128> = BTreeMap::new();
    for record in records {
        if let Some(amount) = of(record, "value_amount").as_deref().and_then(micro) {
            let key = (of(record, "value_currency"), of(record, "value_tax_basis"));
            *sums.entry(key).or_default() += amount;
        }
    }
    if sums.len() > 1 {
        return None;
    }
    let ((currency, basis), amount) = sums.pop_first()?;
    Some((plain(amount), currency, basis))
}
