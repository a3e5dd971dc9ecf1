//! Looks once more, by brute force, that what was not planted is ordinary.
//!
//! It counts days and companies in its own words and is far stricter than any law: a rule has no excuse to
//! flag what passes here.

use super::buying::{Method, Office, Process};
use super::taxes::Listing;
use anyhow::{Result, ensure};
use std::collections::{HashMap, HashSet};

/// Fails with the first unplanted process that looks unusual.
pub fn is_ordinary(office: &Office, tax_list: &[Listing]) -> Result<()> {
    let ordinary: Vec<&Process> = office
        .processes
        .iter()
        .filter(|process| !process.is_planted)
        .collect();
    calls_are_long(&ordinary)?;
    direct_awards_are_scattered(&ordinary)?;
    shares_are_usual(office)?;
    contracts_keep_to_awards(&ordinary)?;
    let listed: HashSet<&str> = tax_list
        .iter()
        .filter_map(|listing| Some(listing.company.as_ref()?.rfc.as_str()))
        .collect();
    for contract in ordinary.iter().flat_map(|process| &process.contracts) {
        let rfc = contract.supplier.rfc.as_str();
        ensure!(
            !listed.contains(rfc),
            "the ordinary supplier {rfc} is on the tax list"
        );
    }
    Ok(())
}

/// Every tender is open for more than two weeks and a half.
fn calls_are_long(ordinary: &[&Process]) -> Result<()> {
    for process in ordinary
        .iter()
        .filter(|process| process.method == Method::Tender)
    {
        if let (Some(published), Some(opened)) = (process.published.value(), process.opened.value())
        {
            ensure!(
                opened.since(published) >= 18,
                "{} gives little time",
                process.number
            );
        }
    }
    Ok(())
}

/// No unit awards directly to one company twice in two months.
fn direct_awards_are_scattered(ordinary: &[&Process]) -> Result<()> {
    let mut days: HashMap<(usize, &str), Vec<_>> = HashMap::new();
    for process in ordinary
        .iter()
        .filter(|process| process.method == Method::Direct)
    {
        for contract in &process.contracts {
            let group = (process.buyer, contract.supplier.rfc.as_str());
            days.entry(group)
                .or_default()
                .extend(contract.signed.value());
        }
    }
    for ((buyer, rfc), days) in &mut days {
        days.sort();
        for pair in days.windows(2) {
            let gap = pair[1].since(pair[0]);
            ensure!(gap > 60, "unit {buyer} awards to {rfc} twice in {gap} days");
        }
    }
    Ok(())
}

/// A unit that uses every method awards directly in less than two of three contracts of a year.
///
/// Planted units and the office of direct awards are left out.
fn shares_are_usual(office: &Office) -> Result<()> {
    let mut counts: HashMap<(usize, i64), (usize, usize)> = HashMap::new();
    for process in office
        .processes
        .iter()
        .filter(|process| !process.is_planted)
    {
        let count = counts
            .entry((process.buyer, process.awarded.year()))
            .or_default();
        count.1 += process.contracts.len();
        if process.method == Method::Direct {
            count.0 += process.contracts.len();
        }
    }
    for ((buyer, year), (direct, all)) in counts {
        if office.profile.only.is_none() {
            ensure!(
                direct * 3 < all * 2,
                "unit {buyer} awards {direct} of {all} directly in {year}"
            );
        }
    }
    Ok(())
}

/// No contract is above its award.
fn contracts_keep_to_awards(ordinary: &[&Process]) -> Result<()> {
    for contract in ordinary.iter().flat_map(|process| &process.contracts) {
        if let (Some(award), Some(amount)) = (contract.award.value(), contract.amount.value()) {
            ensure!(amount <= award, "{} is above its award", contract.number);
        }
    }
    Ok(())
}
