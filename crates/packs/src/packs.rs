//! Everything the packs say, read once and checked against itself.

use crate::error::Error;
use crate::folder::Folder;
use crate::form::Form;
use crate::indicator::{Indicator, ParameterRow};
use crate::link::Link;
use crate::mapping::Mapping;
use crate::source::{Place, Source, Tile};
use crate::standard::Standard;
use std::collections::{BTreeMap, BTreeSet};

/// All packs of the program and of a workspace.
#[derive(Debug, Clone)]
pub struct Packs {
    /// The files they were read from.
    pub folder: Folder,
    /// Standards by code.
    pub standards: BTreeMap<String, Standard>,
    /// Places by code.
    pub places: BTreeMap<String, Place>,
    /// States as tiles of the map of their country.
    pub tiles: Vec<Tile>,
    /// Sources by code.
    pub sources: BTreeMap<String, Source>,
    /// Forms by code.
    pub forms: BTreeMap<String, Form>,
    /// Mappings by source.
    pub mappings: BTreeMap<String, Mapping>,
    /// Indicators by code.
    pub indicators: BTreeMap<String, Indicator>,
    /// Kinds of things that are linked, by kind.
    pub links: BTreeMap<String, Link>,
    /// Dated numbers of all indicators and places.
    pub parameters: Vec<ParameterRow>,
}

impl Packs {
    /// Reads every pack of `folder`.
    ///
    /// Errors: any file that is missing, not understood, or names something that does not exist.
    pub fn read(folder: Folder) -> Result<Packs, Error> {
        let mut packs = Packs {
            standards: BTreeMap::new(),
            places: BTreeMap::new(),
            tiles: Vec::new(),
            sources: BTreeMap::new(),
            forms: BTreeMap::new(),
            mappings: BTreeMap::new(),
            indicators: BTreeMap::new(),
            links: BTreeMap::new(),
            parameters: Vec::new(),
            folder,
        };
        let folder = packs.folder.clone();
        for code in folders(&folder, "standards/") {
            packs
                .standards
                .insert(code.clone(), Standard::read(&folder, &code)?);
        }
        for (path, _) in folder
            .iter()
            .filter(|(path, _)| path.starts_with("places/"))
        {
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                [_, _, _, "place.toml"] => {
                    let place: Place = folder.toml(path)?;
                    packs.places.insert(place.code.clone(), place);
                }
                [_, country, "tiles.csv"] => {
                    let tiles: Vec<Tile> = folder.csv(path)?;
                    packs.tiles.extend(tiles.into_iter().map(|tile| Tile {
                        country: country.to_string(),
                        ..tile
                    }));
                }
                [_, country, place, source, "source.toml"] => {
                    let mut read: Source = folder.toml(path)?;
                    read.code = format!("{country}_{place}__{source}");
                    read.folder = path.trim_end_matches("source.toml").to_string();
                    packs.sources.insert(read.code.clone(), read);
                }
                [_, _, _, "parameters.csv"] => packs.parameters.extend(folder.csv(path)?),
                _ => {}
            }
        }
        for code in folders(&folder, "forms/") {
            packs
                .forms
                .insert(code.clone(), Form::read(&folder, &code)?);
        }
        for source in packs.sources.values() {
            let path = format!("{}mapping.toml", source.folder);
            if folder.get(&path).is_some() {
                let mut mapping = folder.toml::<Mapping>(&path)?.with_names_expanded();
                mapping.values = folder.csv(&format!("{}values.csv", source.folder))?;
                packs.mappings.insert(source.code.clone(), mapping);
            }
        }
        packs.take_mappings_of_forms()?;
        for name in folders(&folder, "links/") {
            let link = Link::read(&folder, &format!("links/{name}/"))?;
            packs.links.insert(link.kind.clone(), link);
        }
        for name in folders(&folder, "indicators/") {
            let indicator = Indicator::read(&folder, &format!("indicators/{name}/"))?;
            packs
                .parameters
                .extend(indicator.parameter_rows.iter().cloned());
            packs.indicators.insert(indicator.code.clone(), indicator);
        }
        packs.check()?;
        Ok(packs)
    }

    /// A source whose layouts follow forms has the mappings of the forms, each for its layouts, beside its own.
    fn take_mappings_of_forms(&mut self) -> Result<(), Error> {
        for source in self.sources.values() {
            for layout in &source.layouts {
                let Some(code) = &layout.form else { continue };
                let wrong = |message: String| Error::Wrong {
                    path: format!("{}source.toml", source.folder),
                    message: format!("layout `{}`: {message}", layout.name),
                };
                let form = self
                    .forms
                    .get(code)
                    .ok_or_else(|| wrong(format!("no form `{code}`")))?;
                let Some(theirs) = &form.mapping else {
                    continue;
                };
                let mapping = self
                    .mappings
                    .entry(source.code.clone())
                    .or_insert_with(|| Mapping {
                        standard: theirs.standard.clone(),
                        ..Mapping::default()
                    });
                if mapping.standard != theirs.standard {
                    return Err(wrong(format!(
                        "form `{code}` maps to {}, the source to {}",
                        theirs.standard, mapping.standard
                    )));
                }
                for rule in &theirs.tables {
                    let mut rule = rule.clone();
                    rule.layouts = vec![layout.name.clone()];
                    mapping.tables.push(rule);
                }
                let known: BTreeSet<String> =
                    mapping.values.iter().map(|row| row.list.clone()).collect();
                // Of two forms that share a list of values, or a source with its own, the first counts.
                mapping.values.extend(
                    theirs
                        .values
                        .iter()
                        .filter(|row| !known.contains(&row.list))
                        .cloned(),
                );
            }
        }
        Ok(())
    }

    /// Names that must exist.
    fn check(&self) -> Result<(), Error> {
        for source in self.sources.values() {
            let path = format!("{}source.toml", source.folder);
            let wrong = |message: String| {
                Err(Error::Wrong {
                    path: path.clone(),
                    message,
                })
            };
            if !self.places.contains_key(&source.place) {
                return wrong(format!("no place `{}`", source.place));
            }
            for layout in &source.layouts {
                if let Some(standard) = &layout.standard
                    && !self.standards.contains_key(standard)
                {
                    return wrong(format!(
                        "layout `{}`: no standard `{standard}`",
                        layout.name
                    ));
                }
            }
        }
        for (code, mapping) in &self.mappings {
            let path = format!("{}mapping.toml", self.sources[code].folder);
            let wrong = |message: String| {
                Err(Error::Wrong {
                    path: path.clone(),
                    message,
                })
            };
            if let Some(unknown) = mapping
                .standards()
                .into_iter()
                .find(|standard| !self.standards.contains_key(*standard))
            {
                return wrong(format!("no standard `{unknown}`"));
            }
            let lists: BTreeSet<&str> =
                mapping.values.iter().map(|row| row.list.as_str()).collect();
            for rule in &mapping.tables {
                let standard = &self.standards[mapping.standard_of(rule)];
                let Some(table) = standard.tables.get(&rule.target) else {
                    return wrong(format!("no table `{}` in {}", rule.target, standard.code));
                };
                for (name, field) in &rule.field {
                    if name != "place" && table.field(name).is_none() {
                        let names: Vec<&str> = table
                            .fields
                            .iter()
                            .map(|field| field.name.as_str())
                            .collect();
                        return wrong(format!(
                            "no field `{name}` in {}.{}. Fields there: {}",
                            standard.code,
                            table.name,
                            names.join(", ")
                        ));
                    }
                    for rule in std::iter::once(field).chain(field.layout.values()) {
                        if let Some(list) = &rule.values
                            && !lists.contains(list.as_str())
                        {
                            return wrong(format!(
                                "field `{name}`: no list `{list}` in values.csv"
                            ));
                        }
                    }
                }
            }
        }
        self.check_tiles()?;
        for link in self.links.values() {
            for table in link.mentions.keys() {
                let known = table.split_once('.').is_some_and(|(standard, table)| {
                    let standard = self.standards.get(standard);
                    standard.is_some_and(|standard| standard.tables.contains_key(table))
                });
                if !known {
                    return Err(Error::Wrong {
                        path: format!("{}mentions/{table}.sql", link.folder),
                        message: format!("no table `{table}` in the standards"),
                    });
                }
            }
        }
        let unknown = self
            .parameters
            .iter()
            .find(|row| !self.indicators.contains_key(&row.indicator));
        if let Some(row) = unknown {
            let message = format!("parameter `{}`: no indicator `{}`", row.name, row.indicator);
            return Err(Error::Wrong {
                path: "parameters.csv".to_string(),
                message,
            });
        }
        Ok(())
    }
}

impl Packs {
    /// No state twice, and no two tiles in one square.
    fn check_tiles(&self) -> Result<(), Error> {
        let mut states = BTreeSet::new();
        let mut squares = BTreeSet::new();
        for tile in &self.tiles {
            let message = if !states.insert(&tile.place) {
                format!("`{}` stands twice", tile.place)
            } else if tile.column == 0 || tile.row == 0 {
                format!("`{}`: columns and rows begin at 1", tile.place)
            } else if !squares.insert((&tile.country, tile.column, tile.row)) {
                format!("column {}, row {} holds two states", tile.column, tile.row)
            } else {
                continue;
            };
            return Err(Error::Wrong {
                path: format!("places/{}/tiles.csv", tile.country),
                message,
            });
        }
        Ok(())
    }
}

/// The folders right below `prefix`.
fn folders(folder: &Folder, prefix: &str) -> BTreeSet<String> {
    let below = folder.iter().filter_map(|(path, _)| {
        path.strip_prefix(prefix)?
            .split_once('/')
            .map(|(first, _)| first.to_string())
    });
    below.collect()
}
