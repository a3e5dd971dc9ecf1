//! Releases and what each changed: one process with a late and a backdated release, one of a thousand and a half changes,
//! one from two offices, one released once, and a project.

use serde_json::{Value, json};

use super::{ARBOLEDA, COSTA, HOSTILE, VALLE};

/// The path of a field of the sample in the published standard.
pub fn path(table: &str, field: &str) -> String {
    match (table, field) {
        ("tender", "title" | "description" | "status") => format!("tender/{field}"),
        ("tender", "value_amount") => "tender/value/amount".into(),
        ("tender", "procurement_method") => "tender/procurementMethod".into(),
        ("tender", "tender_period_end_date") => "tender/tenderPeriod/endDate".into(),
        ("tender", "buyer_name") => "buyer/name".into(),
        ("award" | "contract", "id" | "title" | "status" | "date") => format!("{table}s[]/{field}"),
        ("award" | "contract", "value_amount") => format!("{table}s[]/value/amount"),
        ("contract", "date_signed") => "contracts[]/dateSigned".into(),
        ("contract", "period_end_date") => "contracts[]/period/endDate".into(),
        ("project", "title" | "status") => field.into(),
        ("project", "budget_amount") => "budget/amount/amount".into(),
        ("project" | "party", "contact_name") => "parties[]/contactPoint/name".into(),
        ("project" | "party", "contact_email") => "parties[]/contactPoint/email".into(),
        _ => String::new(),
    }
}

/// One process or project of one office.
struct Made<'a> {
    standard: &'a str,
    source: &'a str,
    subject: &'a str,
    sequence: i64,
}

impl Made<'_> {
    /// A release: date, published, tags, timing.
    fn release(&mut self, rows: &mut Vec<(&'static str, Value)>, said: [&str; 4]) {
        let [date, published, tags, timing] = said;
        let day = |text: &str| text.get(..10).map(str::to_owned);
        rows.push(("release", json!({
            "standard": self.standard, "source": self.source, "place": "xx-02", "subject": self.subject,
            "release_id": format!("{}-r{}", self.subject, self.sequence), "release_date": date, "released": day(date),
            "kind": "release", "tags": tags, "published": published, "published_day": day(published),
            "sequence": self.sequence, "timing": timing, "file_id": 1, "part_id": 0, "record": self.sequence + 1,
            "position": format!("line {}", self.sequence + 1),
        })));
        self.sequence += 1;
    }

    /// A change of the last release: path, before, after.
    fn change(
        &self,
        rows: &mut Vec<(&'static str, Value)>,
        path: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) {
        let action = match (before, after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        rows.push(("\"change\"", json!({
            "standard": self.standard, "source": self.source, "place": "xx-02", "subject": self.subject,
            "sequence": self.sequence - 1, "path": path, "action": action, "before": before, "after": after,
            "file_id": 1, "part_id": 0, "record": self.sequence, "position": format!("line {}", self.sequence),
        })));
    }
}

pub fn rows(rows: &mut Vec<(&'static str, Value)>) {
    let made = |subject: &'static str, source: &'static str| Made {
        standard: "ocds",
        source,
        subject,
        sequence: 0,
    };
    told(rows, made("ocds-xx7/051", VALLE));
    long(rows, made("ocds-xx7/052", VALLE));

    for source in [ARBOLEDA, VALLE] {
        let mut twice = made("ocds-xx7/053", source);
        twice.release(rows, ["2017-01-01", "2017-01-02T00:00:00Z", "tender", ""]);
        twice.change(rows, "tender/title", None, Some(source));
        twice.release(rows, ["sin fecha", "", "", ""]);
        twice.change(rows, "tender/title", Some(source), Some("Título sin fecha"));
    }
    made("ocds-xx7/054", VALLE).release(rows, ["2017-01-01", "", "tender", ""]);
    // A record: one release, and the compiled one beside it.
    let mut record = made("ocds-xx7/055", VALLE);
    record.release(rows, ["2017-01-01", "", "tender", ""]);
    record.release(rows, ["2017-01-01", "", "compiled", ""]);
    rows.last_mut().unwrap().1["kind"] = json!("compiled");

    let mut work = Made {
        standard: "oc4ids",
        source: COSTA,
        subject: "44021",
        sequence: 0,
    };
    work.release(rows, ["2019-01-01", "2019-01-02", "", ""]);
    work.change(rows, "title", None, Some("Carretera Puerto Bello"));
    work.change(rows, "budget/amount/amount", None, Some("100"));
    work.release(rows, ["2020-01-01", "2020-01-02", "", ""]);
    work.change(rows, "budget/amount/amount", Some("100"), Some("250.5"));
}

/// A process whose award came late, and under an earlier date.
fn told(rows: &mut Vec<(&'static str, Value)>, mut made: Made<'_>) {
    made.release(
        rows,
        [
            "2016-01-10T09:00:00-06:00",
            "2016-01-12T00:00:00-06:00",
            "planning;tender",
            "",
        ],
    );
    for (path, value) in [
        ("language", "es"),
        ("buyer/name", "Secretaría de Caminos y Puertos"),
        (
            "tender/title",
            "Rehabilitación del camino rural tramo 51, segunda etapa",
        ),
        ("tender/status", "active"),
        ("tender/procurementMethod", "open"),
        ("tender/value/amount", "5000000"),
        ("tender/tenderPeriod/endDate", "2016-02-01T10:00:00-06:00"),
        (
            "tender/x_lotes[1/a]/descripción",
            "=HYPERLINK(\"http://x\")",
        ),
        ("parties[ROSM850101AB1]/name", HOSTILE),
        (
            "parties[ROSM850101AB1]/contactPoint/email",
            "juan@example.org",
        ),
        (
            "x_aviso",
            r#"[{"contactPoint": {"email": "juan@example.org"}}]"#,
        ),
        (
            "parties[ROSM850101AB1]/contactPoint/faxNumber",
            "juan@example.org",
        ),
    ] {
        made.change(rows, path, None, Some(value));
    }
    made.release(
        rows,
        [
            "2016-02-20T09:00:00-06:00",
            "2016-06-01T00:00:00-06:00",
            "award",
            "backdated",
        ],
    );
    for (path, before, after) in [
        ("tender/status", Some("active"), Some("complete")),
        ("tender/value/amount", Some("5000000"), Some("4800000.5")),
        ("awards[2016-1]/id", None, Some("2016-1")),
        ("awards[2016-1]/value/amount", None, Some("4750000")),
        (
            "awards[2016-1]/suppliers[ROSM850101AB1]/id",
            None,
            Some("ROSM850101AB1"),
        ),
    ] {
        made.change(rows, path, before, after);
    }
    made.release(
        rows,
        [
            "2016-03-15T09:00:00-06:00",
            "2016-03-16T00:00:00-06:00",
            "contract",
            "",
        ],
    );
    for (path, before, after) in [
        (
            "tender/tenderPeriod/endDate",
            Some("2016-02-01T10:00:00-06:00"),
            Some("2016-02-01T13:00:00-06:00"),
        ),
        ("contracts[C-1]/id", None, Some("C-1")),
        ("contracts[C-1]/value/amount", None, Some("4750000")),
        (
            "contracts[C-1]/period/endDate",
            None,
            Some("2016-09-30T00:00:00-06:00"),
        ),
    ] {
        made.change(rows, path, before, after);
    }
    made.release(
        rows,
        [
            "2016-05-02T09:00:00-06:00",
            "2016-07-10T00:00:00-06:00",
            "contractAmendment;x_convenio",
            "late",
        ],
    );
    made.change(
        rows,
        "contracts[C-1]/value/amount",
        Some("4750000"),
        Some("6900000"),
    );
    made.change(
        rows,
        "contracts[C-1]/period/endDate",
        Some("2016-09-30T00:00:00-06:00"),
        Some("2017-03-31T00:00:00-06:00"),
    );
    made.change(
        rows,
        "tender/x_lotes[1/a]/descripción",
        Some("=HYPERLINK(\"http://x\")"),
        None,
    );
    made.release(
        rows,
        [
            "2016-08-01T09:00:00-06:00",
            "2016-08-01T00:00:00-06:00",
            "contractUpdate",
            "",
        ],
    );
}

/// Fifteen hundred values in three releases, one of which is longer than a page.
fn long(rows: &mut Vec<(&'static str, Value)>, mut made: Made<'_>) {
    for (date, from, upto) in [
        ("2018-01-01", 0, 1_300),
        ("2018-02-01", 1_300, 1_350),
        ("2018-03-01", 1_350, 1_500),
    ] {
        made.release(rows, [date, "", "tender", ""]);
        for item in from..upto {
            let path = format!("tender/items[{item:04}]/description");
            made.change(
                rows,
                &path,
                None,
                Some(&format!("Concepto número {item} de la obra")),
            );
        }
    }
}
