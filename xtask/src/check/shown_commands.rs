//! Commands shown on our pages exist: their names, and the long flags they are shown with.

use std::collections::BTreeMap;

use super::markdown::{Named, named};

/// A command line found on a page: "cotejo demo --no-serve".
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// Where: page and line.
    pub place: String,
    /// The program: `cargo` or `cotejo`.
    pub program: String,
    /// The name after it, for `cargo xtask` the two names.
    pub command: String,
    /// Long flags shown, without their values.
    pub flags: Vec<String>,
}

/// Commands of `cargo` and `cotejo` on a page, in inline code and in blocks.
pub fn shown_on(page: &str, text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    for (line, named) in named(text) {
        let (Named::Code(code) | Named::BlockLine(code)) = named else {
            continue;
        };
        for part in code.split("&&").flat_map(|part| part.split(" | ")) {
            let part = part
                .split(" #")
                .next()
                .unwrap_or(part)
                .trim()
                .trim_start_matches("$ ");
            found.extend(read(&format!("{page}:{line}"), part));
        }
    }
    found
}

fn read(place: &str, line: &str) -> Option<Shown> {
    let mut words = line.split_whitespace();
    let program = words
        .next()
        .filter(|word| matches!(*word, "cargo" | "cotejo"))?;
    let mut command = words.next().filter(|word| is_name(word))?.to_owned();
    if program == "cargo" && command == "xtask" {
        match words.next().filter(|word| is_name(word)) {
            Some(name) => command = format!("xtask {name}"),
            None => return None,
        }
    }
    let flags = words
        .map(|word| word.trim_start_matches('['))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(|word| {
            word.split(['=', ']', '\\'])
                .next()
                .unwrap_or(word)
                .to_owned()
        })
        .collect();
    Some(Shown {
        place: place.to_owned(),
        program: program.to_owned(),
        command,
        flags,
    })
}

/// A name is lower case: `cotejo FILE…` and `cotejo …` speak of no command.
fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign == '-')
        && !word.starts_with('-')
}

/// What is shown and does not exist. `help` holds, for each "program command", the text of its `--help`.
pub fn missing(shown: &[Shown], help: &BTreeMap<String, String>) -> Vec<String> {
    let mut missing = Vec::new();
    for Shown {
        place,
        program,
        command,
        flags,
    } in shown
    {
        match help.get(&format!("{program} {command}")) {
            None => missing.push(format!("{place}: there is no `{program} {command}`")),
            Some(help) => missing.extend(
                flags
                    .iter()
                    .filter(|flag| {
                        !help
                            .split([' ', ',', '\n', '[', ']', '='])
                            .any(|word| word == flag.as_str())
                    })
                    .map(|flag| format!("{place}: `{program} {command}` has no {flag}")),
            ),
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_and_its_flags_must_exist() {
        let page = "Run `cotejo demo --no-serve`.\n\n    cotejo init w && cotejo flap\n    cargo xtask test --install\n";
        let help = BTreeMap::from([
            (
                "cotejo demo".to_owned(),
                "      --no-serve  does not serve".to_owned(),
            ),
            ("cotejo init".to_owned(), String::new()),
            ("cargo xtask test".to_owned(), "  --skip-pages".to_owned()),
        ]);
        assert_eq!(
            missing(&shown_on("README.md", page), &help),
            [
                "README.md:3: there is no `cotejo flap`",
                "README.md:4: `cargo xtask test` has no --install"
            ]
        );
    }
}
