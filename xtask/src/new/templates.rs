//! The texts of `xtask/templates/`, built in, so that a folder can be begun wherever the command is called.

/// A file of a template: where it goes inside the folder that is made, and its text.
pub(super) type Template = (&'static str, &'static str);

/// The files of one kind, by their paths in `templates/`.
macro_rules! templates {
    ($kind:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/", $kind, "/", $path)))),+]
    };
}

/// Of an authority; written only where there is none yet.
pub(super) const PLACE: &[Template] = templates!("place": "place.toml");
/// Of a source, below its place.
pub(super) const SOURCE: &[Template] =
    templates!("place/source": "source.toml", "mapping.toml", "values.csv");
/// Of a standard.
pub(super) const STANDARD: &[Template] =
    templates!("standard": "standard.toml", "tables/item.toml", "codelists/status.csv");
/// Of an indicator.
pub(super) const INDICATOR: &[Template] = templates!("indicator":
    "indicator.toml", "population.sql", "indicator.sql", "evidence.sql", "parameters.csv", "notes.md",
    "cases/flagged.toml", "cases/just_not_flagged.toml", "cases/not_computable.toml",
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_file_of_the_templates_is_written_by_some_kind() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let there: BTreeSet<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let path = entry.path().strip_prefix(&root).unwrap();
                path.to_string_lossy().into_owned()
            })
            .filter(|path| path != "README.md")
            .collect();
        let kinds = [
            ("place", PLACE),
            ("place/source", SOURCE),
            ("standard", STANDARD),
            ("indicator", INDICATOR),
        ];
        let written: BTreeSet<String> = kinds
            .iter()
            .flat_map(|(kind, files)| files.iter().map(move |(path, _)| format!("{kind}/{path}")))
            .collect();
        assert_eq!(written, there);
    }
}
