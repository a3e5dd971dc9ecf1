//! State of Ribera Lunaria: contracts in a workbook with titles, a header of two rows and a total.
//!
//! Publishes both amounts and both dates; knows its units and its suppliers by name only.

use crate::demo::buying::{Method, Office, Process, Profile};
use crate::demo::calendar::Day;
use crate::demo::written::{Cents, Written, grouped, number};
use anyhow::Result;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};

/// What is particular to this office.
pub const PROFILE: Profile = Profile {
    source: "dm_lunaria__contratos",
    prefix: "lunaria",
    series: "RL",
    unit_keys: None,
    has_tax_keys: false,
    units: 11,
    only: None,
};

/// A workbook holds a little over a million rows; offices stop far below.
const PROCESSES_PER_FILE: usize = 40_000;

/// First header row (0 is the first row of the sheet); the second follows.
const HEADER_ROW: u32 = 4;

/// A column: the group above it, or none when its cell covers both rows, and its own words.
const COLUMNS: [(&str, &str); 14] = [
    ("", "Núm."),
    ("", "Área contratante"),
    ("Procedimiento", "Número"),
    ("Procedimiento", "Modalidad"),
    ("Procedimiento", "Publicación"),
    ("Procedimiento", "Apertura"),
    ("", "Concepto"),
    ("Adjudicación", "Fecha de fallo"),
    ("Adjudicación", "Proveedor"),
    ("Adjudicación", "Monto adjudicado"),
    ("Contrato", "Número"),
    ("Contrato", "Fecha"),
    ("Contrato", "Vigencia"),
    ("Contrato", "Monto contratado"),
];

/// The names and bytes of the workbooks.
pub fn files(office: &Office) -> Result<Vec<(String, Vec<u8>)>> {
    let parts = office.processes.chunks(PROCESSES_PER_FILE).enumerate();
    parts
        .map(|(part, processes)| {
            let name = match part {
                0 => "contratos_lunaria.xlsx".to_string(),
                _ => format!("contratos_lunaria_{}.xlsx", part + 1),
            };
            Ok((name, workbook(office, processes)?))
        })
        .collect()
}

fn workbook(office: &Office, processes: &[Process]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // Without a date of its own the workbook takes the clock's, and no two runs are alike.
    let made = ExcelDateTime::from_ymd(2026, 1, 15)?;
    let properties = DocProperties::new()
        .set_title("Datos inventados")
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Contratos 2023-2025")?;
    heading(sheet)?;
    let dates = Format::new().set_num_format("dd/mm/yyyy");
    let money = Format::new().set_num_format("\"$\"#,##0.00");
    let mut row = HEADER_ROW + 2;
    let mut total: Cents = 0;
    for process in processes {
        for contract in &process.contracts {
            let is_odd = row.is_multiple_of(83) && !process.is_planted;
            sheet.write_number(row, 0, f64::from(row - HEADER_ROW - 1))?;
            sheet.write_string(row, 1, &office.buyers[process.buyer].name)?;
            sheet.write_string(row, 2, &process.number)?;
            sheet.write_string(row, 3, method(process.method))?;
            date(sheet, row, 4, process.published, &dates, is_odd)?;
            date(sheet, row, 5, process.opened, &dates, false)?;
            sheet.write_string(row, 6, &process.object)?;
            date(
                sheet,
                row,
                7,
                Written::Value(process.awarded),
                &dates,
                is_odd,
            )?;
            sheet.write_string(row, 8, &contract.supplier.name)?;
            amount(sheet, row, 9, contract.award, &money, is_odd)?;
            sheet.write_string(row, 10, &contract.number)?;
            date(sheet, row, 11, contract.signed, &dates, false)?;
            date(sheet, row, 12, contract.end, &dates, false)?;
            amount(sheet, row, 13, contract.amount, &money, is_odd)?;
            total += contract.amount.value().unwrap_or(0);
            row += 1;
        }
    }
    let bold = Format::new().set_bold();
    sheet.merge_range(row, 0, row, 12, "TOTAL", &bold)?;
    sheet.write_number_with_format(row, 13, number(total), &money)?;
    sheet.write_string(
        row + 2,
        0,
        "Fuente: Contraloría de Ribera Lunaria (datos inventados).",
    )?;
    Ok(workbook.save_to_buffer()?)
}

/// Titles, and the header: groups merged over their columns, single headings over both rows.
fn heading(sheet: &mut Worksheet) -> Result<()> {
    let title = Format::new().set_bold().set_align(FormatAlign::Center);
    let last = COLUMNS.len() as u16 - 1;
    sheet.merge_range(
        0,
        0,
        0,
        last,
        "GOBIERNO DEL ESTADO DE RIBERA LUNARIA",
        &title,
    )?;
    sheet.merge_range(
        1,
        0,
        1,
        last,
        "Contratos celebrados, 2023 a 2025 (DATOS INVENTADOS)",
        &title,
    )?;
    sheet.write_string(
        2,
        0,
        "Cifras en pesos, con impuestos. Corte al 31 de diciembre de 2025",
    )?;
    let (upper, lower) = (HEADER_ROW, HEADER_ROW + 1);
    let mut column = 0;
    while column < COLUMNS.len() {
        let (group, words) = COLUMNS[column];
        if group.is_empty() {
            sheet.merge_range(upper, column as u16, lower, column as u16, words, &title)?;
            column += 1;
            continue;
        }
        let after = (column..COLUMNS.len()).find(|next| COLUMNS[*next].0 != group);
        let after = after.unwrap_or(COLUMNS.len());
        sheet.merge_range(upper, column as u16, upper, after as u16 - 1, group, &title)?;
        for (below, (_, words)) in COLUMNS.iter().enumerate().take(after).skip(column) {
            sheet.write_string_with_format(lower, below as u16, *words, &title)?;
        }
        column = after;
    }
    Ok(())
}

/// A date cell; an odd hand spells the date out instead.
fn date(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    day: Written<Day>,
    format: &Format,
    is_odd: bool,
) -> Result<()> {
    match day {
        Written::Value(day) if is_odd => {
            sheet.write_string(row, column, day.spelled())?;
        }
        Written::Value(day) => {
            let (year, month, day) = day.civil();
            let day = ExcelDateTime::from_ymd(year as u16, month as u8, day as u8)?;
            sheet.write_datetime_with_format(row, column, &day, format)?;
        }
        Written::Unreadable(text) => {
            sheet.write_string(row, column, text)?;
        }
        Written::Blank => {}
    }
    Ok(())
}

/// A money cell; an odd hand types it as text.
fn amount(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    amount: Written<Cents>,
    format: &Format,
    is_odd: bool,
) -> Result<()> {
    match amount {
        Written::Value(amount) if is_odd => {
            sheet.write_string(row, column, format!("$ {}", grouped(amount)))?;
        }
        Written::Value(amount) => {
            sheet.write_number_with_format(row, column, number(amount), format)?;
        }
        Written::Unreadable(text) => {
            sheet.write_string(row, column, text)?;
        }
        Written::Blank => {}
    }
    Ok(())
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Tender => "Licitación pública estatal",
        Method::Invitation => "Invitación restringida",
        Method::Direct => "Adjudicación directa",
    }
}
