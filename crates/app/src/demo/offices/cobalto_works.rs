//! State of Cobalto del Sur: works as a comma file in UTF-8 with a mark.
//!
//! Says that its progress counts from the start of the work, so spending can be compared with it.

use crate::demo::csv::{Dialect, Encoding, Sheet};
use crate::demo::works::Programme;
use crate::demo::written::{grouped, plain};
use anyhow::Result;

const HEADER: [&str; 16] = [
    "CLAVE DE OBRA",
    "NOMBRE DE LA OBRA",
    "TIPO DE OBRA",
    "MUNICIPIO",
    "LATITUD",
    "LONGITUD",
    "EJERCICIO",
    "MONTO AUTORIZADO",
    "MONTO MODIFICADO",
    "EJERCIDO ACUMULADO",
    "AVANCE FÍSICO ACUMULADO (%)",
    "FECHA DE INICIO",
    "FECHA DE TÉRMINO",
    "DEPENDENCIA EJECUTORA",
    "ESTATUS",
    "RESPONSABLE",
];

/// The file's name and bytes.
pub fn file(programme: &Programme) -> Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: ',',
        encoding: Encoding::Utf8Marked,
    });
    sheet.row(&HEADER);
    for work in &programme.works {
        sheet.row(&[
            work.key.clone(),
            work.name.clone(),
            work.kind.to_string(),
            work.town.to_string(),
            format!("{:.4}", work.latitude),
            format!("{:.4}", work.longitude),
            work.year.to_string(),
            grouped(work.approved),
            work.modified.text(grouped),
            grouped(work.spent),
            work.progress.text(plain),
            work.start.slashed(),
            work.end.slashed(),
            work.unit.to_string(),
            work.status.to_string(),
            "Persona Inventada".to_string(),
        ]);
    }
    Ok(("obras_cobalto_2025.csv".to_string(), sheet.bytes()?))
}
