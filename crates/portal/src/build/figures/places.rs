//! States and other governments: what is held of each, and the map of tiles.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::build::{Tables, fold};
use crate::document::{Record, Site, Total};
use crate::figures::{
    CountryMap, Figures, Level, PlaceDocument, TileFigures, TileMap, WaitingSource,
};
use crate::format::{micro, plain};
use crate::read::string;
use crate::store::Writer;
use crate::text::{Text, TileText};

use super::of;

/// The states of the maps, found by code or by name.
pub(super) struct States {
    tiles: Vec<TileText>,
}

impl States {
    pub(super) fn new(tiles: &[TileText]) -> Self {
        Self {
            tiles: tiles.to_vec(),
        }
    }

    /// What a state is called.
    pub(super) fn name(&self, place: &str) -> Text {
        self.tiles
            .iter()
            .find(|tile| tile.place == place)
            .map_or_else(|| Text::same(place), |tile| tile.name.clone())
    }

    /// The states a work stands in: by code, else by a name written as the map knows it.
    pub(super) fn of(&self, place: &str, locations: &[Record]) -> BTreeSet<String> {
        let country = country(place);
        // A work whose authority names no country may stand in any that has a map.
        let known = self.tiles.iter().any(|tile| tile.country == country);
        let within = |tile: &&TileText| !known || tile.country == country;
        let mut states = BTreeSet::new();
        for location in locations {
            let code = of(location, "state_code");
            let name = of(location, "state_name").map(|name| fold(&name));
            let found: Vec<&TileText> = match (&code, &name) {
                (Some(code), _) if known => self
                    .tiles
                    .iter()
                    .filter(within)
                    .filter(|tile| tile.state_code == *code)
                    .collect(),
                (_, Some(name)) => self
                    .tiles
                    .iter()
                    .filter(within)
                    .filter(|tile| {
                        [&tile.name.es, &tile.name.en]
                            .into_iter()
                            .chain(&tile.also)
                            .any(|other| fold(other) == *name)
                    })
                    .collect(),
                _ => Vec::new(),
            };
            if let [one] = found.as_slice() {
                states.insert(one.place.clone());
            }
        }
        states
    }
}

/// The country of a place: what stands before the first hyphen of its code.
fn country(place: &str) -> &str {
    place.split('-').next().unwrap_or(place)
}

/// What the places of the run are called.
pub(super) async fn names(tables: &Tables<'_>) -> Result<BTreeMap<String, Text>, Error> {
    let rows = tables
        .rows(
            &["place_info"],
            "SELECT place, name_es, name_en FROM place_info ORDER BY place",
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            (
                string(row, "place"),
                Text::new(string(row, "name_es"), string(row, "name_en")),
            )
        })
        .collect())
}

/// What a tile says of figures: those of a government, or those of the works located in a state.
pub(super) fn held(figures: &Figures) -> TileFigures {
    let works: u64 = figures.works.iter().map(|year| year.works).sum();
    if figures.level == Level::State {
        return TileFigures {
            located: Some(works),
            shared: figures.works.iter().map(|year| year.shared).sum(),
            budget: added(figures.works.iter().flat_map(|year| &year.budget)),
            ..TileFigures::default()
        };
    }
    let contracts: u64 = figures
        .contracts
        .iter()
        .flat_map(|year| &year.methods)
        .map(|method| method.contracts)
        .sum();
    TileFigures {
        contracts: (contracts > 0).then_some(contracts),
        works: (works > 0).then_some(works),
        ..TileFigures::default()
    }
}

/// Sums of the same currency and tax basis, added.
fn added<'a>(totals: impl Iterator<Item = &'a Total>) -> Vec<Total> {
    let mut sums: BTreeMap<(&str, &str), (i128, u64)> = BTreeMap::new();
    for total in totals {
        let sum = sums.entry((&total.currency, &total.tax_basis)).or_default();
        *sum = (
            sum.0 + micro(&total.amount).unwrap_or(0),
            sum.1 + total.contracts,
        );
    }
    let mut totals: Vec<Total> = sums
        .into_iter()
        .map(|((currency, basis), (amount, contracts))| Total {
            currency: currency.to_owned(),
            tax_basis: basis.to_owned(),
            amount: plain(amount),
            contracts,
        })
        .collect();
    totals.sort_by_key(|total| std::cmp::Reverse(total.contracts));
    totals
}

/// Writes the maps, and a document for each state and each other government.
pub(super) async fn write(
    tables: &Tables<'_>,
    site: &Site,
    names: &BTreeMap<String, Text>,
    held: &BTreeMap<(Level, String), TileFigures>,
    writer: &mut Writer,
) -> Result<(), Error> {
    let infos = tables
        .rows(
            &["source_info"],
            "SELECT \"source\", place, title_es, title_en, url FROM source_info ORDER BY place, \"source\"",
        )
        .await?;
    let of_place = |place: &str| TileFigures {
        place: place.to_owned(),
        name: names
            .get(place)
            .cloned()
            .unwrap_or_else(|| Text::same(place)),
        sources: site
            .sources
            .iter()
            .filter(|brief| brief.place == place)
            .count() as u64,
        contracts: held
            .get(&(Level::Place, place.to_owned()))
            .and_then(|own| own.contracts),
        works: held
            .get(&(Level::Place, place.to_owned()))
            .and_then(|own| own.works),
        ..TileFigures::default()
    };
    let mut countries: Vec<CountryMap> = Vec::new();
    for tile in &tables.texts.tiles {
        if countries.iter().all(|map| map.country != tile.country) {
            countries.push(CountryMap {
                name: names.get(&tile.country).cloned().unwrap_or_default(),
                country: tile.country.clone(),
                tiles: Vec::new(),
            });
        }
        let located = held.get(&(Level::State, tile.place.clone()));
        let figures = TileFigures {
            abbreviation: tile.abbreviation.clone(),
            name: tile.name.clone(),
            column: tile.column,
            row: tile.row,
            located: located.and_then(|located| located.located),
            shared: located.map_or(0, |located| located.shared),
            budget: located
                .map(|located| located.budget.clone())
                .unwrap_or_default(),
            ..of_place(&tile.place)
        };
        if let Some(map) = countries.iter_mut().find(|map| map.country == tile.country) {
            map.tiles.push(figures);
        }
    }
    // The country with most offices first; of equals, the one with most states.
    countries.sort_by_key(|map| {
        let sources: u64 = map.tiles.iter().map(|tile| tile.sources).sum();
        std::cmp::Reverse((sources, map.tiles.len()))
    });
    let on_a_map: BTreeSet<&str> = tables
        .texts
        .tiles
        .iter()
        .map(|tile| tile.place.as_str())
        .collect();
    let elsewhere: BTreeSet<&str> = site
        .sources
        .iter()
        .map(|brief| brief.place.as_str())
        .chain(
            held.keys()
                .filter(|(level, _)| *level == Level::Place)
                .map(|(_, place)| place.as_str()),
        )
        .filter(|place| !on_a_map.contains(place))
        .collect();
    let map = TileMap {
        others: elsewhere.into_iter().map(of_place).collect(),
        countries,
    };
    for figures in map
        .countries
        .iter()
        .flat_map(|map| &map.tiles)
        .chain(&map.others)
    {
        let document = PlaceDocument {
            sources: site
                .sources
                .iter()
                .filter(|brief| brief.place == figures.place)
                .map(|brief| brief.source.clone())
                .collect(),
            waiting: infos
                .iter()
                .filter(|row| string(row, "place") == figures.place)
                .filter(|row| site.source(&string(row, "source")).is_none())
                .map(|row| WaitingSource {
                    title: Text::new(string(row, "title_es"), string(row, "title_en")),
                    url: string(row, "url"),
                })
                .collect(),
            figures: figures.clone(),
        };
        writer.put(&figures.place, &document).await?;
    }
    writer.put("tile_map", &map).await
}
