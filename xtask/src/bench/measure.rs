//! What one command takes, as the operating system counts it, children included.
//!
//! The counting is `bench/measure.py`: the system's own account of a finished child is a call that the standard
//! library of Rust does not offer, and Python is there for the peers anyway.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::command;
use crate::house::House;

/// What a command took.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub(super) struct Figures {
    /// User and system time of the command and its children.
    pub cpu_seconds: f64,
    /// By the clock on the wall.
    pub wall_seconds: f64,
    /// The largest of its processes, at its largest (1 MB = 10⁶ bytes).
    pub peak_mb: f64,
}

impl Figures {
    /// The middle of each figure; of an even number, the higher of the two in the middle.
    pub(super) fn median(all: &[Self]) -> Self {
        let middle = |of: fn(&Self) -> f64| {
            let mut values: Vec<_> = all.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Self {
            cpu_seconds: middle(|figures| figures.cpu_seconds),
            wall_seconds: middle(|figures| figures.wall_seconds),
            peak_mb: middle(|figures| figures.peak_mb),
        }
    }
}

/// Runs a command in `folder` and measures it.
///
/// Errors: it ends with another code than 0; the end of what it printed is in the message.
pub(super) fn run(house: &House, words: &[String], folder: &Path) -> Result<Figures> {
    let mut python = Command::new("python3");
    python
        .arg(house.root.join("bench/measure.py"))
        .args(words)
        .current_dir(folder);
    let printed = command::output(&mut python)?;
    serde_json::from_str(&printed).context("reading what bench/measure.py printed")
}

/// Today's date in UTC, as `2026-11-23`.
pub(super) fn today() -> Result<String> {
    let code = "import datetime as d; print(d.datetime.now(d.timezone.utc).date())";
    Ok(command::output(Command::new("python3").args(["-c", code]))?
        .trim()
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_taken_figure_by_figure() {
        let figures = |cpu_seconds, peak_mb| Figures {
            cpu_seconds,
            wall_seconds: 1.0,
            peak_mb,
        };
        let median = Figures::median(&[figures(3.0, 10.0), figures(1.0, 30.0), figures(2.0, 20.0)]);
        assert_eq!((median.cpu_seconds, median.peak_mb), (2.0, 20.0));
    }
}
