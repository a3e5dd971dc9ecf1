//! Charts as inline SVG: plain shapes, colours by class, no script and no style attribute.
//!
//! Positions are percentages and there is no `viewBox`, so that a chart takes the width it is given
//! and its text keeps the size of the page, on a phone too.
//! A bar stands in a row of a table that says the same in numbers; a scale and a histogram have a table beside them.

use std::fmt::Write;

/// A share of a bar, 0 to 1, and the class that colours it.
pub(crate) type Part<'a> = (&'a str, f64);

/// A percentage for an attribute.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share.clamp(0.0, 1.0) * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Escapes text for SVG.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A bar of one or more parts. It repeats the numbers of its row, so it is hidden from readers of the screen.
pub(crate) fn bar(parts: &[Part]) -> String {
    let mut svg = String::from("<svg class=\"bar\" aria-hidden=\"true\" focusable=\"false\">");
    let mut x = 0.0;
    for (class, share) in parts.iter().filter(|(_, share)| *share > 0.0) {
        let share = share.min(1.0 - x);
        // Half a percent is the least that can be seen: what exists is never drawn as nothing.
        let width = share.max(0.005);
        let _ = write!(
            svg,
            "<rect class=\"f-{class}\" x=\"{}\" width=\"{}\" height=\"100%\"{}/>",
            percent(x),
            percent(width),
            hatch(class)
        );
        x += share;
    }
    svg.push_str("</svg>");
    svg
}

/// Parts of a whole as a bar; nothing when the whole is nothing.
pub(crate) fn stacked(parts: &[(&str, u64)]) -> String {
    let whole: u64 = parts.iter().map(|(_, count)| count).sum();
    if whole == 0 {
        return bar(&[]);
    }
    let parts: Vec<Part> = parts
        .iter()
        .map(|(class, count)| (*class, *count as f64 / whole as f64))
        .collect();
    bar(&parts)
}

/// What is not known is hatched, with the pattern that stands once in every page.
fn hatch(class: &str) -> &'static str {
    match class {
        "unknown" => " fill=\"url(#hatch)\"",
        "absent" => " fill=\"url(#hatch)\"",
        _ => "",
    }
}

/// What a scale shows.
pub(crate) struct Scale<'a> {
    /// The value found.
    pub(crate) value: f64,
    /// The threshold it is held against.
    pub(crate) threshold: f64,
    /// The value in words, for its label.
    pub(crate) value_label: &'a str,
    /// The threshold in words.
    pub(crate) threshold_label: &'a str,
    /// What the chart says, in a sentence.
    pub(crate) title: &'a str,
    /// True when the value is flagged.
    pub(crate) flagged: bool,
}

/// A value and its threshold on one line that begins at zero.
pub(crate) fn scale(scale: &Scale) -> String {
    let top = scale.value.max(scale.threshold) * 1.15;
    let bottom = scale.value.min(scale.threshold).min(0.0) * 1.15;
    let span = (top - bottom).max(f64::EPSILON);
    let at = |value: f64| (value - bottom) / span;
    let (value, threshold, zero) = (at(scale.value), at(scale.threshold), at(0.0));
    let anchor = |share: f64| match share {
        share if share < 0.25 => "start",
        share if share > 0.75 => "end",
        _ => "middle",
    };
    let class = if scale.flagged { "flag" } else { "clear" };
    let (left, right) = if value < zero {
        (value, zero)
    } else {
        (zero, value)
    };
    format!(
        "<svg class=\"scale\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>\
         <rect class=\"f-track\" y=\"32\" width=\"100%\" height=\"14\" rx=\"2\"/>\
         <rect class=\"f-{class}\" x=\"{x}\" y=\"32\" width=\"{width}\" height=\"14\" rx=\"2\"/>\
         <line class=\"threshold\" x1=\"{t}\" x2=\"{t}\" y1=\"24\" y2=\"54\"/>\
         <text class=\"t-{class}\" x=\"{v}\" y=\"20\" text-anchor=\"{va}\">{value_label}</text>\
         <text x=\"{t}\" y=\"72\" text-anchor=\"{ta}\">{threshold_label}</text></svg>",
        title = escape(scale.title),
        x = percent(left),
        width = percent((right - left).max(0.005)),
        t = percent(threshold),
        v = percent(value),
        va = anchor(value),
        ta = anchor(threshold),
        value_label = escape(scale.value_label),
        threshold_label = escape(scale.threshold_label),
    )
}

/// A column of a histogram.
pub(crate) struct Column {
    /// Flagged, drawn at the bottom.
    pub(crate) flagged: u64,
    /// Not flagged, drawn above.
    pub(crate) clear: u64,
}

/// Columns of counts, flagged over clear, with an optional threshold line at a share of the width.
pub(crate) fn histogram(columns: &[Column], threshold: Option<f64>, title: &str) -> String {
    let most = columns
        .iter()
        .map(|column| column.flagged + column.clear)
        .max()
        .unwrap_or(0)
        .max(1) as f64;
    let step = 1.0 / columns.len().max(1) as f64;
    let title = escape(title);
    let mut svg = format!(
        "<svg class=\"histogram\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
    );
    for (index, column) in columns.iter().enumerate() {
        let (x, width) = (
            percent(index as f64 * step + step * 0.06),
            percent(step * 0.88),
        );
        let flagged = column.flagged as f64 / most;
        let clear = column.clear as f64 / most;
        for (class, height, base) in [("flag", flagged, 0.0), ("clear", clear, flagged)] {
            if height > 0.0 {
                let height = height.max(0.012);
                let _ = write!(
                    svg,
                    "<rect class=\"f-{class}\" x=\"{x}\" width=\"{width}\" y=\"{}\" height=\"{}\"/>",
                    percent(1.0 - base - height),
                    percent(height)
                );
            }
        }
    }
    svg.push_str("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>");
    if let Some(share) = threshold.filter(|share| (0.0..=1.0).contains(share)) {
        let x = percent(share);
        let _ = write!(
            svg,
            "<line class=\"threshold\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"100%\"/>"
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A point on a line from zero to a hundred percent.
pub(crate) struct Dot<'a> {
    /// Where, 0 to 1.
    pub(crate) share: f64,
    /// Class that colours it.
    pub(crate) class: &'a str,
}

/// Dots on one line: how far two measures of one thing lie apart. Hidden from readers of the screen, like a bar.
pub(crate) fn dots(dots: &[Dot]) -> String {
    let mut svg = String::from(
        "<svg class=\"dots\" aria-hidden=\"true\" focusable=\"false\">\
         <line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"50%\" y2=\"50%\"/>",
    );
    for dot in dots {
        // Kept off the edges, so that a dot at zero or a hundred is drawn whole.
        let x = percent(0.02 + dot.share.clamp(0.0, 1.0) * 0.96);
        let _ = write!(
            svg,
            "<circle class=\"f-{}\" cx=\"{x}\" cy=\"50%\" r=\"7\"/>",
            dot.class
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_never_hides_what_exists() {
        assert!(stacked(&[("flag", 1), ("clear", 999_999)]).contains("f-flag"));
        assert!(!stacked(&[("flag", 0), ("clear", 5)]).contains("f-flag"));
        assert!(!stacked(&[("flag", 0)]).contains("rect"));
    }

    #[test]
    fn labels_are_escaped_and_stay_inside() {
        let svg = scale(&Scale {
            value: 9.0,
            threshold: 15.0,
            value_label: "<b>",
            threshold_label: "15 \"días\"",
            title: "9 & 15",
            flagged: true,
        });
        assert!(
            svg.contains("&lt;b&gt;")
                && svg.contains("&quot;días&quot;")
                && svg.contains("9 &amp; 15")
        );
        assert!(!svg.contains("style="));
    }
}
