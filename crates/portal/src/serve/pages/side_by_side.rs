//! Two to four offices, governments, institutions or states side by side: contracts, or works, by year.
//!
//! The address says everything that was chosen, so it can be kept and cited.

use askama::Template;
use serde::Serialize;

use crate::Error;
use crate::address::Format;
use crate::build::fold;
use crate::figures::{BuyerName, Choice, Choices, Figures, Level};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::store::Documents;

use super::compare::{Tab, tabs};
use super::measures::{self, Measure};

/// As many as fit a phone.
const MOST: usize = 4;
/// Fewer are no comparison.
const LEAST: usize = 2;
/// Years shown when none are chosen.
const YEARS: usize = 5;
/// Institutions shown for a name.
const FOUND: u32 = 24;

#[derive(Template)]
#[template(path = "side_by_side.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    tabs: Vec<Tab>,
    view: &'static str,
    groups: Vec<Group>,
    asked: String,
    found: Vec<Pick>,
    chosen: Vec<Column>,
    unknown: Vec<String>,
    too_few: bool,
    too_many: bool,
    years: Vec<String>,
    from: String,
    to: String,
    picks: Vec<MeasurePick>,
    tables: Vec<Measure>,
    bases_differ: bool,
}

/// Offices of one level, to choose from.
struct Group {
    title: String,
    picks: Vec<Pick>,
    open: bool,
}

struct Pick {
    key: String,
    name: String,
    sub: String,
    chosen: bool,
}

struct MeasurePick {
    id: &'static str,
    words: String,
    chosen: bool,
}

/// A column of the tables.
pub(super) struct Column {
    pub(super) letter: char,
    pub(super) name: String,
    pub(super) sub: String,
    pub(super) href: String,
}

/// What is handed out as JSON.
#[derive(Serialize)]
struct Compared<'a> {
    view: &'a str,
    years: &'a [String],
    unknown: &'a [String],
    offices: &'a [Figures],
}

pub(crate) async fn draw(frame: &mut Frame<'_>, documents: &Documents) -> Result<Answer, Error> {
    let w = frame.w;
    let works = frame.param("vista") == Some("obras");
    let view = if works { "obras" } else { "contratos" };
    let title = w.t(if works {
        "side_works_title"
    } else {
        "side_contracts_title"
    });
    frame.name(
        title,
        w.t("side_description"),
        &[(w.t("compare_title"), w.compare())],
    );
    let choices: Choices = documents.get("choices").await?;
    let has = |choice: &Choice| {
        if works {
            choice.works > 0
        } else {
            choice.contracts > 0
        }
    };
    let mut keys: Vec<String> = Vec::new();
    for key in frame.params("oficina") {
        if !keys.iter().any(|other| other == key) {
            keys.push(key.to_owned());
        }
    }
    let asked_any = !keys.is_empty();
    if !asked_any {
        keys = choices
            .choices
            .iter()
            .filter(|choice| choice.level == Level::Source && has(choice))
            .map(|choice| choice.key.clone())
            .take(MOST)
            .collect();
    }
    let too_many = keys.len() > MOST;
    keys.truncate(MOST);
    let mut stored = documents.find_all::<Figures>(&keys).await?;
    let mut offices: Vec<Figures> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    // In the order of the address, so that a letter always stands for the same office.
    for key in &keys {
        match stored.iter().position(|(id, _)| id == key) {
            Some(at) => offices.push(stored.swap_remove(at).1),
            None => unknown.push(key.clone()),
        }
    }
    if asked_any && offices.is_empty() {
        return Err(Error::NotFound);
    }
    let all = measures::years(&offices, works);
    let years = chosen_years(frame, &all);
    match frame.format {
        Format::Json => Answer::json(
            frame,
            &Compared {
                view,
                years: &years,
                unknown: &unknown,
                offices: &offices,
            },
        ),
        Format::Csv => Ok(Answer::csv(measures::csv(frame, &offices, &years, works))),
        Format::Html => {
            let asked: String = frame
                .param("busca")
                .unwrap_or_default()
                .trim()
                .chars()
                .take(80)
                .collect();
            let found = find(frame, documents, &asked, &offices).await?;
            let known: &[&'static str] = if works {
                &measures::WORKS
            } else {
                &measures::CONTRACTS
            };
            let wanted: Vec<&str> = frame.params("medida").collect();
            let picks: Vec<MeasurePick> = known
                .iter()
                .map(|id| MeasurePick {
                    id,
                    words: w.code("measure", id).to_owned(),
                    chosen: wanted.is_empty() || wanted.contains(id),
                })
                .collect();
            let shown: Vec<&'static str> = picks
                .iter()
                .filter(|pick| pick.chosen)
                .map(|pick| pick.id)
                .collect();
            let view = View {
                tabs: tabs(frame, view),
                groups: groups(frame, &choices, &offices, has),
                found,
                asked,
                chosen: columns(frame, &offices),
                too_few: asked_any && offices.len() < LEAST,
                too_many,
                from: frame.param("desde").unwrap_or_default().to_owned(),
                to: frame.param("hasta").unwrap_or_default().to_owned(),
                tables: measures::tables(frame, &offices, &years, &shown),
                bases_differ: bases_differ(&offices, works),
                years: all.into_iter().filter(|year| !year.is_empty()).collect(),
                picks,
                unknown,
                view,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

/// The years from one to another, or the newest; rows without a date always stand at the end.
fn chosen_years(frame: &Frame<'_>, all: &[String]) -> Vec<String> {
    let (from, to) = (frame.param("desde"), frame.param("hasta"));
    let mut years: Vec<String> = all
        .iter()
        .filter(|year| !year.is_empty())
        .filter(|year| from.is_none_or(|from| year.as_str() >= from))
        .filter(|year| to.is_none_or(|to| year.as_str() <= to))
        .cloned()
        .collect();
    if from.is_none() && to.is_none() {
        years.truncate(YEARS);
    }
    years.extend(all.iter().filter(|year| year.is_empty()).cloned());
    years
}

/// Institutions whose name has a word that begins so.
async fn find(
    frame: &Frame<'_>,
    documents: &Documents,
    asked: &str,
    offices: &[Figures],
) -> Result<Vec<Pick>, Error> {
    let folded = fold(asked);
    if folded.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let mut found: Vec<Pick> = Vec::new();
    for BuyerName { buyer } in documents.begin_with(&folded, FOUND).await? {
        let known = found.iter().any(|pick| pick.key == buyer.key)
            || offices.iter().any(|office| office.key == buyer.key);
        if !known {
            found.push(pick(frame, &buyer, false));
        }
    }
    Ok(found)
}

fn pick(frame: &Frame<'_>, choice: &Choice, chosen: bool) -> Pick {
    let mut sub: Vec<String> = Vec::new();
    if choice.level != Level::State && choice.level != Level::Place {
        sub.push(place_name(frame, &choice.sources));
    }
    if choice.contracts > 0 {
        sub.push(frame.w.many("contracts_count", &choice.contracts));
    }
    if choice.works > 0 {
        sub.push(frame.w.many("works_count", &choice.works));
    }
    sub.extend(measures::covers(frame, &choice.sources));
    Pick {
        key: choice.key.clone(),
        name: measures::name(frame, choice.level, &choice.name),
        sub: sub.join(" · "),
        chosen,
    }
}

/// What the authority of the first of some offices is called.
fn place_name(frame: &Frame<'_>, sources: &[String]) -> String {
    sources
        .first()
        .map(|source| frame.place(source))
        .unwrap_or_default()
}

fn groups(
    frame: &Frame<'_>,
    choices: &Choices,
    offices: &[Figures],
    has: impl Fn(&Choice) -> bool,
) -> Vec<Group> {
    let w = frame.w;
    let chosen = |key: &str| offices.iter().any(|office| office.key == key);
    let mut groups: Vec<Group> = [
        (Level::Source, "level_fuente"),
        (Level::Place, "level_lugar"),
        (Level::State, "level_estado"),
    ]
    .into_iter()
    .map(|(level, title)| Group {
        title: w.t(title).to_owned(),
        picks: choices
            .choices
            .iter()
            .filter(|choice| choice.level == level && has(choice))
            .map(|choice| pick(frame, choice, chosen(&choice.key)))
            .collect(),
        open: level == Level::Source,
    })
    .collect();
    // Institutions are too many to list: here stand those already chosen.
    let own: Vec<Pick> = offices
        .iter()
        .filter(|office| office.level == Level::Buyer)
        .map(|office| Pick {
            key: office.key.clone(),
            name: w.text(&office.name).to_owned(),
            sub: place_name(frame, &office.sources),
            chosen: true,
        })
        .collect();
    groups.push(Group {
        title: w.t("level_comprador").to_owned(),
        picks: own,
        open: true,
    });
    groups.retain(|group| !group.picks.is_empty());
    for group in &mut groups {
        group.open |= group.picks.iter().any(|pick| pick.chosen);
    }
    groups
}

/// The columns of a table, with letters for a narrow screen.
pub(super) fn columns(frame: &Frame<'_>, offices: &[Figures]) -> Vec<Column> {
    offices
        .iter()
        .zip('A'..)
        .map(|(office, letter)| {
            let mut sub = vec![frame.w.code("level_one", office.level.code()).to_owned()];
            if office.level != Level::State {
                sub.push(place_name(frame, &office.sources));
            }
            sub.extend(measures::covers(frame, &office.sources));
            sub.extend((office.repeated > 0).then(|| frame.w.many("repeated", &office.repeated)));
            Column {
                letter,
                name: measures::name(frame, office.level, &office.name),
                sub: sub.join(" · "),
                href: measures::own_page(frame, office),
            }
        })
        .collect()
}

/// True when amounts stand side by side whose tax basis is not the same, or is not known.
fn bases_differ(offices: &[Figures], works: bool) -> bool {
    let mut bases: Vec<&str> = offices
        .iter()
        .flat_map(|office| {
            let contracts = office
                .contracts
                .iter()
                .flat_map(|year| &year.methods)
                .flat_map(|method| &method.money)
                .filter(move |_| !works);
            let budgets = office
                .works
                .iter()
                .flat_map(|year| &year.budget)
                .filter(move |_| works);
            contracts.chain(budgets)
        })
        .map(|total| total.tax_basis.as_str())
        .collect();
    bases.sort_unstable();
    bases.dedup();
    bases.len() > 1 || bases == ["unknown"]
}

impl View<'_> {
    /// Where the form comes back to without what was chosen.
    fn anew(&self) -> String {
        format!("{}?vista={}", self.p.w.compare(), self.view)
    }
}
