//! Columns of a standard table.

use lake::arrow::datatypes::{DataType, SchemaRef};
use lake::{TableName, system};
use packs::{FieldType, Standard, Table};

/// `ocds.contract`: the current rows.
pub fn table_name(standard: &Standard, table: &Table) -> TableName {
    TableName::new(&standard.code, &table.name)
}

/// `ocds_history.contract`: all rows.
pub fn history(standard: &Standard, table: &Table) -> TableName {
    TableName::new(&format!("{}_history", standard.code), &table.name)
}

/// The columns of a standard table: its origin, then its fields; a date has its precision and zone beside it.
pub fn table_schema(table: &Table) -> SchemaRef {
    let mut pairs: Vec<(String, DataType)> = system::origin()
        .into_iter()
        .map(|(name, data_type)| (name.to_string(), data_type))
        .collect();
    for field in &table.fields {
        pairs.push((field.name.clone(), data_type(field.kind)));
        if field.kind == FieldType::Date {
            pairs.push((format!("{}_precision", field.name), DataType::Utf8));
            pairs.push((format!("{}_zone", field.name), DataType::Utf8));
        }
    }
    system::columns(
        &pairs
            .iter()
            .map(|(name, data_type)| (name.as_str(), data_type.clone()))
            .collect::<Vec<_>>(),
    )
}

/// The column type of a field.
pub(crate) fn data_type(kind: FieldType) -> DataType {
    match kind {
        FieldType::Number | FieldType::Money => system::DECIMAL,
        FieldType::Integer => DataType::Int64,
        FieldType::Date => DataType::Date32,
        FieldType::Boolean => DataType::Boolean,
        FieldType::Latitude | FieldType::Longitude => DataType::Float64,
        FieldType::Text | FieldType::Code | FieldType::Identifier | FieldType::Url => {
            DataType::Utf8
        }
    }
}
