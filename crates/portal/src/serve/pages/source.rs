//! An office: what it publishes, how completely, and with which defects.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{FilePart, RuleCount, Source, SourceCoverage};
use crate::figures::Level;
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};

/// Files on one page.
const SIZE: usize = 20;
/// Kinds of problem shown; the rest is in the download.
const PROBLEMS: usize = 25;

#[derive(Template)]
#[template(path = "source.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    source: Source,
    files: Vec<FilePart>,
    pages: Pages,
    found: u64,
    read: u64,
    set_aside: u64,
    problems: u64,
    rules: Vec<RuleView>,
}

struct RuleView {
    count: RuleCount,
    title: String,
    bar: String,
    missing: Vec<(String, u64)>,
}

pub(crate) fn draw(frame: &mut Frame<'_>, source: Source) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(
        &frame.source(&source.source),
        &source.publisher,
        &[(w.t("sources_title"), w.sources())],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &source),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "source",
                "path",
                "part",
                "sha256",
                "layout",
                "format",
                "encoding",
                "size_bytes",
                "records_found",
                "rows_read",
                "rows_set_aside",
                "edition_date",
                "status",
            ]);
            for file in &source.files {
                csv.row(&[
                    source.source.clone(),
                    file.path.clone(),
                    file.part.clone(),
                    file.sha256.clone(),
                    file.layout.clone(),
                    file.format.clone(),
                    file.encoding.clone(),
                    file.size_bytes.to_string(),
                    file.records_found.to_string(),
                    file.rows_read.to_string(),
                    file.rows_set_aside.to_string(),
                    file.edition_date.clone().unwrap_or_default(),
                    file.status.clone(),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let pages = Pages::of(frame, source.files.len(), SIZE);
            let sum = |of: fn(&FilePart) -> u64| source.files.iter().map(of).sum();
            let rules = source
                .rules
                .iter()
                .map(|rule| RuleView {
                    title: frame.rule_title(&rule.rule),
                    bar: super::answers_bar(&rule.answers),
                    missing: rule
                        .answers
                        .missing
                        .iter()
                        .map(|missing| (frame.missing(&rule.rule, &missing.field), missing.count))
                        .collect(),
                    count: rule.clone(),
                })
                .collect();
            let view = View {
                files: pages.slice(&source.files, SIZE).to_vec(),
                found: sum(|file| file.records_found),
                read: sum(|file| file.rows_read),
                set_aside: sum(|file| file.rows_set_aside),
                problems: source.problems.iter().map(|problem| problem.count).sum(),
                pages,
                rules,
                source,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

impl View<'_> {
    fn coverage_bar(&self, coverage: &SourceCoverage) -> String {
        chart::stacked(&[
            ("full", coverage.full),
            ("partial", coverage.partial),
            ("empty", coverage.empty),
            ("none", coverage.not_applicable),
            ("absent", coverage.absent),
        ])
    }

    fn standard(&self, code: &str) -> String {
        self.p.site.texts.standard(code).map_or_else(
            || code.to_owned(),
            |text| self.p.w.text(&text.title).to_owned(),
        )
    }

    fn compare_href(&self, standard: &str) -> String {
        format!("{}?estandar={standard}", self.p.w.compare())
    }

    /// How the office is named in the addresses of its lists.
    fn key(&self) -> String {
        Level::Source.key(&self.source.source)
    }

    fn problems_shown(&self) -> &[crate::document::ProblemCount] {
        &self.source.problems[..self.source.problems.len().min(PROBLEMS)]
    }

    fn is_web(&self) -> bool {
        self.source.url.starts_with("https://") || self.source.url.starts_with("http://")
    }
}
