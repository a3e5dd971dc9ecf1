//! The columns of the lake's own tables, which every room reads and some write.

use crate::manifest::TableName;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Decimal(24,6): the one type of amounts and numbers.
pub const DECIMAL: DataType = DataType::Decimal128(24, 6);

const TEXT: DataType = DataType::Utf8;
const INT64: DataType = DataType::Int64;
const INT32: DataType = DataType::Int32;
const DATE: DataType = DataType::Date32;

/// A schema of nullable columns.
pub fn columns(pairs: &[(&str, DataType)]) -> SchemaRef {
    Arc::new(Schema::new(
        pairs
            .iter()
            .map(|(name, data_type)| Field::new(*name, data_type.clone(), true))
            .collect::<Vec<_>>(),
    ))
}

/// The name of one of the lake's own tables.
pub fn own(name: &str) -> TableName {
    TableName::new("cotejo", name)
}

/// One row per file and part as received.
pub fn file() -> SchemaRef {
    columns(&[
        ("file_id", INT64),
        ("sha256", TEXT),
        ("path", TEXT),
        ("part_id", INT32),
        ("part", TEXT),
        ("place", TEXT),
        ("source", TEXT),
        ("layout", TEXT),
        ("format", TEXT),
        ("encoding", TEXT),
        ("delimiter", TEXT),
        ("size_bytes", INT64),
        ("records_found", INT64),
        ("rows_read", INT64),
        ("rows_set_aside", INT64),
        ("other_rows", TEXT),
        ("edition_date", DATE),
        ("status", TEXT),
        ("added_at", TEXT),
    ])
}

/// One row per defect found in what was published.
pub fn problem() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("position", TEXT),
        ("column", TEXT),
        ("code", TEXT),
        ("severity", TEXT),
        ("found", TEXT),
        ("action", TEXT),
        ("step", TEXT),
    ])
}

/// The original headers of raw columns.
pub fn raw_column() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("layout", TEXT),
        ("list", TEXT),
        ("position", INT32),
        ("header", TEXT),
        ("slug", TEXT),
    ])
}

/// What a cell holds beside its text.
pub fn raw_cell() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("column", TEXT),
        ("kind", TEXT),
        ("value", TEXT),
    ])
}

/// Documents of a standard, piece by piece as published: each record, and what stands around the records.
pub fn document() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("standard", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("piece", INT64),
        ("record", INT64),
        ("kind", TEXT),
        ("position", TEXT),
        ("text", TEXT),
        ("gaps", TEXT),
    ])
}

/// What each column of each file holds.
pub fn profile() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("list", TEXT),
        ("column", TEXT),
        ("rows", INT64),
        ("filled", INT64),
        ("distinct_estimate", INT64),
        ("numbers", INT64),
        ("dates", INT64),
        ("min_length", INT32),
        ("max_length", INT32),
        ("example", TEXT),
    ])
}

/// How far each field of a standard is filled, by source and layout.
pub fn coverage() -> SchemaRef {
    columns(&[
        ("place", TEXT),
        ("source", TEXT),
        ("layout", TEXT),
        ("standard", TEXT),
        ("table", TEXT),
        ("field", TEXT),
        ("rows", INT64),
        ("filled", INT64),
        ("valid", INT64),
        ("in_codelist", INT64),
        ("mapped", DataType::Boolean),
    ])
}

/// The releases of each process or project, in order.
///
/// `kind`: `release`, `compiled`, `linked`, `versioned`. `timing`: blank, `late` (published more than 30 days after its own
/// date) or `backdated` (dated before a release that was published earlier). `record` is null for one that stood beside the records.
pub fn release() -> SchemaRef {
    columns(&[
        ("standard", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("subject", TEXT),
        ("release_id", TEXT),
        ("release_date", TEXT),
        ("released", DATE),
        ("kind", TEXT),
        ("tags", TEXT),
        ("published", TEXT),
        ("published_day", DATE),
        ("sequence", INT32),
        ("timing", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("position", TEXT),
    ])
}

/// What each release changed in its process or project, where there are two or more.
///
/// `path` names members of lists by their id, `awards[1]/value/amount`; `action`: `added`, `changed`, `removed`.
pub fn change() -> SchemaRef {
    columns(&[
        ("standard", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("subject", TEXT),
        ("sequence", INT32),
        ("release_id", TEXT),
        ("release_date", TEXT),
        ("released", DATE),
        ("timing", TEXT),
        ("path", TEXT),
        ("action", TEXT),
        ("before", TEXT),
        ("after", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("position", TEXT),
    ])
}

/// Raw records whose process was merged from several, so that they hold no longer by themselves.
pub fn merged_record() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
    ])
}

/// What each check of quality found in each source: one row per check and source.
pub fn check_result() -> SchemaRef {
    columns(&[
        ("standard", TEXT),
        ("check", TEXT),
        ("level", TEXT),
        ("severity", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        // passed, failed, measured, not_applicable, not_computable.
        ("result", TEXT),
        ("applicable", INT64),
        ("passed", INT64),
        ("failed", INT64),
        ("value", DECIMAL),
        ("examples", TEXT),
        ("reason", TEXT),
        ("parameter_hash", TEXT),
    ])
}

/// Dated numbers of the rules.
pub fn parameter() -> SchemaRef {
    columns(&[
        ("indicator", TEXT),
        ("name", TEXT),
        ("place", TEXT),
        ("procedure", TEXT),
        ("category", TEXT),
        ("valid_from", DATE),
        ("valid_to", DATE),
        ("value", DECIMAL),
        ("status", TEXT),
        ("source_title", TEXT),
    ])
}

/// What is known of each source.
pub fn source_info() -> SchemaRef {
    columns(&[
        ("source", TEXT),
        ("place", TEXT),
        ("title_es", TEXT),
        ("title_en", TEXT),
        ("publisher", TEXT),
        ("url", TEXT),
        ("license", TEXT),
        ("publishes", TEXT),
        ("covers", TEXT),
        ("covers_note_es", TEXT),
        ("covers_note_en", TEXT),
        ("tax_basis", TEXT),
    ])
}

/// What is known of each place.
pub fn place_info() -> SchemaRef {
    columns(&[
        ("place", TEXT),
        ("name_es", TEXT),
        ("name_en", TEXT),
        ("kind", TEXT),
        ("country", TEXT),
    ])
}

/// Every subject a rule applies to, and the answer.
pub fn answer() -> SchemaRef {
    columns(&[
        ("indicator", TEXT),
        ("subject_kind", TEXT),
        ("subject_id", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("name", TEXT),
        ("answer", TEXT),
        ("value", DECIMAL),
        ("threshold", DECIMAL),
        ("amount", DECIMAL),
        ("currency", TEXT),
        ("missing", TEXT),
        ("note", TEXT),
        ("detail", TEXT),
    ])
}

/// Flagged subjects.
pub fn flag() -> SchemaRef {
    columns(&[
        ("flag_id", TEXT),
        ("indicator", TEXT),
        ("subject_kind", TEXT),
        ("subject_id", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("name", TEXT),
        ("value", DECIMAL),
        ("threshold", DECIMAL),
        ("amount", DECIMAL),
        ("currency", TEXT),
        ("note", TEXT),
        ("detail", TEXT),
        ("rule_version", TEXT),
        ("first_seen", DATE),
        ("last_seen", DATE),
        ("closed_on", DATE),
    ])
}

/// The original rows behind a flag or a noted answer.
pub fn evidence() -> SchemaRef {
    columns(&[
        ("flag_id", TEXT),
        ("indicator", TEXT),
        ("subject_id", TEXT),
        ("source", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("element", TEXT),
        ("role", TEXT),
    ])
}

/// Whoever or whatever a row of a standard names, as the row says it.
pub fn link_mention() -> SchemaRef {
    columns(&[
        ("kind", TEXT),
        ("mention_id", TEXT),
        ("table_name", TEXT),
        ("role", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("subject_id", TEXT),
        ("name", TEXT),
        ("name_key", TEXT),
        ("words", TEXT),
        ("is_person_name", DataType::Boolean),
        ("rfc", TEXT),
        ("curp", TEXT),
        ("scheme", TEXT),
        ("identifier", TEXT),
        ("ocid", TEXT),
        ("number", TEXT),
        ("buyer_key", TEXT),
        ("supplier_key", TEXT),
        ("date", DATE),
        ("borrowed", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("element", TEXT),
    ])
}

/// What is one thing, as far as identifiers and people say.
pub fn link_entity() -> SchemaRef {
    columns(&[
        ("kind", TEXT),
        ("entity_id", TEXT),
        ("key", TEXT),
        ("strength", TEXT),
        ("name", TEXT),
        ("names", INT64),
        ("rfc", TEXT),
        ("mentions", INT64),
        ("sources", INT64),
        ("roles", TEXT),
        ("homonyms", INT64),
        ("warnings", TEXT),
        ("distinct_key", TEXT),
    ])
}

/// The mentions of each entity: where, and how each was linked.
pub fn link_member() -> SchemaRef {
    columns(&[
        ("kind", TEXT),
        ("entity_id", TEXT),
        ("mention_id", TEXT),
        ("rule", TEXT),
        ("strength", TEXT),
        ("joined_by", TEXT),
        ("table_name", TEXT),
        ("role", TEXT),
        ("source", TEXT),
        ("place", TEXT),
        ("subject_id", TEXT),
        ("name", TEXT),
        ("date", DATE),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("element", TEXT),
    ])
}

/// Two entities and what speaks for or against their being one.
pub fn link_pair() -> SchemaRef {
    columns(&[
        ("kind", TEXT),
        ("pair_id", TEXT),
        ("a", TEXT),
        ("b", TEXT),
        ("rule", TEXT),
        ("strength", TEXT),
        ("decision", TEXT),
        ("sharing", INT64),
        ("different", INT64),
        ("evidence", TEXT),
    ])
}

/// The columns every standard table begins with.
pub fn origin() -> Vec<(&'static str, DataType)> {
    vec![
        ("source", TEXT),
        ("place", TEXT),
        ("layout", TEXT),
        ("file_id", INT64),
        ("part_id", INT32),
        ("record", INT64),
        ("element", TEXT),
        ("edition_date", DATE),
        ("row_state", TEXT),
    ]
}
