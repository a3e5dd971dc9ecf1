//! What a column holds, gathered while it passes.

use std::hash::{DefaultHasher, Hasher};

/// Registers of the distinct estimate: 2^10 give about 3 % of error in 1 KiB a column.
const REGISTERS: usize = 1 << 10;

/// The profile of one column.
#[derive(Debug, Clone)]
pub struct ColumnProfile {
    /// Cells that are not empty.
    pub filled: u64,
    /// Cells that look like a number.
    pub numbers: u64,
    /// Cells that look like a date.
    pub dates: u64,
    /// Length of the shortest filled cell, in bytes.
    pub min_length: u32,
    /// Length of the longest, in bytes.
    pub max_length: u32,
    /// The first filled cell, at most 80 characters.
    pub example: String,
    registers: Vec<u8>,
}

impl Default for ColumnProfile {
    fn default() -> Self {
        ColumnProfile {
            filled: 0,
            numbers: 0,
            dates: 0,
            min_length: u32::MAX,
            max_length: 0,
            example: String::new(),
            registers: vec![0; REGISTERS],
        }
    }
}

impl ColumnProfile {
    /// Takes note of a cell.
    pub fn add(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.min_length = self.min_length.min(cell.len() as u32);
        self.max_length = self.max_length.max(cell.len() as u32);
        if self.filled == 1 {
            self.example = cell.chars().take(80).collect();
        }
        match kind(cell.as_bytes()) {
            Kind::Number => self.numbers += 1,
            Kind::Date => self.dates += 1,
            Kind::Text => {}
        }
        // HyperLogLog: the register named by the low bits keeps the longest run of zeros of the high bits.
        let mut hasher = DefaultHasher::new();
        hasher.write(cell.as_bytes());
        let hash = hasher.finish();
        let register = &mut self.registers[hash as usize & (REGISTERS - 1)];
        *register = (*register).max((hash | (REGISTERS as u64 - 1)).leading_zeros() as u8 + 1);
    }

    /// About how many different filled cells there are.
    ///
    /// Source: Flajolet and others, "HyperLogLog" (2007), with the small-range correction.
    pub fn distinct_estimate(&self) -> u64 {
        let m = REGISTERS as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|register| 2f64.powi(-i32::from(*register)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self
            .registers
            .iter()
            .filter(|register| **register == 0)
            .count();
        let estimate = if raw <= 2.5 * m && empty > 0 {
            m * (m / empty as f64).ln()
        } else {
            raw
        };
        (estimate.round() as u64).min(self.filled)
    }
}

enum Kind {
    Number,
    Date,
    Text,
}

/// A quick look: digits with marks are a number; digits in two or three groups between `/` or `-` are a date.
fn kind(cell: &[u8]) -> Kind {
    let (mut digits, mut marks, mut slashes, mut others) = (0, 0, 0, 0);
    for byte in cell.iter().take(32) {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' | b',' | b'$' | b' ' | b'+' => marks += 1,
            b'/' | b'-' => slashes += 1,
            _ => others += 1,
        }
    }
    match (digits, slashes, others) {
        (0, _, _) => Kind::Text,
        (_, 0, 0) => Kind::Number,
        (_, 1, 0) if cell[0] == b'-' => Kind::Number,
        (6.., 2, _)
            if cell.len() <= 32 && cell[0].is_ascii_digit() && others <= 6 && marks <= 2 =>
        {
            Kind::Date
        }
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_kinds() {
        let mut profile = ColumnProfile::default();
        for cell in [
            "12",
            "-3.5",
            "2015-01-02",
            "31/12/2014 10:00",
            "calle 5",
            "",
        ] {
            profile.add(cell);
        }
        assert_eq!((profile.filled, profile.numbers, profile.dates), (5, 2, 2));
        assert_eq!((profile.min_length, profile.max_length), (2, 16));
    }

    #[test]
    fn distinct_is_near() {
        let mut profile = ColumnProfile::default();
        (0..50_000).for_each(|n| profile.add(&(n % 20_000).to_string()));
        let estimate = profile.distinct_estimate() as f64;
        assert!((estimate / 20_000.0 - 1.0).abs() < 0.1, "{estimate}");
    }
}
