//! Contracting processes with their awards and contracts.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::document::{Award, Contract, FlagBrief, Process, Record, SubjectAnswer};
use crate::format::mask_rfcs;
use crate::history::History;
use crate::read::{Row, literal, string, text};
use crate::store::Writer;
use crate::text::TableText;

use super::Tables;
use super::figures::{Bought, Gather};
use super::flags::Flags;
use super::history;
use super::origins::Files;
use super::records::{columns, of, record};
use super::suppliers::{Line, Lines, Named};
use super::works::answer;

/// Processes whose tables are read at once.
const CHUNK: usize = 5_000;
/// Contracts, awards or tenderers of one process: enough for any real one, and a bound for a wrong one.
const LIST: usize = 2_000;
/// Payments shown.
const PAYMENTS: usize = 100;
/// Answers about the parts of one process that its page repeats.
const ANSWERS: usize = 60;

/// Rows of one table by process.
type ByProcess = BTreeMap<String, Vec<Row>>;

/// Writes the processes' documents and gathers each supplier's contracts; returns how many processes there are.
pub(super) async fn write(
    tables: &Tables<'_>,
    files: &Files,
    flags: &Flags,
    lines: &mut Lines,
    gathered: &mut Gather,
    writer: &mut Writer,
) -> Result<u64, Error> {
    let Some(standard) = tables.texts.standard("ocds") else {
        return Ok(0);
    };
    let table = |name: &str| standard.table(name);
    let (Some(tender), Some(contract), Some(award)) =
        (table("tender"), table("contract"), table("award"))
    else {
        return Ok(0);
    };
    let union: Vec<String> = ["tender", "award", "contract"]
        .iter()
        .filter(|name| tables.has(&format!("ocds.{name}")))
        .map(|name| format!("SELECT ocid FROM ocds.{name}"))
        .collect();
    if union.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "SELECT DISTINCT ocid FROM ({}) AS every WHERE ocid IS NOT NULL ORDER BY ocid",
        union.join(" UNION ALL ")
    );
    let ocids: Vec<String> = tables
        .rows(&[], &sql)
        .await?
        .iter()
        .filter_map(|row| text(row, "ocid"))
        .collect();
    for chunk in ocids.chunks(CHUNK) {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
            continue;
        };
        let within = format!("ocid >= {} AND ocid <= {}", literal(first), literal(last));
        let mut tenders = read(tables, Some(tender), "\"source\"", &within).await?;
        let mut awards = read(tables, Some(award), "id", &within).await?;
        let mut contracts = read(tables, Some(contract), "id", &within).await?;
        let mut tenderers = read(tables, table("tenderer"), "name, id", &within).await?;
        let mut payments = read(
            tables,
            table("transaction"),
            "\"date\", contract_id, id",
            &within,
        )
        .await?;
        let mut named = lines.named(tables, &within).await?;
        let mut answers = answers(tables, chunk).await?;
        let mut histories = history::read(tables, files, standard, chunk, writer).await?;
        for ocid in chunk {
            let tender_rows = tenders.remove(ocid).unwrap_or_default();
            let contract_rows = contracts.remove(ocid).unwrap_or_default();
            let award_rows = awards.remove(ocid).unwrap_or_default();
            let payment_rows = payments.remove(ocid).unwrap_or_default();
            let tenderer_rows = tenderers.remove(ocid).unwrap_or_default();
            let named: BTreeMap<String, Vec<Named>> = named.remove(ocid).unwrap_or_default();
            let Some(any) = tender_rows
                .first()
                .or(contract_rows.first())
                .or(award_rows.first())
            else {
                continue;
            };
            let source = string(any, "source");
            let place = string(any, "place");
            let origins = [&tender_rows, &contract_rows]
                .into_iter()
                .flatten()
                .chain(&award_rows);
            let mut origins: Vec<_> = origins.map(|row| files.origin(row)).collect();
            origins.sort_by(|a, b| (&a.path, &a.part, a.record).cmp(&(&b.path, &b.part, b.record)));
            origins.dedup_by(|a, b| (&a.path, &a.part, a.record) == (&b.path, &b.part, b.record));
            origins.truncate(LIST);

            let fields = tender_rows
                .first()
                .map(|row| record(tender, row))
                .unwrap_or_default();
            let awards: Vec<Award> = award_rows
                .iter()
                .map(|row| Award {
                    suppliers: suppliers_of(&named, Some(string(row, "id"))),
                    record: record(award, row),
                })
                .collect();
            let contracts: Vec<Contract> = contract_rows
                .iter()
                .map(|row| Contract {
                    suppliers: suppliers_of(&named, text(row, "award_id")),
                    record: record(contract, row),
                })
                .collect();
            let title = of(&fields, "title")
                .or_else(|| {
                    contracts
                        .iter()
                        .find_map(|contract| of(&contract.record, "title"))
                })
                .or_else(|| awards.iter().find_map(|award| of(&award.record, "title")))
                .unwrap_or_else(|| ocid.clone());
            let mut history = histories.remove(ocid);
            if let Some(history) = &mut history {
                history.begin(&title, &source);
                writer.put(&History::id("ocds", ocid), history).await?;
            }
            let process = Process {
                ocid: ocid.clone(),
                history: history.and_then(|history| history.brief()),
                title,
                tenderers: tenderer_rows
                    .iter()
                    .filter_map(|row| text(row, "name"))
                    .map(|name| mask_rfcs(&name))
                    .collect(),
                payments: payment_rows.len() as u64,
                transactions: table("transaction").map_or_else(Vec::new, |table| {
                    payment_rows
                        .iter()
                        .take(PAYMENTS)
                        .map(|row| record(table, row))
                        .collect()
                }),
                flags: about(flags, ocid, &awards, &contracts),
                answers: answers.remove(ocid).unwrap_or_default(),
                origins,
                tender: fields,
                awards,
                contracts,
                source,
                place,
            };
            gather(lines, &process, &named);
            gathered
                .process(&Bought {
                    process: &process,
                    place: string(any, "place"),
                    contracts: &contract_rows,
                    awards: &award_rows,
                    tenderers: different(&tenderer_rows),
                })
                .await?;
            writer.put(ocid, &process).await?;
        }
    }
    Ok(ocids.len() as u64)
}

async fn read(
    tables: &Tables<'_>,
    table: Option<&TableText>,
    order: &str,
    within: &str,
) -> Result<ByProcess, Error> {
    let mut lists = ByProcess::new();
    let Some(table) = table else { return Ok(lists) };
    let name = format!("ocds.{}", table.name);
    let sql = format!(
        "SELECT {} FROM ocds.\"{}\" WHERE {within} ORDER BY ocid, {order}, \"source\", file_id, part_id, record, element",
        columns(table),
        table.name
    );
    for row in tables.rows(&[&name], &sql).await? {
        let of_process = lists.entry(string(&row, "ocid")).or_default();
        if of_process.len() < LIST {
            of_process.push(row);
        }
    }
    Ok(lists)
}

/// Tenderers of a process, however often each is written.
fn different(tenderers: &[Row]) -> u64 {
    tenderers
        .iter()
        .map(|row| (text(row, "id"), text(row, "name")))
        .collect::<BTreeSet<_>>()
        .len() as u64
}

/// Suppliers of an award; of every award of the process when the contract names none and there is only one.
fn suppliers_of(
    named: &BTreeMap<String, Vec<Named>>,
    award: Option<String>,
) -> Vec<crate::document::SupplierRef> {
    let of_award = match award {
        Some(award) => named.get(&award),
        None if named.len() == 1 => named.values().next(),
        None => None,
    };
    of_award
        .into_iter()
        .flatten()
        .map(|named| named.supplier.clone())
        .collect()
}

/// Flags on the process itself, then on its awards and contracts.
fn about(flags: &Flags, ocid: &str, awards: &[Award], contracts: &[Contract]) -> Vec<FlagBrief> {
    let part = |record: &Record| of(record, "id").map(|id| format!("{ocid}/{id}"));
    let mut all: Vec<FlagBrief> = flags.about("process", ocid).cloned().collect();
    for award in awards {
        all.extend(
            part(&award.record)
                .into_iter()
                .flat_map(|id| flags.about("award", &id).cloned().collect::<Vec<_>>()),
        );
    }
    for contract in contracts {
        all.extend(
            part(&contract.record)
                .into_iter()
                .flat_map(|id| flags.about("contract", &id).cloned().collect::<Vec<_>>()),
        );
    }
    all
}

/// The answers that are not flags, by process, for a sorted slice of processes.
async fn answers(
    tables: &Tables<'_>,
    ocids: &[String],
) -> Result<BTreeMap<String, Vec<SubjectAnswer>>, Error> {
    let mut answers: BTreeMap<String, Vec<SubjectAnswer>> = BTreeMap::new();
    let (Some(first), Some(last)) = (ocids.first(), ocids.last()) else {
        return Ok(answers);
    };
    // The id of a contract is `ocid/contract`, so the ids of the last process end after `last/`.
    let sql = format!(
        "SELECT indicator, subject_kind, subject_id, name, answer, missing, note FROM flags.answer \
         WHERE subject_kind IN ('process', 'contract', 'award') AND answer <> 'flagged' \
         AND subject_id >= {} AND subject_id <= {} ORDER BY subject_id, indicator",
        literal(first),
        literal(&format!("{last}/\u{10ffff}"))
    );
    for row in tables.rows(&["flags.answer"], &sql).await? {
        let one = answer(&row);
        let Some(ocid) = process_of(ocids, &one.subject.id) else {
            continue;
        };
        let of_process = answers.entry(ocid.to_owned()).or_default();
        if of_process.len() < ANSWERS {
            of_process.push(one);
        }
    }
    Ok(answers)
}

/// The process of a subject: the longest ocid of the slice that is the subject or stands before a slash of it.
fn process_of<'a>(ocids: &'a [String], subject: &str) -> Option<&'a str> {
    let find = |id: &str| {
        ocids
            .binary_search_by(|ocid| ocid.as_str().cmp(id))
            .ok()
            .map(|at| ocids[at].as_str())
    };
    find(subject).or_else(|| {
        subject
            .rmatch_indices('/')
            .find_map(|(at, _)| find(&subject[..at]))
    })
}

/// Gives each supplier of the process its contracts, or its awards where no contract is published.
fn gather(lines: &mut Lines, process: &Process, named: &BTreeMap<String, Vec<Named>>) {
    let buyer =
        of(&process.tender, "buyer_name").or_else(|| of(&process.tender, "procuring_entity_name"));
    let line = |record: &Record, id: String, is_award: bool, date: Option<String>| Line {
        ocid: process.ocid.clone(),
        id,
        is_award,
        title: of(record, "title")
            .unwrap_or_else(|| process.title.clone())
            .chars()
            .take(200)
            .collect(),
        buyer: buyer.clone().unwrap_or_default(),
        source: process.source.clone(),
        date,
        method: of(&process.tender, "procurement_method"),
        amount: of(record, "value_amount"),
        currency: of(record, "value_currency"),
        tax_basis: of(record, "value_tax_basis"),
    };
    for (award_id, suppliers) in named {
        let of_award: Vec<&Contract> = process
            .contracts
            .iter()
            .filter(|contract| match of(&contract.record, "award_id") {
                Some(id) => id == *award_id,
                None => named.len() == 1,
            })
            .collect();
        for supplier in suppliers {
            if of_award.is_empty() {
                let award = process
                    .awards
                    .iter()
                    .find(|award| of(&award.record, "id").as_deref() == Some(award_id.as_str()));
                let empty = Record::new();
                let record = award.map_or(&empty, |award| &award.record);
                lines.add(
                    supplier,
                    line(record, award_id.clone(), true, of(record, "date")),
                );
            }
            for contract in &of_award {
                let date = of(&contract.record, "date_signed")
                    .or_else(|| of(&contract.record, "period_start_date"));
                let id = of(&contract.record, "id").unwrap_or_default();
                lines.add(supplier, line(&contract.record, id, false, date));
            }
        }
    }
}
