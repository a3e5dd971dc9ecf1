//! What a buying process is: its unit, its days, its contracts, and what differs between offices.

use super::calendar::Day;
use super::companies::Company;
use super::words::Category;
use super::written::{Cents, Written};

/// How a supplier was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Anyone may offer.
    Tender,
    /// The office invites three or more.
    Invitation,
    /// The office chooses alone.
    Direct,
}

/// A unit that buys.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Its key in the office.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A buying process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its number in the office.
    pub number: String,
    /// Its unit, as a place in `Office::buyers`.
    pub buyer: usize,
    /// How the supplier was chosen.
    pub method: Method,
    /// What is bought.
    pub category: Category,
    /// What is bought, in words.
    pub object: String,
    /// Open to companies from abroad.
    pub is_international: bool,
    /// When the call was published.
    pub published: Written<Day>,
    /// When the offers were opened.
    pub opened: Written<Day>,
    /// When the award was made.
    pub awarded: Day,
    /// Other companies that offered.
    pub bidders: Vec<Company>,
    /// Its contracts; none when nobody won.
    pub contracts: Vec<Contract>,
    /// A remark of the office.
    pub remark: &'static str,
    /// Part of a planted story: left as it is by `Office::soil`.
    pub is_planted: bool,
}

/// A contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its number in the office.
    pub number: String,
    /// Who sells.
    pub supplier: Company,
    /// The amount of the award.
    pub award: Written<Cents>,
    /// The amount of the contract.
    pub amount: Written<Cents>,
    /// When it was signed.
    pub signed: Written<Day>,
    /// When it starts.
    pub start: Day,
    /// When it ends.
    pub end: Written<Day>,
}

/// What differs between offices.
#[derive(Clone, Copy)]
pub struct Profile {
    /// The code of the source its file becomes.
    pub source: &'static str,
    /// What stands before a process number to make its identifier.
    pub prefix: &'static str,
    /// What its own numbers begin with.
    pub series: &'static str,
    /// What the keys of its units begin with; without it, units are known by name.
    pub unit_keys: Option<&'static str>,
    /// Whether it publishes tax keys of suppliers.
    pub has_tax_keys: bool,
    /// Units for each unit of scale, at most the number of names in `words::UNITS`.
    pub units: usize,
    /// The only method it uses, if there is one.
    pub only: Option<Method>,
}
