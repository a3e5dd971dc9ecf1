//! State of Valle Quimera: a list of direct awards alone, as a comma file in UTF-8.
//!
//! Such a file says nothing about what share direct awards are of all contracts.

use crate::demo::buying::{Method, Office, Profile};
use crate::demo::csv::{Dialect, Encoding, Sheet};
use crate::demo::written::plain;
use anyhow::Result;

/// What is particular to this office.
pub const PROFILE: Profile = Profile {
    source: "dm_quimera__compras_directas",
    prefix: "quimera-cd",
    series: "CD",
    unit_keys: Some("M"),
    has_tax_keys: true,
    units: 2,
    only: Some(Method::Direct),
};

/// The file's name and bytes.
pub fn file(office: &Office) -> Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: ',',
        encoding: Encoding::Utf8,
    });
    sheet.row(&[
        "no_compra",
        "no_pedido",
        "clave_area",
        "area",
        "descripcion_compra",
        "rfc_proveedor",
        "nombre_proveedor",
        "importe",
        "fecha_pedido",
    ]);
    for process in &office.processes {
        let buyer = &office.buyers[process.buyer];
        for contract in &process.contracts {
            sheet.row(&[
                process.number.clone(),
                contract.number.clone(),
                buyer.key.clone(),
                buyer.name.clone(),
                process.object.clone(),
                contract.supplier.rfc.clone(),
                contract.supplier.name.clone(),
                contract.amount.text(plain),
                contract.signed.text(|day| day.iso()),
            ]);
        }
    }
    Ok(("compras_directas_quimera.csv".to_string(), sheet.bytes()?))
}
