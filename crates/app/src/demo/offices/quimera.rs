//! State of Valle Quimera: buying processes as nested JSON of its own.
//!
//! Publishes bidders, awards and tax keys; never says when a call was published.

use crate::demo::buying::{Contract, Method, Office, Process, Profile};
use crate::demo::calendar::Day;
use crate::demo::written::{Cents, Written, number};
use anyhow::Result;
use serde_json::{Map, Value, json};

/// What is particular to this office.
pub const PROFILE: Profile = Profile {
    source: "dm_quimera__procedimientos",
    prefix: "quimera",
    series: "VQ",
    unit_keys: Some("Q"),
    has_tax_keys: true,
    units: 10,
    only: None,
};

/// The file's name and bytes.
pub fn file(office: &Office) -> Result<(String, Vec<u8>)> {
    let processes: Vec<Value> = office
        .processes
        .iter()
        .map(|process| record(office, process))
        .collect();
    let document = json!({
        "gobierno": "Estado de Valle Quimera",
        "aviso": "Datos inventados: ninguna de estas oficinas o empresas existe.",
        "fechaCorte": "2025-12-31",
        "procedimientos": processes,
    });
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(("procedimientos_quimera.json".to_string(), bytes))
}

fn record(office: &Office, process: &Process) -> Value {
    let buyer = &office.buyers[process.buyer];
    let mut dates = Map::new();
    put(&mut dates, "aperturaPropuestas", date(process.opened));
    put(&mut dates, "fallo", Some(json!(process.awarded.iso())));
    let bidders: Vec<Value> = process
        .bidders
        .iter()
        .map(|company| json!({"razonSocial": company.name, "rfc": company.rfc}))
        .collect();
    let contracts: Vec<Value> = process.contracts.iter().map(contract).collect();
    json!({
        "folio": process.number,
        "modalidad": method(process.method),
        "ejercicio": process.awarded.year(),
        "dependencia": {"clave": buyer.key, "nombre": buyer.name},
        "objeto": process.object,
        "fechas": dates,
        "participantes": bidders,
        "contratos": contracts,
    })
}

fn contract(contract: &Contract) -> Value {
    let mut fields = Map::new();
    put(&mut fields, "numero", Some(json!(contract.number)));
    let supplier = &contract.supplier;
    let supplier = json!({"razonSocial": supplier.name, "rfc": supplier.rfc});
    put(&mut fields, "proveedor", Some(supplier));
    put(&mut fields, "montoFallo", money(contract.award));
    put(&mut fields, "montoContrato", money(contract.amount));
    put(&mut fields, "moneda", Some(json!("MXN")));
    put(&mut fields, "firma", date(contract.signed));
    let mut period = Map::new();
    put(&mut period, "inicio", Some(json!(contract.start.iso())));
    put(&mut period, "fin", date(contract.end));
    put(&mut fields, "vigencia", Some(Value::Object(period)));
    Value::Object(fields)
}

/// Sets a key, or leaves it out when the office has nothing to say.
fn put(fields: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(key.to_string(), value);
    }
}

fn date(day: Written<Day>) -> Option<Value> {
    match day {
        Written::Value(day) => Some(json!(day.iso())),
        Written::Unreadable(text) => Some(json!(text)),
        Written::Blank => None,
    }
}

fn money(amount: Written<Cents>) -> Option<Value> {
    match amount {
        Written::Value(amount) => Some(json!(number(amount))),
        Written::Unreadable(text) => Some(json!(text)),
        Written::Blank => None,
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Tender => "LP",
        Method::Invitation => "I3P",
        Method::Direct => "AD",
    }
}
