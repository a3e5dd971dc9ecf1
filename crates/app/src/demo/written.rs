//! What an office puts in a cell: a value, an unreadable text, or nothing.

/// A cell as an office fills it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Written<T> {
    /// A good value.
    Value(T),
    /// A text nobody can read as a value; it becomes a problem of the publisher.
    Unreadable(&'static str),
    /// Left empty.
    Blank,
}

impl<T: Copy> Written<T> {
    /// The text of the cell, with `form` for a good value.
    pub fn text(self, form: impl Fn(T) -> String) -> String {
        match self {
            Written::Value(value) => form(value),
            Written::Unreadable(text) => text.to_string(),
            Written::Blank => String::new(),
        }
    }

    /// The good value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Written::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// An amount of money in hundredths.
pub type Cents = i64;

/// Whole pesos as an amount.
pub fn pesos(whole: i64) -> Cents {
    whole * 100
}

/// `1234567.80`.
pub fn plain(amount: Cents) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// `1,234,567.80`.
pub fn grouped(amount: Cents) -> String {
    let whole = (amount / 100).to_string();
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}.{:02}", amount % 100)
}

/// The amount as a number of JSON or of a workbook.
pub fn number(amount: Cents) -> f64 {
    amount as f64 / 100.0
}
