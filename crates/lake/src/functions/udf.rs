//! The functions as DataFusion sees them.

use super::{DateFound, dates, names, numbers, text};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder,
    ListBuilder, StringArray, StringBuilder, StructArray, StructBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Field, Fields, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

type Body = fn(&[ArrayRef]) -> Result<ArrayRef>;

/// A function on arrays, known by its name.
#[derive(Debug, Clone)]
struct Function {
    name: &'static str,
    signature: Signature,
    returns: DataType,
    body: Body,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let out = (self.body)(&arrays)?;
        if scalar && out.len() == 1 {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&out, 0)?));
        }
        Ok(ColumnarValue::Array(out))
    }
}

pub(super) fn register(context: &SessionContext) {
    let text_in = || Signature::exact(vec![DataType::Utf8], Volatility::Immutable);
    let one = |name: &'static str, returns: DataType, body: Body| Function {
        name,
        signature: text_in(),
        returns,
        body,
    };
    let functions = [
        one("fold_text", DataType::Utf8, |args| {
            texts(args, |text| Some(names::fold_text(text)))
        }),
        one("name_key", DataType::Utf8, |args| {
            texts(args, |text| {
                Some(names::name_key(text)).filter(|key| !key.is_empty())
            })
        }),
        Function {
            name: "join_name",
            signature: Signature::exact(
                vec![DataType::Utf8, DataType::Utf8, DataType::Utf8],
                Volatility::Immutable,
            ),
            returns: DataType::Utf8,
            body: |args| {
                let part = |index: usize, row: usize| {
                    let cells = args[index].as_string::<i32>();
                    if cells.is_valid(row) {
                        cells.value(row)
                    } else {
                        ""
                    }
                };
                let rows = args[0].len();
                let names = (0..rows).map(|row| {
                    let name = names::join_name(part(0, row), part(1, row), part(2, row));
                    (!name.is_empty()).then_some(name)
                });
                Ok(Arc::new(names.collect::<StringArray>()))
            },
        },
        one("amount_min", DECIMAL, |args| {
            amounts(args, |text| numbers::amount_range(text).0)
        }),
        one("amount_max", DECIMAL, |args| {
            amounts(args, |text| numbers::amount_range(text).1)
        }),
        one("stable_id", DataType::Utf8, |args| {
            texts(args, |text| Some(text::stable_id(text)))
        }),
        one("is_rfc", DataType::Boolean, |args| {
            claims(args, names::is_rfc)
        }),
        one("rfc_has_check_digit", DataType::Boolean, |args| {
            claims(args, names::rfc_has_check_digit)
        }),
        one("parse_number", pair(DECIMAL), |args| {
            decimals(args, numbers::parse_decimal)
        }),
        one("parse_number_eu", pair(DECIMAL), |args| {
            decimals(args, numbers::parse_decimal_eu)
        }),
        one("parse_integer", pair(DataType::Int64), |args| {
            let mut values = Int64Builder::new();
            let problems = each(args, |cell| {
                let (value, problem) = cell.map_or((None, None), numbers::parse_integer);
                values.append_option(value);
                problem
            });
            Ok(paired(DataType::Int64, Arc::new(values.finish()), problems))
        }),
        one("parse_boolean", pair(DataType::Boolean), |args| {
            let mut values = BooleanBuilder::new();
            let problems = each(args, |cell| {
                let (value, problem) = cell.map_or((None, None), numbers::parse_boolean);
                values.append_option(value);
                problem
            });
            Ok(paired(
                DataType::Boolean,
                Arc::new(values.finish()),
                problems,
            ))
        }),
        one("parse_rfc", pair(DataType::Utf8), |args| {
            let mut values = StringBuilder::new();
            let problems = each(args, |cell| {
                let (value, problem) = cell.map_or((None, None), names::parse_rfc);
                values.append_option(value);
                problem
            });
            Ok(paired(DataType::Utf8, Arc::new(values.finish()), problems))
        }),
        one("parse_date", DataType::Struct(date_fields()), |args| {
            let found: Vec<DateFound> = column(args)
                .iter()
                .map(|cell| cell.map(dates::parse_date).unwrap_or_default())
                .collect();
            Ok(Arc::new(date_struct(&found)))
        }),
        one(
            "parse_dates",
            list_of(DataType::Struct(date_fields())),
            |args| {
                let item = Arc::new(Field::new_list_field(DataType::Struct(date_fields()), true));
                let cells: Vec<Vec<DateFound>> = column(args)
                    .iter()
                    .map(|cell| cell.map(dates::parse_dates).unwrap_or_default())
                    .collect();
                let lengths = arrow::buffer::OffsetBuffer::from_lengths(cells.iter().map(Vec::len));
                let flat: Vec<DateFound> = cells.into_iter().flatten().collect();
                Ok(Arc::new(arrow::array::ListArray::new(
                    item,
                    lengths,
                    Arc::new(date_struct(&flat)),
                    None,
                )))
            },
        ),
        one("parse_codes", list_of(DataType::Utf8), |args| {
            lists(args, text::parse_codes)
        }),
        one("parse_names", list_of(DataType::Utf8), |args| {
            lists(args, names::parse_names)
        }),
        one("number_value", DECIMAL, |args| {
            amounts(args, |text| numbers::parse_decimal(text).0)
        }),
        one("date_value", DataType::Date32, |args| {
            let values = column(args)
                .iter()
                .map(|cell| cell.and_then(|cell| dates::parse_date(cell).value));
            Ok(Arc::new(values.collect::<arrow::array::Date32Array>()))
        }),
        one("term_months", DataType::Int64, |args| {
            let values = column(args)
                .iter()
                .map(|cell| cell.and_then(dates::term_months));
            Ok(Arc::new(values.collect::<arrow::array::Int64Array>()))
        }),
        Function {
            name: "add_months",
            signature: Signature::exact(
                vec![DataType::Date32, DataType::Int64],
                Volatility::Immutable,
            ),
            returns: DataType::Date32,
            body: |args| {
                let days = args[0].as_primitive::<Date32Type>();
                let months = args[1].as_primitive::<Int64Type>();
                let later = days
                    .iter()
                    .zip(months.iter())
                    .map(|(day, months)| dates::add_months(day?, months?));
                Ok(Arc::new(later.collect::<arrow::array::Date32Array>()))
            },
        },
        Function {
            name: "json_object",
            signature: Signature::variadic(vec![DataType::Utf8], Volatility::Immutable),
            returns: DataType::Utf8,
            body: json_object,
        },
    ];
    for function in functions {
        context.register_udf(ScalarUDF::from(function));
    }
}

const DECIMAL: DataType = DataType::Decimal128(24, 6);

fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

fn pair_fields(value: DataType) -> Fields {
    Fields::from(vec![
        Field::new("value", value, true),
        Field::new("problem", DataType::Utf8, true),
    ])
}

fn pair(value: DataType) -> DataType {
    DataType::Struct(pair_fields(value))
}

fn date_fields() -> Fields {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Fields::from(vec![
        Field::new("value", DataType::Date32, true),
        text("precision"),
        text("zone"),
        text("problem"),
    ])
}

fn column(args: &[ArrayRef]) -> &StringArray {
    args[0].as_string::<i32>()
}

fn texts(args: &[ArrayRef], body: impl Fn(&str) -> Option<String>) -> Result<ArrayRef> {
    Ok(Arc::new(
        column(args)
            .iter()
            .map(|cell| cell.and_then(&body))
            .collect::<StringArray>(),
    ))
}

fn lists(args: &[ArrayRef], body: fn(&str) -> Vec<String>) -> Result<ArrayRef> {
    let mut out = ListBuilder::new(StringBuilder::new());
    for cell in column(args).iter() {
        cell.map(body)
            .unwrap_or_default()
            .iter()
            .for_each(|text| out.values().append_value(text));
        out.append(true);
    }
    Ok(Arc::new(out.finish()))
}

fn amounts(args: &[ArrayRef], body: impl Fn(&str) -> Option<i128>) -> Result<ArrayRef> {
    let values = column(args).iter().map(|cell| cell.and_then(&body));
    Ok(Arc::new(
        values
            .collect::<arrow::array::Decimal128Array>()
            .with_precision_and_scale(24, 6)?,
    ))
}

fn claims(args: &[ArrayRef], body: fn(&str) -> bool) -> Result<ArrayRef> {
    let mut out = BooleanBuilder::new();
    column(args)
        .iter()
        .for_each(|cell| out.append_option(cell.map(body)));
    Ok(Arc::new(out.finish()))
}

/// Calls `body` for each cell and gathers the problems it answers.
fn each(args: &[ArrayRef], mut body: impl FnMut(Option<&str>) -> Option<&'static str>) -> ArrayRef {
    Arc::new(column(args).iter().map(&mut body).collect::<StringArray>())
}

fn paired(value: DataType, values: ArrayRef, problems: ArrayRef) -> ArrayRef {
    Arc::new(StructArray::new(
        pair_fields(value),
        vec![values, problems],
        None,
    ))
}

fn decimals(
    args: &[ArrayRef],
    parse: fn(&str) -> (Option<i128>, Option<&'static str>),
) -> Result<ArrayRef> {
    let mut values = Decimal128Builder::new().with_data_type(DECIMAL);
    let problems = each(args, |cell| {
        let (value, problem) = cell.map_or((None, None), parse);
        values.append_option(value);
        problem
    });
    Ok(paired(DECIMAL, Arc::new(values.finish()), problems))
}

fn date_struct(found: &[DateFound]) -> StructArray {
    let mut out = StructBuilder::from_fields(date_fields(), found.len());
    for date in found {
        out.field_builder::<Date32Builder>(0)
            .expect("a day")
            .append_option(date.value);
        out.field_builder::<StringBuilder>(1)
            .expect("text")
            .append_option(date.precision);
        out.field_builder::<StringBuilder>(2)
            .expect("text")
            .append_option(date.zone.as_deref());
        out.field_builder::<StringBuilder>(3)
            .expect("text")
            .append_option(date.problem);
        out.append(true);
    }
    out.finish()
}

fn json_object(args: &[ArrayRef]) -> Result<ArrayRef> {
    let columns: Vec<&StringArray> = args.iter().map(|arg| arg.as_string::<i32>()).collect();
    let rows = columns.first().map_or(0, |column| column.len());
    let mut out = StringBuilder::new();
    for row in 0..rows {
        let mut object = serde_json::Map::new();
        for pair in columns.chunks_exact(2) {
            if pair[0].is_valid(row) && pair[1].is_valid(row) {
                object.insert(pair[0].value(row).to_string(), pair[1].value(row).into());
            }
        }
        out.append_value(serde_json::Value::Object(object).to_string());
    }
    Ok(Arc::new(out.finish()))
}
