//! Documents built from the tables of a standard, for sources that never published any.
//!
//! Each field goes where its path says; rows of a list below another find the element they hang from by its
//! identifier. Fields without a path are our own and stay behind.

use crate::error::Error;
use crate::schema::table_name;
use documents::Value;
use futures::StreamExt;
use lake::Engine;
use lake::arrow::array::{Array, AsArray, RecordBatch};
use lake::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type};
use lake::datafusion::execution::SendableRecordBatchStream;
use packs::{Documents, Field, FieldType, Standard, Table};

/// A document and when its latest row was published.
pub(crate) struct Built {
    pub subject: String,
    pub value: Value,
    /// Days since 1970-01-01.
    pub edition: Option<i32>,
    /// Dates that name no day, which a document cannot say.
    pub dates_left_out: u64,
}

/// Hands over the current documents of `source`, one for each subject, in order.
pub(crate) async fn each(
    engine: &Engine,
    standard: &Standard,
    documents: &Documents,
    source: &str,
    sink: &mut dyn FnMut(Built) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut cursors = Vec::new();
    for table in standard.tables.values() {
        let subject = table
            .fields
            .iter()
            .find(|field| field.path.as_deref() == Some(documents.subject.as_str()));
        let places: Vec<&str> = table.places().collect();
        let (Some(subject), false) = (subject, places.is_empty()) else {
            continue;
        };
        let sql = format!(
            "SELECT * FROM {} WHERE source = '{source}' AND \"{}\" <> '' ORDER BY \"{}\", file_id, part_id, record, element",
            table_name(standard, table),
            subject.name,
            subject.name
        );
        let origin = format!(
            "export of {standard}.{}",
            table.name,
            standard = standard.code
        );
        let mut cursor = Cursor {
            places,
            table,
            subject: &subject.name,
            stream: engine.stream(&origin, &sql).await?,
            batch: None,
            row: 0,
            origin,
        };
        cursor.fill().await?;
        cursors.push(cursor);
    }
    // Short paths first: an element is there before what hangs from it.
    cursors.sort_by_key(|cursor| (cursor.places[0].len(), cursor.table.name.clone()));
    loop {
        let next = cursors.iter().filter_map(Cursor::subject).min();
        let Some(next) = next.map(str::to_string) else {
            return Ok(());
        };
        let mut built = Built {
            subject: next.clone(),
            value: Value::Object(Vec::new()),
            edition: None,
            dates_left_out: 0,
        };
        built
            .value
            .set(&documents.subject, Value::text(next.as_str()));
        for cursor in &mut cursors {
            while cursor.subject() == Some(&next) {
                cursor.add_row(&mut built);
                cursor.row += 1;
                cursor.fill().await?;
            }
        }
        sink(built)?;
    }
}

/// The rows of one table, in order of subject.
struct Cursor<'a> {
    places: Vec<&'a str>,
    table: &'a Table,
    subject: &'a str,
    stream: SendableRecordBatchStream,
    batch: Option<RecordBatch>,
    row: usize,
    origin: String,
}

impl Cursor<'_> {
    /// Makes sure that a row stands ready, unless there is none left.
    async fn fill(&mut self) -> Result<(), Error> {
        while self
            .batch
            .as_ref()
            .is_none_or(|batch| self.row >= batch.num_rows())
        {
            self.row = 0;
            self.batch = match self.stream.next().await {
                None => None,
                Some(batch) => Some(batch.map_err(|error| lake::Error::Query {
                    origin: self.origin.clone(),
                    message: error.strip_backtrace(),
                })?),
            };
            if self.batch.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn subject(&self) -> Option<&str> {
        let array = self.batch.as_ref()?.column_by_name(self.subject)?;
        Some(array.as_string_opt::<i32>()?.value(self.row))
    }

    /// The place of the document where the row stands.
    fn list(&self, batch: &RecordBatch) -> Option<&str> {
        let stands = |list: &&&str| {
            self.table.fields.iter().all(|field| {
                let Some(told) = field.told_by(list) else {
                    return true;
                };
                let array = batch.column_by_name(&field.name);
                array
                    .and_then(|array| array.as_string_opt::<i32>())
                    .is_some_and(|array| array.is_valid(self.row) && array.value(self.row) == told)
            })
        };
        match self.places.as_slice() {
            [only] => Some(only),
            several => several.iter().find(stands).copied(),
        }
    }

    fn add_row(&self, built: &mut Built) {
        let Some(batch) = &self.batch else { return };
        let edition = batch.column_by_name("edition_date");
        if let Some(days) = edition.and_then(|array| array.as_primitive_opt::<Date32Type>())
            && days.is_valid(self.row)
        {
            built.edition = built.edition.max(Some(days.value(self.row)));
        }
        let Some(list) = self.list(batch) else {
            return;
        };
        // What names the elements on the way: `awards[]/id` of a row of `awards[]/suppliers[]`.
        let mut own = Vec::new();
        let mut names: Vec<(String, Value)> = Vec::new();
        for field in &self.table.fields {
            let Some(path) = field.path_in(list) else {
                continue;
            };
            let value = match value(batch, field, self.row) {
                Told::Nothing => continue,
                Told::PartOfADate => {
                    built.dates_left_out += 1;
                    continue;
                }
                Told::Value(value) => value,
            };
            match below(&path, list) {
                Some(rest) => own.push((rest.to_string(), value)),
                None => {
                    let named = path.strip_suffix("/id").filter(|list| list.ends_with("[]"));
                    names.extend(named.map(|list| (list.to_string(), value)));
                }
            }
        }
        if own.is_empty() {
            return;
        }
        let id = own
            .iter()
            .find(|(path, _)| path == "id")
            .map(|(_, value)| value.clone());
        let Some(element) = element(&mut built.value, list, &names, id) else {
            return;
        };
        for (path, value) in own {
            put(element, &path, value);
        }
    }
}

/// The rest of a path below a list, or below the record for `""`.
fn below<'p>(path: &'p str, list: &str) -> Option<&'p str> {
    let rest = match list {
        "" => path,
        list => path.strip_prefix(list)?.strip_prefix('/')?,
    };
    let plain = rest.strip_suffix("[]").unwrap_or(rest);
    (!plain.contains('[')).then_some(rest)
}

/// The element of `list` with this id, made if it is not there; one without id is always a new one.
fn element<'v>(
    record: &'v mut Value,
    list: &str,
    names: &[(String, Value)],
    id: Option<Value>,
) -> Option<&'v mut Value> {
    let mut at = record;
    let mut done = String::new();
    let mut rest = list;
    while let Some(cut) = rest.find("[]") {
        let (steps, after) = rest.split_at(cut);
        done.push_str(steps);
        done.push_str("[]");
        rest = after.trim_start_matches("[]");
        let is_last = rest.is_empty();
        let wanted = match is_last {
            true => id.clone(),
            false => names
                .iter()
                .find(|(list, _)| *list == done)
                .map(|(_, value)| value.clone()),
        };
        let elements = list_at(at, steps.trim_start_matches('/'))?;
        let known = elements
            .iter()
            .position(|element| wanted.is_some() && element.get("id") == wanted.as_ref());
        let index = match known {
            Some(index) => index,
            // What hangs from nobody known hangs from the last.
            None if !is_last && wanted.is_none() && !elements.is_empty() => elements.len() - 1,
            None => {
                let id = wanted.map(|id| ("id".into(), id));
                elements.push(Value::Object(id.into_iter().collect()));
                elements.len() - 1
            }
        };
        at = &mut elements[index];
    }
    Some(at)
}

/// The list at a path of members, made if it is not there.
fn list_at<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Vec<Value>> {
    let mut at = value;
    for (index, step) in path.split('/').enumerate() {
        let is_last = index + 1 == path.split('/').count();
        if at.get(step).is_none() {
            let new = match is_last {
                true => Value::List(Vec::new()),
                false => Value::Object(Vec::new()),
            };
            at.set(step, new);
        }
        at = at.get_mut(step)?;
    }
    match at {
        Value::List(elements) => Some(elements),
        _ => None,
    }
}

fn put(element: &mut Value, path: &str, value: Value) {
    let (path, value) = match path.strip_suffix("[]") {
        Some(path) => {
            let text = value.scalar().unwrap_or_default().into_owned();
            let texts = text.split(';').filter(|text| !text.is_empty());
            (path, Value::List(texts.map(Value::text).collect()))
        }
        None => (path, value),
    };
    let mut at = element;
    let steps: Vec<&str> = path.split('/').collect();
    for step in &steps[..steps.len() - 1] {
        if at.get(step).is_none() {
            at.set(step, Value::Object(Vec::new()));
        }
        let Some(next) = at.get_mut(step) else { return };
        at = next;
    }
    at.set(steps[steps.len() - 1], value);
}

/// What a cell tells.
enum Told {
    Nothing,
    /// A month or a year.
    PartOfADate,
    Value(Value),
}

fn value(batch: &RecordBatch, field: &Field, row: usize) -> Told {
    let Some(array) = batch.column_by_name(&field.name) else {
        return Told::Nothing;
    };
    if array.is_null(row) {
        return Told::Nothing;
    }
    let value = match field.kind {
        FieldType::Money | FieldType::Number => {
            let scale = match array.data_type() {
                DataType::Decimal128(_, scale) => *scale,
                _ => 0,
            };
            let units = array.as_primitive::<Decimal128Type>().value(row);
            Value::Number(decimal(units, scale.max(0) as u32).into())
        }
        FieldType::Integer => Value::Number(
            array
                .as_primitive::<Int64Type>()
                .value(row)
                .to_string()
                .into(),
        ),
        FieldType::Latitude | FieldType::Longitude => Value::Number(
            array
                .as_primitive::<Float64Type>()
                .value(row)
                .to_string()
                .into(),
        ),
        FieldType::Boolean => Value::Bool(array.as_boolean().value(row)),
        FieldType::Date => {
            let text = |suffix: &str| {
                let array = batch.column_by_name(&format!("{}_{suffix}", field.name))?;
                let array = array.as_string_opt::<i32>()?;
                array.is_valid(row).then(|| array.value(row).to_string())
            };
            if matches!(text("precision").as_deref(), Some("year" | "month")) {
                return Told::PartOfADate;
            }
            let days = array.as_primitive::<Date32Type>().value(row);
            Value::text(moment(days))
        }
        FieldType::Text | FieldType::Code | FieldType::Identifier | FieldType::Url => {
            let text = array.as_string::<i32>().value(row);
            if text.is_empty() {
                return Told::Nothing;
            }
            Value::text(text)
        }
    };
    Told::Value(value)
}

/// The first moment of a day, the only form of a date that the standards take.
pub(crate) fn moment(days: i32) -> String {
    format!("{}T00:00:00Z", lake::functions::day_text(days))
}

/// `1234500000` with six decimals is `1234.5`.
fn decimal(units: i128, scale: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let units = units.unsigned_abs();
    let one = 10u128.pow(scale);
    let fraction = format!("{:0width$}", units % one, width = scale as usize);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{}", units / one),
        fraction => format!("{sign}{}.{fraction}", units / one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_idle_zeros() {
        assert_eq!(decimal(1_234_500_000, 6), "1234.5");
        assert_eq!(decimal(-2_000_000, 6), "-2");
        assert_eq!(decimal(1, 6), "0.000001");
    }

    #[test]
    fn a_row_finds_the_element_it_hangs_from() {
        let mut record = Value::Object(Vec::new());
        for (award, supplier) in [("1", "a"), ("2", "b"), ("1", "c")] {
            let names = [("awards[]".to_string(), Value::text(award))];
            let found = element(
                &mut record,
                "awards[]/suppliers[]",
                &names,
                Some(Value::text(supplier)),
            );
            put(
                found.expect("it was made"),
                "identifier/scheme",
                Value::text("MX-RFC"),
            );
        }
        assert_eq!(
            record.to_string(),
            r#"{"awards":[{"id":"1","suppliers":[{"id":"a","identifier":{"scheme":"MX-RFC"}},{"id":"c","identifier":{"scheme":"MX-RFC"}}]},{"id":"2","suppliers":[{"id":"b","identifier":{"scheme":"MX-RFC"}}]}]}"#
        );
    }
}
