//! Invented tax office: its list, a comma file in Windows-1252 with two lines above the header.
//!
//! Every phase of a listing has a letter, a day on the portal and a day in the gazette; one cell may hold two days.

use crate::demo::calendar::Day;
use crate::demo::csv::{Dialect, Encoding, Sheet};
use crate::demo::taxes::{Listing, Phase};
use anyhow::Result;

/// What stands where a court ordered the name removed.
const SUPPRESSED: &str =
    "Identidad suprimida por orden de un tribunal imaginario,\nsegún acuerdo inventado 3/2022";

/// The file's name and bytes.
pub fn file(list: &[Listing]) -> Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: ',',
        encoding: Encoding::Windows1252,
    });
    sheet.line("Información actualizada al 31 de diciembre de 2025 (lista inventada: ninguna empresa existe)");
    sheet.line("Listado completo de contribuyentes con operaciones presuntas,,,");
    let mut header = vec![
        "Núm.".to_string(),
        "Clave RFC".into(),
        "Razón social".into(),
        "Situación".into(),
    ];
    for phase in ["presunción", "desvirtuación", "definitivos", "sentencia"] {
        header.push(format!("Oficio de {phase}"));
        header.push(format!("Portal: fecha de {phase}"));
        header.push(format!("Gaceta: fecha de {phase}"));
    }
    sheet.row(&header);
    for (place, listing) in list.iter().enumerate() {
        let (rfc, name) = match &listing.company {
            Some(company) => (
                company.rfc.clone(),
                company.name.replace(", S", " S").to_uppercase(),
            ),
            None => ("XXXXXXXXXXXX".to_string(), SUPPRESSED.to_string()),
        };
        let mut cells = vec![
            (place + 1).to_string(),
            rfc,
            name,
            listing.situation.to_string(),
        ];
        let phases = [
            &listing.presumed,
            &listing.rebutted,
            &listing.definitive,
            &listing.ruled,
        ];
        for phase in phases {
            cells.extend([
                letter(phase, place),
                days(&phase.portal),
                days(&phase.gazette),
            ]);
        }
        sheet.row(&cells);
    }
    Ok(("lista_69b_demo.csv".to_string(), sheet.bytes()?))
}

fn letter(phase: &Phase, place: usize) -> String {
    match phase.portal.last() {
        Some(day) => format!(
            "INV-{:04}-{} de fecha {}",
            place + 1,
            day.year(),
            day.plus(-12).spelled()
        ),
        None => String::new(),
    }
}

fn days(days: &[Day]) -> String {
    days.iter()
        .map(|day| day.slashed())
        .collect::<Vec<_>>()
        .join(" - ")
}
