//! State of Cobalto del Sur: contracts as a semicolon file in Windows-1252 with lines above the header.
//!
//! Publishes tax keys and both dates of a tender; keeps the award amount to itself.

use crate::demo::buying::{Method, Office, Process, Profile};
use crate::demo::csv::{Dialect, Encoding, Sheet};
use crate::demo::words::Category;
use crate::demo::written::grouped;
use anyhow::Result;

/// What is particular to this office.
pub const PROFILE: Profile = Profile {
    source: "dm_cobalto__contratos",
    prefix: "cobalto",
    series: "CS",
    unit_keys: Some("UC-"),
    has_tax_keys: true,
    units: 12,
    only: None,
};

const HEADER: [&str; 18] = [
    "NÚM. DE PROCEDIMIENTO",
    "TIPO DE PROCEDIMIENTO",
    "CARÁCTER",
    "CLAVE UNIDAD COMPRADORA",
    "UNIDAD COMPRADORA",
    "RUBRO",
    "OBJETO DE LA CONTRATACIÓN",
    "FECHA DE PUBLICACIÓN",
    "FECHA DE APERTURA",
    "NÚM. DE CONTRATO",
    "PROVEEDOR O CONTRATISTA",
    "RFC",
    "MONTO DEL CONTRATO (SIN IVA)",
    "MONEDA",
    "FECHA DE FIRMA",
    "INICIO",
    "TÉRMINO",
    "OBSERVACIONES",
];

/// The file's name and bytes.
pub fn file(office: &Office) -> Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: ';',
        encoding: Encoding::Windows1252,
    });
    sheet.line("Gobierno del Estado de Cobalto del Sur – DATOS INVENTADOS");
    sheet.line("Relación de contratos 2023 a 2025, artículo 70 (ficticio)");
    sheet.line("Fecha de corte: 31/12/2025");
    sheet.line("");
    sheet.row(&HEADER);
    for (place, process) in office.processes.iter().enumerate() {
        let rows = rows(office, process, place);
        for cells in &rows {
            sheet.row(cells);
        }
        // Now and then a tender is typed twice, word for word.
        if place % 700 == 350 && process.method == Method::Tender {
            for cells in &rows {
                sheet.row(cells);
            }
        }
    }
    Ok((
        "contratos_cobalto_2023_2025.csv".to_string(),
        sheet.bytes()?,
    ))
}

fn rows(office: &Office, process: &Process, place: usize) -> Vec<[String; 18]> {
    let buyer = &office.buyers[process.buyer];
    let head = |contract: [String; 8]| {
        let [number, supplier, rfc, amount, currency, signed, start, end] = contract;
        [
            process.number.clone(),
            method(process.method, place).to_string(),
            if process.is_international {
                "Internacional"
            } else {
                "Nacional"
            }
            .to_string(),
            buyer.key.clone(),
            buyer.name.clone(),
            category(process.category).to_string(),
            process.object.clone(),
            process.published.text(|day| day.slashed()),
            process.opened.text(|day| day.slashed()),
            number,
            supplier,
            rfc,
            amount,
            currency,
            signed,
            start,
            end,
            process.remark.to_string(),
        ]
    };
    if process.contracts.is_empty() {
        return vec![head(std::array::from_fn(|_| String::new()))];
    }
    let rows = process.contracts.iter().map(|contract| {
        // Some hands type the key with hyphens, some with a blank at the end.
        let rfc = &contract.supplier.rfc;
        let rfc = match place % 97 {
            13 if !process.is_planted => format!("{}-{}-{}", &rfc[..3], &rfc[3..9], &rfc[9..]),
            29 if !process.is_planted => format!("{rfc} "),
            _ => rfc.clone(),
        };
        head([
            contract.number.clone(),
            contract.supplier.name.to_uppercase(),
            rfc,
            contract
                .amount
                .text(|amount| format!("${}", grouped(amount))),
            if place % 211 == 100 { "Pesos" } else { "MXN" }.to_string(),
            contract.signed.text(|day| day.slashed()),
            contract.start.slashed(),
            contract.end.text(|day| day.slashed()),
        ])
    });
    rows.collect()
}

fn method(method: Method, place: usize) -> &'static str {
    match (method, place % 10) {
        (Method::Tender, 0..=6) => "Licitación Pública",
        (Method::Tender, _) => "LICITACION PUBLICA ",
        (Method::Invitation, 0..=6) => "Invitación a Cuando Menos Tres Personas",
        (Method::Invitation, _) => "INVITACIÓN RESTRINGIDA",
        (Method::Direct, 0..=6) => "Adjudicación Directa",
        (Method::Direct, _) => "Adjudicación directa por excepción",
    }
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Goods => "ADQUISICIONES",
        Category::Services => "SERVICIOS",
        Category::Works => "OBRA PÚBLICA",
    }
}
