//! The map of tiles: what is held of each state.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::Total;
use crate::figures::{CountryMap, TileFigures, TileMap};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::tile_map::{self, Tile};

use super::compare::{Tab, tabs};

#[derive(Template)]
#[template(path = "places.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    tabs: Vec<Tab>,
    shades: Vec<Tab>,
    lead: &'static str,
    maps: Vec<MapView>,
    others: Vec<Row>,
}

struct MapView {
    id: String,
    title: String,
    svg: String,
    legend: Vec<(usize, String)>,
    rows: Vec<Row>,
}

/// What a row of the table says of a state; none is nothing loaded.
struct Row {
    name: String,
    abbreviation: String,
    href: String,
    sources: u64,
    contracts: Option<String>,
    works: Option<String>,
    located: Option<String>,
    money: Vec<String>,
    shared: u64,
}

/// What colours the map.
#[derive(Clone, Copy, PartialEq)]
enum Shade {
    Sources,
    Contracts,
    Money,
}

impl Shade {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Sources, "oficinas", "shade_sources"),
        (Self::Contracts, "contratos", "shade_contracts"),
        (Self::Money, "obras", "shade_money"),
    ];

    /// The number behind the colour; none where nothing is loaded or published.
    fn of(self, tile: &TileFigures) -> Option<u64> {
        match self {
            Self::Sources => (tile.sources > 0).then_some(tile.sources),
            Self::Contracts => tile.contracts,
            // The sum most works are in: other currencies and tax bases are in the table, never added to it.
            Self::Money => tile.located.and_then(|_| {
                let total = tile.budget.first()?;
                let whole = format::micro(&total.amount)? / 1_000_000;
                u64::try_from(whole).ok()
            }),
        }
    }
}

pub(crate) fn draw(frame: &mut Frame<'_>, map: TileMap) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(
        w.t("map_title"),
        w.t("map_lead"),
        &[(w.t("compare_title"), w.compare())],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &map),
        Format::Csv => Ok(Answer::csv(csv(frame, &map))),
        Format::Html => {
            let asked = frame.param("ver").unwrap_or("oficinas");
            let (shade, word, title) = Shade::ALL
                .into_iter()
                .find(|(_, word, _)| *word == asked)
                .unwrap_or(Shade::ALL[0]);
            let maps = map
                .countries
                .iter()
                .map(|country| map_view(frame, country, shade, title))
                .collect();
            let view = View {
                tabs: tabs(frame, "mapa"),
                shades: Shade::ALL
                    .into_iter()
                    .map(|(_, own, words)| Tab {
                        words: w.t(words).to_owned(),
                        href: frame.here_with("ver", own),
                        here: own == word,
                    })
                    .collect(),
                lead: match shade {
                    Shade::Sources => "shade_sources_lead",
                    Shade::Contracts => "shade_contracts_lead",
                    Shade::Money => "shade_money_lead",
                },
                maps,
                others: map.others.iter().map(|tile| row(frame, tile)).collect(),
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

fn map_view(frame: &Frame<'_>, country: &CountryMap, shade: Shade, title: &str) -> MapView {
    let w = frame.w;
    let values: Vec<u64> = country
        .tiles
        .iter()
        .filter_map(|tile| shade.of(tile))
        .collect();
    let steps = tile_map::steps(&values);
    let words = |number: u64| match shade {
        Shade::Money => format::short_money(&number.to_string()),
        _ => format::count(number),
    };
    let tiles: Vec<Tile> = country
        .tiles
        .iter()
        .map(|tile| {
            let value = shade.of(tile);
            let said = value.map_or_else(|| w.t("nothing_loaded").to_owned(), &words);
            Tile {
                column: tile.column,
                row: tile.row,
                abbreviation: &tile.abbreviation,
                small: value.map_or_else(|| "×".to_owned(), format::tiny),
                label: format!("{}: {said}", w.text(&tile.name)),
                href: w.place(&tile.place),
                step: value.map(|value| tile_map::step(&steps, value)),
            }
        })
        .collect();
    // The government of a country is called otherwise than the country.
    let known = w.code("country", &country.country);
    let government = w.text(&country.name);
    let name = if known == country.country && !government.is_empty() {
        government
    } else {
        known
    };
    let heading = w.with2("map_of", "what", w.t(title), "country", name);
    MapView {
        id: format!("mapa-{}", country.country),
        svg: tile_map::svg(&tiles, &heading),
        title: heading,
        legend: tile_map::ranges(&steps, &values)
            .into_iter()
            .map(|(step, least, most)| {
                let range = if least == most {
                    words(least)
                } else {
                    w.with2("range", "from", words(least), "to", words(most))
                };
                (step, range)
            })
            .collect(),
        rows: country.tiles.iter().map(|tile| row(frame, tile)).collect(),
    }
}

fn row(frame: &Frame<'_>, tile: &TileFigures) -> Row {
    let w = frame.w;
    Row {
        name: w.text(&tile.name).to_owned(),
        abbreviation: tile.abbreviation.clone(),
        href: w.place(&tile.place),
        sources: tile.sources,
        contracts: tile.contracts.map(format::count),
        works: tile.works.map(format::count),
        located: tile.located.map(format::count),
        money: tile
            .budget
            .iter()
            .map(|total| money(frame, total))
            .collect(),
        shared: tile.shared,
    }
}

/// A sum in short, with its currency and basis.
pub(super) fn money(frame: &Frame<'_>, total: &Total) -> String {
    format!(
        "{} {}, {}",
        format::short_money(&total.amount),
        super::measures::currency(frame, total),
        frame.w.code("tax", &total.tax_basis)
    )
}

fn csv(frame: &Frame<'_>, map: &TileMap) -> Csv {
    let mut csv = Csv::new(&[
        "place",
        "abbreviation",
        "name",
        "sources",
        "contracts",
        "works",
        "works_located",
        "works_in_several_states",
        "budget_located",
        "currency",
        "tax_basis",
    ]);
    let or = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
    let tiles = map.countries.iter().flat_map(|country| &country.tiles);
    for tile in tiles.chain(&map.others) {
        let none = Total::default();
        // One row for each sum, so that no two are added.
        let totals: Vec<&Total> = if tile.budget.is_empty() {
            vec![&none]
        } else {
            tile.budget.iter().collect()
        };
        for total in totals {
            csv.row(&[
                tile.place.clone(),
                tile.abbreviation.clone(),
                frame.w.text(&tile.name).to_owned(),
                tile.sources.to_string(),
                or(tile.contracts),
                or(tile.works),
                or(tile.located),
                tile.shared.to_string(),
                total.amount.clone(),
                total.currency.clone(),
                total.tax_basis.clone(),
            ]);
        }
    }
    csv
}
