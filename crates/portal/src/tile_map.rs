//! A map of equal tiles as inline SVG, each tile a link, beside a table that says the same.
//!
//! Across it is measured in percent and down in pixels, so that it fits a phone and its letters keep their size.

use std::fmt::Write;

use crate::chart::escape;

/// Pixels from one row to the next: with its gap, a tile is large enough for a finger.
const PITCH: u32 = 46;
/// A country of two states has no wider tiles than one of thirty.
const NARROWEST: u32 = 6;
/// Colours above nothing.
const STEPS: usize = 4;

/// A state on the map.
pub(crate) struct Tile<'a> {
    /// From 1.
    pub(crate) column: u32,
    /// From 1.
    pub(crate) row: u32,
    /// Three letters.
    pub(crate) abbreviation: &'a str,
    /// The figure below them.
    pub(crate) small: String,
    /// The whole name and the figure in words.
    pub(crate) label: String,
    /// Where it leads.
    pub(crate) href: String,
    /// Its colour, 0 to 4; none where nothing is known.
    pub(crate) step: Option<usize>,
}

/// The least value of each colour above zero. Equal values never have two colours.
pub(crate) fn steps(values: &[u64]) -> Vec<u64> {
    let mut values: Vec<u64> = values.iter().copied().filter(|value| *value > 0).collect();
    values.sort_unstable();
    values.dedup();
    let mut steps: Vec<u64> = (0..STEPS)
        .filter_map(|step| values.get(step * values.len() / STEPS).copied())
        .collect();
    steps.dedup();
    steps
}

/// The colour of a value: 0 for zero, then 1 to 4.
pub(crate) fn step(steps: &[u64], value: u64) -> usize {
    steps.iter().filter(|least| **least <= value).count()
}

/// The colours in use, each with its least and its greatest value.
pub(crate) fn ranges(steps: &[u64], values: &[u64]) -> Vec<(usize, u64, u64)> {
    (0..=steps.len())
        .filter_map(|number| {
            let of: Vec<u64> = values
                .iter()
                .copied()
                .filter(|value| step(steps, *value) == number)
                .collect();
            Some((number, *of.iter().min()?, *of.iter().max()?))
        })
        .collect()
}

/// The map.
pub(crate) fn svg(tiles: &[Tile], title: &str) -> String {
    let columns = tiles
        .iter()
        .map(|tile| tile.column)
        .fold(NARROWEST, u32::max);
    let rows = tiles.iter().map(|tile| tile.row).max().unwrap_or(1);
    let pitch = 100.0 / f64::from(columns);
    let mut svg = format!(
        "<svg class=\"map\" height=\"{}\" role=\"group\" aria-label=\"{}\">",
        rows * PITCH,
        escape(title)
    );
    for tile in tiles {
        let x = f64::from(tile.column.max(1) - 1) * pitch;
        let y = (tile.row.max(1) - 1) * PITCH;
        let (class, fill) = match tile.step {
            Some(step) => (format!("m-{step}"), ""),
            None => ("m-absent".to_owned(), " fill=\"url(#hatch)\""),
        };
        let _ = write!(
            svg,
            "<a href=\"{href}\" class=\"{class}\"><title>{label}</title>\
             <rect x=\"{x:.2}%\" y=\"{y}\" width=\"{width:.2}%\" height=\"{height}\" rx=\"3\"{fill}/>\
             <text x=\"{middle:.2}%\" y=\"{first}\" text-anchor=\"middle\">{abbreviation}</text>\
             <text class=\"tiny\" x=\"{middle:.2}%\" y=\"{second}\" text-anchor=\"middle\">{small}</text></a>",
            href = escape(&tile.href),
            label = escape(&tile.label),
            width = pitch * 0.93,
            height = PITCH - 4,
            middle = x + pitch * 0.465,
            first = y + 18,
            second = y + 34,
            abbreviation = escape(tile.abbreviation),
            small = escape(&tile.small),
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_colour_and_zero_has_its_own() {
        let values = [0, 1, 1, 1, 7, 7, 90];
        let steps = steps(&values);
        assert_eq!(step(&steps, 0), 0);
        assert_eq!(step(&steps, 1), 1);
        assert!(step(&steps, 7) < step(&steps, 90));
        assert_eq!(ranges(&steps, &values)[0], (0, 0, 0));
        assert!(super::steps(&[]).is_empty());
        assert_eq!(step(&super::steps(&[5]), 5), 1);
    }

    #[test]
    fn a_tile_without_figures_is_hatched_and_names_are_escaped() {
        let map = svg(
            &[Tile {
                column: 2,
                row: 1,
                abbreviation: "NLE",
                small: "×".into(),
                label: "A & \"B\"".into(),
                href: "/lugar/mx-19".into(),
                step: None,
            }],
            "Mapa",
        );
        assert!(map.contains("url(#hatch)") && map.contains("A &amp; &quot;B&quot;"));
        assert!(map.contains("x=\"16.67%\"") && !map.contains("style="));
    }
}
