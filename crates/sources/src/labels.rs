//! Words that open a row which is not a record: totals, sources, notes. It refuses to know forms.

/// The kind of row a first cell announces: `total`, `note`, or none.
///
/// Strict on purpose: `Total Play S.A.` is a company and `Nota 5 S.C.` may be one.
pub(crate) fn row_kind(first_cell: &str) -> Option<&'static str> {
    let text: String = first_cell
        .trim()
        .chars()
        .take(60)
        .collect::<String>()
        .to_lowercase();
    let bare = text.trim_end_matches([':', '.', ' ']);
    const TOTALS: &[&str] = &[
        "total",
        "totales",
        "subtotal",
        "sub total",
        "sub-total",
        "subtotales",
        "suma",
        "sumas",
        "suma total",
        "total general",
        "gran total",
        "total:",
        "totals",
        "grand total",
        "sum",
    ];
    if TOTALS.contains(&bare) || text.starts_with("total de ") || text.starts_with("suma de ") {
        return Some("total");
    }
    const NOTES: &[&str] = &[
        "fuente", "fuentes", "nota", "notas", "source", "note", "notes",
    ];
    if NOTES.contains(&bare)
        || NOTES.iter().any(|w| {
            text.strip_prefix(w)
                .is_some_and(|r| r.trim_start().starts_with(':'))
        })
    {
        return Some("note");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::row_kind;

    #[test]
    fn a_company_called_total_is_not_a_total() {
        assert_eq!(row_kind("TOTAL"), Some("total"));
        assert_eq!(row_kind("Total general:"), Some("total"));
        assert_eq!(row_kind("Fuente: SHCP"), Some("note"));
        assert_eq!(row_kind("TOTAL PLAY TELECOMUNICACIONES"), None);
        assert_eq!(row_kind("Notaría 5"), None);
    }
}
