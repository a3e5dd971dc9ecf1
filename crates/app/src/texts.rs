//! Words of the packs for the pages.

use packs::{FieldType, Packs, Table};
use portal::Texts;
use portal::text::{
    FieldText, ParameterText, RequireText, RuleText, SourceText, StandardText, TableText, Text,
    TileText,
};
use std::collections::BTreeMap;

/// Everything the packs say that pages repeat.
pub fn of(packs: &Packs) -> Texts {
    let standards = packs.standards.values().map(|standard| StandardText {
        code: standard.code.clone(),
        title: text(&standard.title),
        version: standard.version.clone(),
        url: standard.url.clone(),
        tables: in_order(standard)
            .into_iter()
            .map(|table| table_text(standard, table))
            .collect(),
    });
    let rules = packs.indicators.values().map(|indicator| RuleText {
        code: indicator.code.clone(),
        title: text(&indicator.title),
        question: text(&indicator.question),
        why: text(&indicator.why),
        rule: text(&indicator.rule),
        not_proof: indicator.not_proof.iter().map(text).collect(),
        unit: text(&indicator.unit),
        notes: indicator
            .notes
            .iter()
            .map(|(code, note)| (code.clone(), text(&note.text)))
            .collect(),
        subject: indicator.subject.clone(),
        status: indicator.status.clone(),
        sources: indicator
            .source
            .iter()
            .map(|source| SourceText {
                title: source.title.clone(),
                url: source.url.clone(),
            })
            .collect(),
        requires: indicator
            .requires
            .iter()
            .map(|requirement| RequireText {
                field: requirement.name(),
                missing: text(&requirement.missing),
            })
            .collect(),
        parameters: packs
            .parameters
            .iter()
            .filter(|row| row.indicator == indicator.code)
            .map(|row| ParameterText {
                name: row.name.clone(),
                place: row.place.clone(),
                procedure: row.procedure.clone(),
                category: row.category.clone(),
                valid_from: row.valid_from.clone(),
                valid_to: row.valid_to.clone(),
                value: row.value.clone(),
                status: row.status.clone(),
                source: row.source.clone(),
            })
            .collect(),
        parameter_meanings: indicator
            .parameters
            .iter()
            .map(|(name, meaning)| (name.clone(), text(meaning)))
            .collect(),
        sql: format!(
            "{}\n\n{}",
            indicator.population_sql.trim(),
            indicator.sql.trim()
        ),
        ..RuleText::default()
    });
    Texts {
        standards: standards.collect(),
        rules: rules.collect(),
        tiles: packs.tiles.iter().map(tile).collect(),
        links: packs
            .links
            .get("organization")
            .map_or_else(Default::default, links),
    }
}

fn tile(tile: &packs::Tile) -> TileText {
    TileText {
        country: tile.country.clone(),
        place: tile.place.clone(),
        state_code: tile.state_code.clone(),
        abbreviation: tile.abbreviation.clone(),
        name: Text::new(&tile.es, &tile.en),
        also: tile
            .also
            .split('|')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        column: tile.column,
        row: tile.row,
    }
}

/// What each rule and each warning of a kind of link says.
fn links(link: &packs::Link) -> BTreeMap<String, Text> {
    let rules = link.rules.iter().map(|rule| (&rule.code, &rule.title));
    let borrows = link.borrows.iter().map(|one| (&one.code, &one.title));
    let warnings = link.warnings.iter().map(|one| (&one.code, &one.text));
    rules
        .chain(borrows)
        .chain(warnings)
        .map(|(code, words)| (code.clone(), text(words)))
        .collect()
}

/// The record itself first, then what only we declare of it, then its lists by name.
fn in_order(standard: &packs::Standard) -> Vec<&Table> {
    let mut tables: Vec<&Table> = standard.tables.values().collect();
    tables.sort_by_key(|table| match table.places().next() {
        Some("") => 0,
        None => 1,
        Some(_) => 2,
    });
    tables
}

fn table_text(standard: &packs::Standard, table: &Table) -> TableText {
    let fields = table.fields.iter().map(|field| FieldText {
        name: field.name.clone(),
        title: text(&field.title),
        kind: kind(field.kind).to_string(),
        personal: field.personal,
        codes: field
            .codelist
            .as_ref()
            .and_then(|list| standard.codelists.get(list))
            .map(|rows| {
                rows.iter()
                    .map(|row| (row.code.clone(), Text::new(&row.es, &row.en)))
                    .collect()
            })
            .unwrap_or_default(),
    });
    TableText {
        name: table.name.clone(),
        title: text(&table.title),
        fields: fields.collect(),
    }
}

fn text(text: &packs::Text) -> Text {
    Text::new(&text.es, &text.en)
}

fn kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Code => "code",
        FieldType::Identifier => "identifier",
        FieldType::Url => "url",
        FieldType::Number => "number",
        FieldType::Integer => "integer",
        FieldType::Money => "money",
        FieldType::Date => "date",
        FieldType::Boolean => "boolean",
        FieldType::Latitude => "latitude",
        FieldType::Longitude => "longitude",
    }
}
