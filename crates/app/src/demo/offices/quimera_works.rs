//! State of Valle Quimera: works as "Unicode text", tabs in UTF-16, the way spreadsheet programs save it.
//!
//! Publishes a progress and does not say of what: the year's or the work's.

use crate::demo::csv::{Dialect, Encoding, Sheet};
use crate::demo::works::Programme;
use crate::demo::written::{pesos, plain};
use anyhow::Result;

/// The file's name and bytes.
pub fn file(programme: &Programme) -> Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: '\t',
        encoding: Encoding::Utf16Marked,
    });
    sheet.row(&[
        "Folio",
        "Obra",
        "Ubicación",
        "Año",
        "Aprobado",
        "Modificado",
        "Pagado",
        "Avance",
        "Área responsable",
        "Inversión mayor",
    ]);
    for work in &programme.works {
        let is_large = work.approved > pesos(40_000_000);
        sheet.row(&[
            work.key.clone(),
            work.name.clone(),
            work.town.to_string(),
            work.year.to_string(),
            plain(work.approved),
            work.modified.text(plain),
            plain(work.spent),
            work.progress.text(plain),
            work.unit.to_string(),
            if is_large { "Sí" } else { "No" }.to_string(),
        ]);
    }
    Ok(("obras_quimera.txt".to_string(), sheet.bytes()?))
}
