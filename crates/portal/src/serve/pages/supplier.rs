//! A supplier: its contracts, who buys, and the published lists that may name it.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{SameName, Supplier, SupplierContract, YearTotal};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};

/// Contracts on one page.
const SIZE: usize = 25;
/// Buyers on a page before the rest is summed up.
const BUYERS: usize = 12;

#[derive(Template)]
#[template(path = "supplier.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    supplier: Supplier,
    years: Vec<YearView>,
    contracts: Vec<SupplierContract>,
    total: u64,
    other_buyers: u64,
    pages: Pages,
}

struct YearView {
    year: String,
    amount: String,
    contracts: u64,
    basis: String,
    bar: String,
}

pub(crate) fn draw(frame: &mut Frame<'_>, supplier: Supplier) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(
        &supplier.name,
        w.t("supplier_kicker"),
        &[(w.t("search_title"), w.search())],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &supplier),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "supplier_id",
                "supplier",
                "by_name_only",
                "ocid",
                "id",
                "kind",
                "title",
                "buyer",
                "source",
                "date",
                "method",
                "amount",
                "currency",
                "tax_basis",
                "repeated",
            ]);
            let or = |text: &Option<String>| text.clone().unwrap_or_default();
            for contract in &supplier.contracts {
                csv.row(&[
                    supplier.id.clone(),
                    supplier.name.clone(),
                    supplier.by_name_only.to_string(),
                    contract.ocid.clone(),
                    contract.id.clone(),
                    if contract.is_award {
                        "award"
                    } else {
                        "contract"
                    }
                    .to_owned(),
                    contract.title.clone(),
                    contract.buyer.clone(),
                    contract.source.clone(),
                    or(&contract.date),
                    or(&contract.method),
                    or(&contract.amount),
                    or(&contract.currency),
                    or(&contract.tax_basis),
                    contract.repeated.to_string(),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let pages = Pages::of(frame, supplier.contracts.len(), SIZE);
            let view = View {
                years: years(frame, &supplier.years),
                contracts: pages.slice(&supplier.contracts, SIZE).to_vec(),
                total: supplier.contracts.len() as u64,
                other_buyers: supplier
                    .buyers
                    .iter()
                    .skip(BUYERS)
                    .map(|buyer| buyer.contracts)
                    .sum(),
                pages,
                supplier,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

/// Years with their bars; lengths are compared only within one currency and tax basis.
fn years(frame: &Frame<'_>, years: &[YearTotal]) -> Vec<YearView> {
    let length = |year: &YearTotal| format::length(Some(&year.total.amount)).unwrap_or(0.0);
    let alike = |a: &YearTotal, b: &YearTotal| {
        (&a.total.currency, &a.total.tax_basis) == (&b.total.currency, &b.total.tax_basis)
    };
    years
        .iter()
        .map(|year| {
            let most = years
                .iter()
                .filter(|other| alike(other, year))
                .map(length)
                .fold(f64::EPSILON, f64::max);
            YearView {
                year: if year.year.is_empty() {
                    frame.w.t("year_unknown").to_owned()
                } else {
                    year.year.clone()
                },
                amount: format::money(&year.total.amount, Some(&year.total.currency)),
                contracts: year.total.contracts,
                basis: frame.w.code("tax", &year.total.tax_basis).to_owned(),
                bar: chart::bar(&[("brand", length(year) / most)]),
            }
        })
        .collect()
}

impl View<'_> {
    fn buyers(&self) -> &[crate::document::BuyerTotal] {
        &self.supplier.buyers[..self.supplier.buyers.len().min(BUYERS)]
    }

    fn buyer_bar(&self, contracts: &u64) -> String {
        let most = self
            .supplier
            .buyers
            .iter()
            .map(|buyer| buyer.contracts)
            .max()
            .unwrap_or(0)
            .max(1);
        chart::bar(&[("brand", *contracts as f64 / most as f64)])
    }

    /// How something was linked, and how many bear the name.
    fn how(&self, rule: &str, homonyms: &u64) -> String {
        let w = self.p.w;
        let how = match rule {
            "person" => w.t("link_person"),
            rule => self.p.site.texts.link(rule, w.lang()),
        };
        let how = w.with("link_how", "how", how);
        match homonyms {
            0 | 1 => how,
            many => format!(
                "{how} {}",
                w.with("link_homonyms", "n", format::count(*many))
            ),
        }
    }

    fn linked_how(&self, rule: &str) -> String {
        self.how(rule, &0)
    }

    fn possible(&self) -> Vec<&SameName> {
        let others = self.supplier.same_name.iter();
        others.filter(|other| !other.different).collect()
    }

    fn different(&self) -> Vec<&SameName> {
        let others = self.supplier.same_name.iter();
        others.filter(|other| other.different).collect()
    }

    fn subject_href(&self, role: &str, subject: &str) -> String {
        match role {
            "work_supplier" | "work_tenderer" => self.p.w.work(subject),
            _ => self.p.w.contract(subject),
        }
    }

    fn contract_href(&self, contract: &SupplierContract) -> String {
        let id = if contract.id.is_empty() {
            contract.ocid.clone()
        } else {
            format!("{}/{}", contract.ocid, contract.id)
        };
        self.p.w.contract(&id)
    }

    fn method(&self, contract: &SupplierContract) -> String {
        let method = contract.method.as_deref().unwrap_or_default();
        self.p
            .site
            .texts
            .code("ocds.tender.procurement_method", method, self.p.w.lang())
            .to_owned()
    }
}
