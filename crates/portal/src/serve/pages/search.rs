//! The search: what is asked, what is found, and why.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::search::{
    Asked, Entry, FACETS, Hit, How, Index, MOST_PAGES, Mode, Order, Outcome, PAGE, Part, Why, clean,
};
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};

use super::search_data::{csv, document};

/// Values of one filter that are shown.
const VALUES: usize = 12;
/// Offices named in one result.
const OFFICES: usize = 2;

/// What a kind of page is called in an address, and in the index.
const KINDS: [(&str, &str); 4] = [
    ("proveedor", "supplier"),
    ("comprador", "buyer"),
    ("contrato", "process"),
    ("obra", "work"),
];

#[derive(Template)]
#[template(path = "search.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    asked: &'a Asked,
    found: &'a Outcome,
    /// What the form keeps of the address.
    kept: Vec<(&'static str, String)>,
    tabs: Vec<Choice>,
    filters: Vec<Filter>,
    chips: Vec<Choice>,
    results: Vec<ResultView>,
    pages: Pages,
    orders: Vec<Choice>,
    notices: Vec<Notice>,
}

/// A link that changes the address.
struct Choice {
    words: String,
    count: Option<u64>,
    href: String,
    is_chosen: bool,
}

struct Filter {
    title: String,
    values: Vec<Choice>,
    others: u64,
    is_chosen: bool,
}

/// Something to know about the answer, and perhaps a way on.
struct Notice {
    words: String,
    link: Option<(String, String)>,
}

struct ResultView {
    href: String,
    title: Vec<Part>,
    kind: String,
    offices: String,
    facts: Vec<String>,
    flags: u64,
    why: Vec<WhyView>,
}

struct WhyView {
    words: String,
    parts: Vec<Part>,
}

/// The parameters of the search that mean something, in one order; so that an address is as short as it can be.
pub(crate) fn tidy(query: Vec<(String, String)>) -> Vec<(String, String)> {
    let first = |name: &str| {
        let value = query.iter().find(|(key, _)| key == name)?;
        Some(clean(&value.1).0).filter(|value| !value.is_empty())
    };
    let mut tidy = Vec::new();
    let mut keep = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            tidy.push((name.to_owned(), value));
        }
    };
    keep("q", first("q"));
    for facet in FACETS {
        let known = |value: &String| match facet.parameter {
            "tipo" => KINDS.iter().any(|(word, _)| value == word),
            "con_banderas" => value == "si",
            _ => true,
        };
        // The key of a buyer may be longer than a question.
        let value = match facet.parameter {
            "comprador" => query
                .iter()
                .find(|(key, value)| key == "comprador" && !value.is_empty())
                .map(|(_, value)| value.chars().take(300).collect()),
            parameter => first(parameter),
        };
        keep(facet.parameter, value.filter(known));
    }
    keep("orden", first("orden").filter(|value| value == "monto"));
    keep(
        "parecidas",
        first("parecidas").filter(|value| value == "si"),
    );
    let page = first("pagina").and_then(|value| value.parse::<usize>().ok());
    let page = page
        .map(|page| page.min(MOST_PAGES))
        .filter(|page| *page > 1);
    keep("pagina", page.map(|page| page.to_string()));
    tidy
}

pub(crate) async fn draw(
    frame: &mut Frame<'_>,
    index: &std::sync::Arc<Index>,
) -> Result<Answer, Error> {
    let w = frame.w;
    let asked = read(frame);
    match asked.text.as_str() {
        "" => frame.name(w.t("search_title"), w.t("search_lead"), &[]),
        text => frame.name(
            &w.with("search_for", "asked", text),
            w.t("search_lead"),
            &[(w.t("search_title"), w.search())],
        ),
    }
    let most = match frame.format {
        Format::Csv => Some(MOST_PAGES * PAGE),
        Format::Json | Format::Html => None,
    };
    let found = index.find(asked.clone(), most).await?;
    match frame.format {
        Format::Json => Answer::json(frame, &document(frame, &asked, &found)),
        Format::Csv => Ok(Answer::csv(csv(frame, &found))),
        Format::Html => {
            let shown = (found.total as usize).min(MOST_PAGES * PAGE);
            let view = View {
                kept: kept(frame),
                tabs: tabs(frame, &asked, &found),
                filters: filters(frame, &asked, &found),
                chips: chips(frame, &asked),
                results: found.hits.iter().map(|hit| result(frame, hit)).collect(),
                pages: Pages::of(frame, shown, PAGE),
                orders: orders(frame, &asked),
                notices: notices(frame, &asked, &found),
                asked: &asked,
                found: &found,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

/// The question of an address.
fn read(frame: &Frame<'_>) -> Asked {
    let mut asked = Asked::new(frame.param("q").unwrap_or_default());
    for facet in FACETS {
        if let Some(value) = frame.param(facet.parameter) {
            let kind = KINDS.iter().find(|(word, _)| *word == value);
            let code = match (facet.parameter, kind) {
                ("tipo", Some((_, code))) => code,
                _ => value,
            };
            asked.choose(facet.parameter, code);
        }
    }
    if frame.param("orden") == Some("monto") {
        asked.order = Order::Amount;
    }
    asked.similar = frame.param("parecidas") == Some("si");
    asked.page = frame.page_number();
    asked
}

fn kept(frame: &Frame<'_>) -> Vec<(&'static str, String)> {
    FACETS
        .iter()
        .map(|facet| facet.parameter)
        .chain(["orden"])
        .filter_map(|name| Some((name, frame.param(name)?.to_owned())))
        .collect()
}

/// One tab for each kind, with what it would find.
fn tabs(frame: &Frame<'_>, asked: &Asked, found: &Outcome) -> Vec<Choice> {
    let w = frame.w;
    let counts = found.counts.first();
    let count = |code: &str| {
        counts
            .and_then(|counts| counts.get(code))
            .copied()
            .unwrap_or(0)
    };
    let all = counts.map_or(0, |counts| counts.values().sum());
    let mut tabs = vec![Choice {
        words: w.t("search_all").to_owned(),
        count: Some(all),
        href: frame.here_with("tipo", ""),
        is_chosen: asked.chosen[0].is_none(),
    }];
    tabs.extend(KINDS.iter().map(|(word, code)| Choice {
        words: kinds(frame, code).to_owned(),
        count: Some(count(code)),
        href: frame.here_with("tipo", word),
        is_chosen: asked.chosen[0].as_deref() == Some(code),
    }));
    tabs
}

fn kinds<'a>(frame: &Frame<'a>, code: &str) -> &'a str {
    match code {
        "supplier" => frame.w.t("search_suppliers"),
        "buyer" => frame.w.t("search_buyers"),
        "work" => frame.w.t("search_works"),
        _ => frame.w.t("search_processes"),
    }
}

fn title<'a>(frame: &Frame<'a>, parameter: &str) -> &'a str {
    match parameter {
        "lugar" => frame.w.t("search_place"),
        "fuente" => frame.w.t("search_source"),
        "anio" => frame.w.t("search_year"),
        "procedimiento" => frame.w.t("search_method"),
        "con_banderas" => frame.w.t("search_flags"),
        _ => frame.w.t("search_buyer"),
    }
}

/// What a code of a filter is called.
fn called(frame: &Frame<'_>, parameter: &str, code: &str) -> String {
    let w = frame.w;
    match parameter {
        "tipo" => kinds(frame, code).to_owned(),
        "lugar" => frame
            .site
            .places
            .get(code)
            .map(|name| w.text(name))
            .filter(|name| !name.is_empty())
            .unwrap_or(code)
            .to_owned(),
        "fuente" => frame.source(code),
        "procedimiento" => frame
            .site
            .texts
            .code("ocds.tender.procurement_method", code, w.lang())
            .to_owned(),
        "con_banderas" => w.t("search_flagged").to_owned(),
        "comprador" => code
            .split_once('/')
            .map_or(code, |(_, buyer)| buyer)
            .to_owned(),
        _ => code.to_owned(),
    }
}

fn filters(frame: &Frame<'_>, asked: &Asked, found: &Outcome) -> Vec<Filter> {
    let mut filters = Vec::new();
    // The kind has its tabs.
    for (index, facet) in FACETS.iter().enumerate().skip(1) {
        let Some(counts) = found.counts.get(index) else {
            continue;
        };
        let chosen = asked.chosen[index].as_deref();
        let mut values: Vec<(&String, u64)> =
            counts.iter().map(|(code, count)| (code, *count)).collect();
        if facet.parameter == "anio" {
            values.reverse();
        } else {
            values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        }
        values.sort_by_key(|(code, _)| Some(code.as_str()) != chosen);
        let others = values.len().saturating_sub(VALUES) as u64;
        values.truncate(VALUES);
        let values: Vec<Choice> = values
            .into_iter()
            .map(|(code, count)| {
                let is_chosen = Some(code.as_str()) == chosen;
                Choice {
                    words: called(frame, facet.parameter, code),
                    count: Some(count),
                    href: frame.here_with(facet.parameter, if is_chosen { "" } else { code }),
                    is_chosen,
                }
            })
            .collect();
        if !values.is_empty() {
            filters.push(Filter {
                title: title(frame, facet.parameter).to_owned(),
                values,
                others,
                is_chosen: chosen.is_some(),
            });
        }
    }
    filters
}

/// The filters that hold, each with the address without it.
fn chips(frame: &Frame<'_>, asked: &Asked) -> Vec<Choice> {
    FACETS
        .iter()
        .zip(&asked.chosen)
        .skip(1)
        .filter_map(|(facet, chosen)| {
            let code = chosen.as_deref()?;
            Some(Choice {
                words: match facet.parameter {
                    "con_banderas" => frame.w.t("search_flagged").to_owned(),
                    parameter => format!(
                        "{}: {}",
                        title(frame, parameter),
                        called(frame, parameter, code)
                    ),
                },
                count: None,
                href: frame.here_with(facet.parameter, ""),
                is_chosen: true,
            })
        })
        .collect()
}

fn orders(frame: &Frame<'_>, asked: &Asked) -> Vec<Choice> {
    let w = frame.w;
    let order = |words: &str, value: &str, order: Order| Choice {
        words: words.to_owned(),
        count: None,
        href: frame.here_with("orden", value),
        is_chosen: asked.order == order,
    };
    vec![
        order(w.t("search_by_relevance"), "", Order::Relevance),
        order(w.t("search_by_amount"), "monto", Order::Amount),
    ]
}

fn notices(frame: &Frame<'_>, asked: &Asked, found: &Outcome) -> Vec<Notice> {
    let w = frame.w;
    let mut notices = Vec::new();
    let mut say = |words: &str, link: Option<(String, String)>| {
        notices.push(Notice {
            words: words.to_owned(),
            link,
        });
    };
    if asked.is_cut {
        say(w.t("search_cut"), None);
    }
    if found.is_partial {
        say(w.t("search_partial"), None);
    }
    if found.total > 0 {
        match found.mode {
            Mode::Most => say(w.t("search_most"), None),
            Mode::Similar if asked.similar => say(
                w.t("search_similar_asked"),
                Some((
                    w.t("search_similar_off").to_owned(),
                    frame.here_with("parecidas", ""),
                )),
            ),
            Mode::Similar => say(w.t("search_similar"), None),
            Mode::Written => {}
        }
    }
    if asked.order == Order::Amount && found.hits.len() > 1 {
        say(w.t("search_amount_note"), None);
    }
    if found.total as usize > MOST_PAGES * PAGE && !found.hits.is_empty() {
        say(w.t("search_first_thousand"), None);
    }
    notices
}

fn result(frame: &Frame<'_>, hit: &Hit) -> ResultView {
    let w = frame.w;
    let entry = &hit.entry;
    let mut offices: Vec<String> = entry
        .sources
        .iter()
        .take(OFFICES)
        .map(|source| frame.source(source))
        .collect();
    if let Some(more) = entry
        .sources
        .len()
        .checked_sub(OFFICES)
        .filter(|more| *more > 0)
    {
        offices.push(w.many("search_more_offices", &(more as u64)));
    }
    let mut facts = Vec::new();
    if matches!(entry.kind.as_str(), "supplier" | "buyer") && entry.contracts > 0 {
        facts.push(w.many("contracts_count", &entry.contracts));
    }
    facts.extend(entry.date.as_deref().map(|date| w.date(date)));
    facts.extend(
        entry
            .methods
            .iter()
            .filter(|_| entry.kind == "process")
            .map(|method| called(frame, "procedimiento", method)),
    );
    if entry.amount.is_some() {
        let basis = entry.tax_basis.as_deref().unwrap_or("unknown");
        facts.push(format!(
            "{} ({})",
            w.money(&entry.amount, &entry.currency),
            w.code("tax", basis)
        ));
    }
    let name = hit.why.iter().find(|why| why.place == "name");
    ResultView {
        href: href(frame, entry),
        title: name.map_or_else(
            || {
                vec![Part {
                    text: entry.name.clone(),
                    is_match: false,
                }]
            },
            |why| why.parts.clone(),
        ),
        kind: w.code("kind", &entry.kind).to_owned(),
        offices: offices.join(", "),
        facts,
        flags: entry.flags,
        why: hit.why.iter().map(|why| reason(frame, why)).collect(),
    }
}

/// The page of a result. A buyer has none of its own yet: its pages are what the search finds of it.
pub(super) fn href(frame: &Frame<'_>, entry: &Entry) -> String {
    let w = frame.w;
    match entry.kind.as_str() {
        "work" => w.work(&entry.id),
        "supplier" => w.supplier(&entry.id),
        "buyer" => format!(
            "{}?comprador={}",
            w.search(),
            crate::address::encode(&entry.buyer).replace('/', "%2F")
        ),
        _ => w.contract(&entry.id),
    }
}

/// What a text or number of a page is called.
fn place(frame: &Frame<'_>, place: &str) -> String {
    let w = frame.w;
    match place {
        "name" => w.t("why_name").to_owned(),
        "other_name" => w.t("why_other_name").to_owned(),
        "buyer" => w.t("why_buyer").to_owned(),
        "authority" => w.t("why_authority").to_owned(),
        "supplier" => w.t("why_supplier").to_owned(),
        "title" => w.t("why_title").to_owned(),
        "place" => w.t("why_place").to_owned(),
        "description" => w.t("why_description").to_owned(),
        "" => w.t("identifier").to_owned(),
        field if field.contains('.') => frame.site.texts.field_title(field, w.lang()).to_owned(),
        scheme => scheme.strip_prefix("MX-").unwrap_or(scheme).to_owned(),
    }
}

/// A reason in words: `nombre, palabra parecida: Lumra → LURMA`.
fn reason(frame: &Frame<'_>, why: &Why) -> WhyView {
    let w = frame.w;
    if why.words.iter().all(|(how, _, _)| *how == How::Absent) {
        let words: Vec<&str> = why
            .words
            .iter()
            .map(|(_, asked, _)| asked.as_str())
            .collect();
        return WhyView {
            words: w.with("why_absent", "words", words.join(", ")),
            parts: Vec::new(),
        };
    }
    let label = place(frame, &why.place);
    let mut notes: Vec<String> = Vec::new();
    for (how, asked, found) in &why.words {
        let note = match how {
            How::SameNumber => w.with("why_same_number", "what", &label),
            How::BareNumber => w.with("why_bare_number", "what", &label),
            How::Written | How::Absent => continue,
            How::Accents => w.t("why_accents").to_owned(),
            How::Enye => w.t("why_enye").to_owned(),
            How::Form => w.with2("why_form", "asked", asked, "found", found),
            How::Begins => w.with("why_begins", "asked", asked),
            How::Similar => w.with2("why_similar", "asked", asked, "found", found),
        };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    let is_number = matches!(why.words[0].0, How::SameNumber | How::BareNumber);
    if !is_number {
        notes.insert(0, label);
    }
    WhyView {
        words: notes.join(", "),
        parts: if why.place == "name" {
            Vec::new()
        } else {
            why.parts.clone()
        },
    }
}

impl View<'_> {
    fn has_list(&self) -> bool {
        !self.asked.is_blank() || self.asked.is_filtered()
    }

    fn without_filters(&self) -> String {
        let w = self.p.w;
        let query = crate::address::encode(&self.asked.text).replace('/', "%2F");
        format!("{}?q={query}", w.search())
    }

    fn has_digits(&self) -> bool {
        self.asked.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}
