//! Offices × fields: who captures what.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{Cell, Compare, Published};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

/// Offices side by side: as many as fit a phone.
const MOST: usize = 4;

#[derive(Template)]
#[template(path = "compare.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    tabs: Vec<Tab>,
    standard: String,
    standard_title: String,
    standard_url: String,
    offices: Vec<OfficeView>,
    chosen: Vec<Chosen>,
    tables: Vec<TableView>,
    nowhere: Vec<String>,
    too_many: bool,
}

/// A tab of the compare page: a standard, or the rules.
pub(crate) struct Tab {
    pub(crate) words: String,
    pub(crate) href: String,
    pub(crate) here: bool,
}

struct OfficeView {
    key: String,
    name: String,
    place: String,
    covers: String,
    bar: String,
    filled: u64,
    fields: u64,
    chosen: bool,
}

struct Chosen {
    letter: char,
    name: String,
    covers: String,
    source: String,
}

struct TableView {
    title: String,
    name: String,
    rows: Vec<FieldView>,
    nobody: Vec<String>,
}

struct FieldView {
    title: String,
    personal: bool,
    cells: Vec<Cell>,
}

/// The tabs of the compare page.
pub(crate) fn tabs(frame: &Frame<'_>, here: &str) -> Vec<Tab> {
    let w = frame.w;
    let mut tabs: Vec<Tab> = frame
        .site
        .compared
        .iter()
        .map(|code| Tab {
            words: frame
                .site
                .texts
                .standard(code)
                .map_or_else(|| code.clone(), |text| w.text(&text.title).to_owned()),
            href: format!("{}?estandar={code}", w.compare()),
            here: code == here,
        })
        .collect();
    tabs.push(Tab {
        words: w.t("compare_rules_tab").to_owned(),
        href: format!("{}?vista=reglas", w.compare()),
        here: here == "reglas",
    });
    for (view, words) in [
        ("contratos", w.t("compare_contracts_tab")),
        ("obras", w.t("compare_works_tab")),
    ] {
        tabs.push(Tab {
            words: words.to_owned(),
            href: format!("{}?vista={view}", w.compare()),
            here: here == view,
        });
    }
    tabs.push(Tab {
        words: w.t("compare_map_tab").to_owned(),
        href: w.places(),
        here: here == "mapa",
    });
    tabs
}

pub(crate) fn draw(frame: &mut Frame<'_>, compare: Compare) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("compare_title"), w.t("compare_description"), &[]);
    let keys: Vec<&str> = frame.params("fuente").collect();
    let asked: Vec<usize> = (0..compare.offices.len())
        .filter(|index| keys.contains(&compare.offices[*index].key().as_str()))
        .collect();
    match frame.format {
        Format::Json => Answer::json(frame, &compare),
        Format::Csv => Ok(Answer::csv(csv(&compare, &asked))),
        Format::Html => {
            let too_many = asked.len() > MOST;
            let chosen: Vec<usize> = match asked.len() {
                0 => (0..compare.offices.len().min(MOST)).collect(),
                _ => asked.into_iter().take(MOST).collect(),
            };
            let view = view(frame, &compare, &chosen, too_many);
            Ok(Answer::Html(view.render()?))
        }
    }
}

fn csv(compare: &Compare, asked: &[usize]) -> Csv {
    let mut csv = Csv::new(&[
        "standard", "table", "field", "source", "layout", "state", "rows", "filled",
    ]);
    for table in &compare.tables {
        for field in &table.fields {
            for (index, (office, cell)) in compare.offices.iter().zip(&field.cells).enumerate() {
                if !asked.is_empty() && !asked.contains(&index) {
                    continue;
                }
                // What has no column has no count either: blank, not zero.
                let counted = !matches!(cell.state, Published::Absent);
                csv.row(&[
                    compare.standard.as_str(),
                    &table.table,
                    &field.field,
                    &office.source,
                    &office.layout,
                    cell.state.code(),
                    &if counted {
                        cell.rows.to_string()
                    } else {
                        String::new()
                    },
                    &if counted {
                        cell.filled.to_string()
                    } else {
                        String::new()
                    },
                ]);
            }
        }
    }
    csv
}

fn view<'a>(frame: &'a Frame<'a>, compare: &Compare, chosen: &[usize], too_many: bool) -> View<'a> {
    let w = frame.w;
    let standard = frame.site.texts.standard(&compare.standard);
    let offices = compare
        .offices
        .iter()
        .enumerate()
        .map(|(index, office)| {
            let states = |state: Published| {
                compare
                    .tables
                    .iter()
                    .flat_map(|table| &table.fields)
                    .filter(|field| {
                        field
                            .cells
                            .get(index)
                            .is_some_and(|cell| cell.state == state)
                    })
                    .count() as u64
            };
            let (full, partial, empty) = (
                states(Published::Full),
                states(Published::Partial),
                states(Published::Empty),
            );
            let (absent, none) = (states(Published::Absent), states(Published::NotApplicable));
            OfficeView {
                key: office.key(),
                name: frame.office(office),
                place: frame.place(&office.source),
                covers: frame.covers(&office.source),
                bar: chart::stacked(&[
                    ("full", full),
                    ("partial", partial),
                    ("empty", empty),
                    ("none", none),
                    ("absent", absent),
                ]),
                filled: full + partial,
                fields: full + partial + empty + absent + none,
                chosen: chosen.contains(&index),
            }
        })
        .collect();
    let letters = chosen
        .iter()
        .zip('A'..)
        .map(|(index, letter)| {
            let office = &compare.offices[*index];
            Chosen {
                letter,
                name: frame.office(office),
                covers: frame.covers(&office.source),
                source: office.source.clone(),
            }
        })
        .collect();
    let mut tables = Vec::new();
    let mut nowhere = Vec::new();
    for table in &compare.tables {
        let text = standard.and_then(|standard| standard.table(&table.table));
        let title = text.map_or_else(
            || table.table.clone(),
            |text| w.text(&text.title).to_owned(),
        );
        let mut rows = Vec::new();
        let mut nobody = Vec::new();
        for field in &table.fields {
            let field_text = text.and_then(|text| text.field(&field.field));
            let title = field_text.map_or_else(
                || field.field.clone(),
                |text| w.text(&text.title).to_owned(),
            );
            let cells: Vec<Cell> = chosen
                .iter()
                .map(|index| field.cells.get(*index).cloned().unwrap_or_default())
                .collect();
            if cells.iter().all(|cell| cell.state == Published::Absent) {
                nobody.push(title);
            } else {
                let personal = field_text.is_some_and(|text| text.personal);
                rows.push(FieldView {
                    title,
                    personal,
                    cells,
                });
            }
        }
        if rows.is_empty() {
            nowhere.push(title);
        } else {
            tables.push(TableView {
                title,
                name: table.table.clone(),
                rows,
                nobody,
            });
        }
    }
    View {
        tabs: tabs(frame, &compare.standard),
        standard: compare.standard.clone(),
        standard_title: standard.map_or_else(
            || compare.standard.clone(),
            |standard| {
                format!("{} {}", w.text(&standard.title), standard.version)
                    .trim()
                    .to_owned()
            },
        ),
        standard_url: standard
            .map(|standard| standard.url.clone())
            .unwrap_or_default(),
        offices,
        chosen: letters,
        tables,
        nowhere,
        too_many,
        p: frame,
    }
}

impl View<'_> {
    /// Which symbol and colour a state has.
    fn symbol(&self, state: &Published) -> &'static str {
        match state {
            Published::Full => "full",
            Published::Partial => "partial",
            Published::Empty => "empty",
            Published::Absent => "absent",
            Published::NotApplicable => "none",
        }
    }

    fn is_counted(&self, cell: &Cell) -> bool {
        matches!(
            cell.state,
            Published::Full | Published::Partial | Published::Empty
        )
    }
}
