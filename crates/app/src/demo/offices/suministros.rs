//! Supply agency: OCDS releases, two years as a package, the last as lines of JSON, and a package of corrections.
//!
//! Publishes nearly everything; does not say whether its amounts include tax.

use crate::demo::buying::{Contract, Method, Office, Process, Profile};
use crate::demo::calendar::Day;
use crate::demo::companies::Company;
use crate::demo::words::Category;
use crate::demo::written::{Cents, Written, number};
use anyhow::Result;
use serde_json::{Map, Value, json};

/// What is particular to this office.
pub const PROFILE: Profile = Profile {
    source: "dm_suministros__ocds",
    prefix: "ocds-dm0001",
    series: "AS",
    unit_keys: Some("AS-U"),
    has_tax_keys: true,
    units: 6,
    only: None,
};

/// Names and bytes of the files.
pub fn files(office: &Office) -> Result<Vec<(String, Vec<u8>)>> {
    let mut packaged = Vec::new();
    let mut lines = Vec::new();
    let mut corrections = Vec::new();
    for (place, process) in office.processes.iter().enumerate() {
        if process.awarded.year() < 2025 {
            packaged.push(release(office, process, 1));
            if packaged.len() % 60 == 15 && process.method == Method::Tender {
                corrections.extend([announced(office, process), extended(office, process)]);
            }
            continue;
        }
        serde_json::to_writer(&mut lines, &release(office, process, 1))?;
        lines.push(b'\n');
        // Now and then the agency publishes a tender again a month later, unchanged.
        if place % 60 == 7 && process.method == Method::Tender {
            serde_json::to_writer(&mut lines, &release(office, process, 2))?;
            lines.push(b'\n');
        }
    }
    Ok(vec![
        (
            "suministros_2023_2024.json".to_string(),
            package("2023-2024", Day::of(2026, 1, 15), packaged)?,
        ),
        ("suministros_2025.jsonl".to_string(), lines),
        (
            "suministros_correcciones.json".to_string(),
            package("correcciones", Day::of(2026, 2, 10), corrections)?,
        ),
    ])
}

fn package(name: &str, published: Day, releases: Vec<Value>) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&json!({
        "uri": format!("https://ejemplo.invalid/suministros/{name}.json"),
        "version": "1.1",
        "publishedDate": format!("{}T00:00:00-06:00", published.iso()),
        "publisher": {"name": "Agencia de Suministros de la Niebla (datos inventados)"},
        "releases": releases,
    }))?)
}

/// The tender as it stood before the award: published after the award was, under the earlier date.
fn announced(office: &Office, process: &Process) -> Value {
    let mut release = release(office, process, 0);
    release["date"] = json!(moment(process.awarded.plus(-20)));
    release["tag"] = json!(["tender"]);
    release["tender"]["status"] = json!("active");
    for (object, names) in [
        ("", ["awards", "contracts"]),
        ("/tender", ["tenderers", "numberOfTenderers"]),
    ] {
        if let Some(fields) = release.pointer_mut(object).and_then(Value::as_object_mut) {
            fields.retain(|name, _| !names.contains(&name.as_str()));
        }
    }
    // Only the unit that buys is known by then.
    if let Some(parties) = release["parties"].as_array_mut() {
        parties.truncate(1);
    }
    release
}

/// Its contracts two months longer, published long after.
fn extended(office: &Office, process: &Process) -> Value {
    let mut release = release(office, process, 2);
    release["tag"] = json!(["contractAmendment"]);
    let contracts = release["contracts"].as_array_mut();
    for (fields, contract) in contracts.into_iter().flatten().zip(&process.contracts) {
        if let Written::Value(end) = contract.end {
            fields["period"]["endDate"] = json!(moment(end.plus(60)));
        }
    }
    release
}

fn release(office: &Office, process: &Process, edition: i64) -> Value {
    let buyer = &office.buyers[process.buyer];
    let published = process.awarded.plus(40 * edition);
    json!({
        "ocid": format!("{}-{}", office.profile.prefix, process.number),
        "id": format!("{}-{edition}", process.number),
        "date": moment(published),
        "tag": ["tender", "award", "contract"],
        "language": "es",
        "initiationType": "tender",
        "parties": parties(office, process),
        "buyer": {"id": buyer.key, "name": buyer.name},
        "tender": tender(office, process),
        "awards": process.contracts.iter().map(|contract| award(process, contract)).collect::<Vec<_>>(),
        "contracts": process.contracts.iter().map(signed).collect::<Vec<_>>(),
    })
}

fn tender(office: &Office, process: &Process) -> Value {
    let buyer = &office.buyers[process.buyer];
    let (method, details) = match process.method {
        Method::Tender => ("open", "Licitación pública"),
        Method::Invitation => ("limited", "Invitación a tres"),
        Method::Direct => ("direct", "Adjudicación directa"),
    };
    let category = match process.category {
        Category::Goods => "goods",
        Category::Services => "services",
        Category::Works => "works",
    };
    let mut fields = Map::new();
    fields.insert("id".into(), json!(process.number));
    fields.insert("title".into(), json!(process.object));
    fields.insert("status".into(), json!("complete"));
    fields.insert(
        "procuringEntity".into(),
        json!({"id": buyer.key, "name": buyer.name}),
    );
    fields.insert("procurementMethod".into(), json!(method));
    fields.insert("procurementMethodDetails".into(), json!(details));
    fields.insert("mainProcurementCategory".into(), json!(category));
    let mut period = Map::new();
    date(&mut period, "startDate", process.published);
    date(&mut period, "endDate", process.opened);
    if !period.is_empty() {
        fields.insert("tenderPeriod".into(), Value::Object(period));
    }
    if process.method != Method::Direct {
        let bidders: Vec<Value> = process.bidders.iter().map(named).collect();
        fields.insert("numberOfTenderers".into(), json!(bidders.len()));
        fields.insert("tenderers".into(), Value::Array(bidders));
    }
    Value::Object(fields)
}

/// The award; it bears the number of its contract, as the agency does.
fn award(process: &Process, contract: &Contract) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), json!(contract.number));
    fields.insert("title".into(), json!(process.object));
    fields.insert("status".into(), json!("active"));
    fields.insert("date".into(), json!(moment(process.awarded)));
    value(&mut fields, contract.award);
    fields.insert("suppliers".into(), json!([named(&contract.supplier)]));
    Value::Object(fields)
}

fn signed(contract: &Contract) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), json!(contract.number));
    fields.insert("awardID".into(), json!(contract.number));
    fields.insert("status".into(), json!("active"));
    date(&mut fields, "dateSigned", contract.signed);
    let mut period = Map::new();
    period.insert("startDate".into(), json!(moment(contract.start)));
    date(&mut period, "endDate", contract.end);
    fields.insert("period".into(), Value::Object(period));
    value(&mut fields, contract.amount);
    Value::Object(fields)
}

/// The unit, the suppliers and the bidders, each once with all its roles.
fn parties(office: &Office, process: &Process) -> Vec<Value> {
    let buyer = &office.buyers[process.buyer];
    let mut companies: Vec<(&Company, Vec<&str>)> = Vec::new();
    let suppliers = process
        .contracts
        .iter()
        .map(|contract| (&contract.supplier, "supplier"));
    let bidders = process.bidders.iter().map(|company| (company, "tenderer"));
    for (company, role) in suppliers.chain(bidders) {
        if role == "tenderer" && process.method == Method::Direct {
            continue;
        }
        match companies
            .iter_mut()
            .find(|(known, _)| known.rfc == company.rfc)
        {
            Some((_, roles)) if roles.contains(&role) => {}
            Some((_, roles)) => roles.push(role),
            None => companies.push((company, vec![role])),
        }
    }
    let unit = json!({"id": buyer.key, "name": buyer.name, "roles": ["buyer", "procuringEntity"]});
    let companies = companies.into_iter().map(|(company, roles)| {
        json!({
            "id": company.rfc,
            "name": company.name,
            "identifier": {"scheme": "MX-RFC", "id": company.rfc, "legalName": company.name},
            "roles": roles,
        })
    });
    std::iter::once(unit).chain(companies).collect()
}

fn named(company: &Company) -> Value {
    json!({"id": company.rfc, "name": company.name})
}

fn moment(day: Day) -> String {
    format!("{}T10:00:00-06:00", day.iso())
}

fn date(fields: &mut Map<String, Value>, key: &str, day: Written<Day>) {
    match day {
        Written::Value(day) => fields.insert(key.to_string(), json!(moment(day))),
        Written::Unreadable(text) => fields.insert(key.to_string(), json!(text)),
        Written::Blank => None,
    };
}

fn value(fields: &mut Map<String, Value>, amount: Written<Cents>) {
    let amount = match amount {
        Written::Value(amount) => json!(number(amount)),
        Written::Unreadable(text) => json!(text),
        Written::Blank => return,
    };
    fields.insert(
        "value".to_string(),
        json!({"amount": amount, "currency": "MXN"}),
    );
}
