//! Our SQL functions, in one registry, each a plain function on text beneath.

mod dates;
mod names;
mod numbers;
mod text;
mod udf;

pub use dates::{DateFound, add_months, day_text, parse_date, parse_dates, term_months};
pub use names::{
    fold_text, has_company_form, is_rfc, join_name, name_key, parse_names, parse_rfc,
    rfc_has_check_digit,
};
pub use numbers::{
    amount_range, parse_boolean, parse_decimal, parse_decimal_eu, parse_integer, to_text,
};
pub use text::{parse_codes, stable_id};

use datafusion::prelude::SessionContext;

/// Name, what it does, an example: the page `docs/functions.md` says the same.
pub const FUNCTIONS: &[(&str, &str)] = &[
    (
        "fold_text(text)",
        "upper case without accents or tilde, single blanks",
    ),
    (
        "name_key(text)",
        "legal name without signs and company form; equal keys are a possible match, never more",
    ),
    (
        "join_name(name, surname, surname)",
        "one name from the cells of a form; repeated parts and parts that say \"does not apply\" are left out",
    ),
    (
        "is_rfc(text)",
        "whether the text has the form of a Mexican taxpayer key",
    ),
    (
        "rfc_has_check_digit(text)",
        "whether the last sign of a taxpayer key is the check digit of the others; some true keys fail",
    ),
    (
        "parse_number(text)",
        "struct(value, problem): 1,234.56 and $1'234.56",
    ),
    ("parse_number_eu(text)", "struct(value, problem): 1.234,56"),
    ("parse_integer(text)", "struct(value, problem)"),
    (
        "parse_date(text)",
        "struct(value, precision, zone, problem): the day as written",
    ),
    (
        "parse_boolean(text)",
        "struct(value, problem): sí/no, 1/0, true/false",
    ),
    (
        "parse_rfc(text)",
        "struct(value, problem): upper case without signs",
    ),
    (
        "parse_dates(text)",
        "list of struct(value, precision, zone, problem): every date in a cell",
    ),
    (
        "parse_names(text)",
        "list of text: the names of a cell that holds several",
    ),
    (
        "parse_codes(text)",
        "list of text: codes between ; , / or |",
    ),
    ("number_value(text)", "the number, or null"),
    (
        "amount_min(text), amount_max(text)",
        "the amounts after the words minimum and maximum, or null",
    ),
    ("date_value(text)", "the day, or null"),
    (
        "term_months(text)",
        "months of a term in words: 2 AÑOS 6 MESES is 30",
    ),
    ("add_months(date, months)", "the same day some months later"),
    (
        "stable_id(text)",
        "sixteen hex digits that depend on the text alone",
    ),
    (
        "json_object(key, value, …)",
        "a JSON object as text; pairs whose value is null are left out",
    ),
];

/// Registers every function in a session.
pub fn register(context: &SessionContext) {
    udf::register(context);
}
