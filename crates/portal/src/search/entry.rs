//! What is known of a page in the search: by what it is found, and what a result shows of it.

use serde::{Deserialize, Serialize};

/// A page that can be found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// `supplier`, `buyer`, `process`, `work`.
    pub kind: String,
    /// Id of the page.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Numbers and keys: what each is (`ocds.tender.id`, or a scheme), and the number.
    pub ids: Vec<(String, String)>,
    /// Other texts: what each is (`buyer`, `supplier`, `description`, …), and the text.
    pub also: Vec<(String, String)>,
    /// Key of the buyer: source, a slash, and the buyer's id or name.
    pub buyer: String,
    /// Offices that publish it.
    pub sources: Vec<String>,
    /// Authorities; those of the offices when blank.
    pub places: Vec<String>,
    /// Years of its contracts.
    pub years: Vec<String>,
    /// Methods of procurement.
    pub methods: Vec<String>,
    /// Its day, ISO.
    pub date: Option<String>,
    /// Its amount.
    pub amount: Option<String>,
    /// Currency of the amount.
    pub currency: Option<String>,
    /// Tax basis of the amount.
    pub tax_basis: Option<String>,
    /// Contracts behind a supplier or buyer.
    pub contracts: u64,
    /// Flags that are open.
    pub flags: u64,
}
