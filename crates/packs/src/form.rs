//! A form that many publishers fill in, each in its own workbook.
//!
//! Its columns are told apart by the words of their headers and by their order, since every office spells,
//! merges and shifts them in its own way.

use crate::error::Error;
use crate::folder::Folder;
use crate::mapping::Mapping;
use crate::slug::slug_all;
use crate::text::Text;
use serde::Deserialize;

/// Headers looked at; a sheet merged to its edge has 16,384.
const HEADERS: usize = 512;

/// A form and what its columns mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// `articulo_14_adjudicacion`, the name of its folder.
    #[serde(skip)]
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// Who must fill it in, under which law.
    #[serde(default)]
    pub description: Text,
    /// How many of its columns a sheet must have to be this form.
    pub min_columns: usize,
    /// Slugs: a row in which one of these is filled starts a record; empty when each row is one.
    #[serde(default)]
    pub starts: Vec<String>,
    /// Slug of a column that takes the text of the group row above the record.
    #[serde(default)]
    pub group: Option<String>,
    /// Its columns, in order.
    #[serde(rename = "column")]
    pub columns: Vec<FormColumn>,
    /// How its records become rows of a standard, if its folder says.
    #[serde(skip)]
    pub mapping: Option<Mapping>,
}

/// A column of a form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// Its name in the raw table.
    pub slug: String,
    /// Words that stand in its header, in any order, several wordings; each word may be the beginning of one.
    pub header: Vec<String>,
    /// Words that do not stand in it.
    #[serde(default)]
    pub without: Vec<String>,
    /// The list it belongs to, if a record has several.
    #[serde(default)]
    pub list: Option<String>,
    /// Within a list: columns of one group share a row; groups of a list are paired in order.
    #[serde(default)]
    pub group: String,
    /// Within a list: a row in which it is filled starts an element; when no column of a group says so, any does.
    #[serde(default)]
    pub starts: bool,
    /// Whether the address its cells link to is kept as `SLUG_link`.
    #[serde(default)]
    pub link: bool,
    /// Whether a sheet without it is not this form.
    #[serde(default)]
    pub required: bool,
}

impl Form {
    /// Reads `forms/CODE/form.toml` and, if it is there, the mapping beside it.
    pub(crate) fn read(folder: &Folder, code: &str) -> Result<Form, Error> {
        let base = format!("forms/{code}/");
        let mut form: Form = folder.toml(&format!("{base}form.toml"))?;
        form.code = code.to_string();
        let path = format!("{base}mapping.toml");
        if folder.get(&path).is_some() {
            let mut mapping = folder.toml::<Mapping>(&path)?.with_names_expanded();
            mapping.values = folder.csv(&format!("{base}values.csv"))?;
            form.mapping = Some(mapping);
        }
        let known = |slug: &String| form.columns.iter().any(|column| column.slug == *slug);
        match form.starts.iter().find(|slug| !known(slug)) {
            Some(slug) => Err(Error::Wrong {
                path: format!("{base}form.toml"),
                message: format!("`starts` names no column: `{slug}`"),
            }),
            None => Ok(form),
        }
    }

    /// Finds the form's columns among `headers`: for each, the index of its header.
    ///
    /// The columns keep their order, and as many as possible are found.
    /// `None`: too few are there, or a required one is missing.
    pub fn align(&self, headers: &[String]) -> Option<Vec<Option<usize>>> {
        let words: Vec<Vec<String>> = headers.iter().take(HEADERS).map(|h| words(h)).collect();
        let (columns, width) = (self.columns.len(), words.len());
        let fits: Vec<Vec<u32>> = self
            .columns
            .iter()
            .map(|column| words.iter().map(|header| column.weight(header)).collect())
            .collect();
        // best[c][h]: the most that columns from c on can find among headers from h on.
        let mut best = vec![vec![0u32; width + 1]; columns + 1];
        for c in (0..columns).rev() {
            for h in (0..width).rev() {
                let skip = best[c + 1][h].max(best[c][h + 1]);
                best[c][h] = match fits[c][h] {
                    0 => skip,
                    weight => skip.max(best[c + 1][h + 1] + weight),
                };
            }
        }
        let mut found = vec![None; columns];
        let (mut c, mut h) = (0, 0);
        while c < columns && h < width {
            let weight = fits[c][h];
            if weight > 0 && best[c][h] == best[c + 1][h + 1] + weight {
                found[c] = Some(h);
                (c, h) = (c + 1, h + 1);
            } else if best[c][h] == best[c][h + 1] {
                h += 1;
            } else {
                c += 1;
            }
        }
        let enough = found.iter().flatten().count() >= self.min_columns;
        let missing = self
            .columns
            .iter()
            .zip(&found)
            .any(|(column, at)| column.required && at.is_none());
        (enough && !missing).then_some(found)
    }

    /// Names of the lists a record may have, in the order of their columns.
    pub fn lists(&self) -> Vec<&str> {
        let mut lists: Vec<&str> = Vec::new();
        for list in self.columns.iter().filter_map(|c| c.list.as_deref()) {
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
        lists
    }
}

impl FormColumn {
    /// How well a header fits: 0 for not at all, more the more words it shares.
    fn weight(&self, header: &[String]) -> u32 {
        let has = |word: &String| header.iter().any(|there| there.starts_with(word.as_str()));
        if self
            .without
            .iter()
            .any(|text| words(text).iter().all(has) && !text.is_empty())
        {
            return 0;
        }
        let fitting = self.header.iter().filter_map(|text| {
            let words = words(text);
            (!words.is_empty() && words.iter().all(has)).then_some(words.len())
        });
        // A column found is worth more than any number of words.
        fitting.max().map_or(0, |count| 100 + count as u32)
    }
}

fn words(text: &str) -> Vec<String> {
    let slug = slug_all(text);
    slug.split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(columns: &[(&str, &str)]) -> Form {
        let column = |(slug, header): &(&str, &str)| {
            format!("[[column]]\nslug = \"{slug}\"\nheader = [\"{header}\"]\n")
        };
        let text: String = columns.iter().map(column).collect();
        toml::from_str(&format!(
            "title = {{ es = \"F\", en = \"F\" }}\nmin_columns = {}\n{text}",
            columns.len() - 1
        ))
        .unwrap()
    }

    fn headers(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| t.to_string()).collect()
    }

    #[test]
    fn columns_are_found_by_their_words_and_order() {
        let form = form(&[
            ("year", "ejercicio"),
            ("quoted", "nombre proveedor"),
            ("quoted_surname", "paterno"),
            ("winner", "nombre adjudicad"),
            ("winner_surname", "paterno"),
        ]);
        let sheet = headers(&[
            "",
            "EJERCICIO (ANTERIOR, EN CURSO)",
            "Nombre de los proveedores / Nombre(s)",
            "Nombre de los proveedores / Apellido paterno",
            "Nombre (o razón social) de la persona adjudicada / Nombre(s)",
            "Nombre (o razón social) de la persona adjudicada / Apellido Paterno",
        ]);
        let found = form.align(&sheet).expect("the form is there");
        assert_eq!(found, [1, 2, 3, 4, 5].map(Some));
    }

    #[test]
    fn a_missing_or_an_added_column_does_not_shift_the_others() {
        let form = form(&[("a", "uno"), ("b", "dos"), ("c", "tres")]);
        assert_eq!(
            form.align(&headers(&["Uno", "Nuevo", "Tres"])),
            Some(vec![Some(0), None, Some(2)])
        );
        assert_eq!(form.align(&headers(&["Uno", "Otro"])), None);
    }
}
