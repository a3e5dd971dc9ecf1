//! Everything the packs say, read once and checked against itself.

use crate::error::Error;
use crate::folder::Folder;
use crate::indicator::{Indicator, ParameterRow};
use crate::link::Link;
use crate::mapping::Mapping;
use crate::source::{Place, Source};
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
    /// Sources by code.
    pub sources: BTreeMap<String, Source>,
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
            sources: BTreeMap::new(),
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
        for source in packs.sources.values() {
            let path = format!("{}mapping.toml", source.folder);
            if folder.get(&path).is_some() {
                let mut mapping: Mapping = folder.toml(&path)?;
                mapping.values = folder.csv(&format!("{}values.csv", source.folder))?;
                packs.mappings.insert(source.code.clone(), mapping);
            }
        }
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
            let Some(standard) = self.standards.get(&mapping.standard) else {
                return wrong(format!("no standard `{}`", mapping.standard));
            };
            let lists: BTreeSet<&str> =
                mapping.values.iter().map(|row| row.list.as_str()).collect();
            for rule in &mapping.tables {
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

/// The folders right below `prefix`.
fn folders(folder: &Folder, prefix: &str) -> BTreeSet<String> {
    let below = folder.iter().filter_map(|(path, _)| {
        path.strip_prefix(prefix)?
            .split_once('/')
            .map(|(first, _)| first.to_string())
    });
    below.collect()
}
