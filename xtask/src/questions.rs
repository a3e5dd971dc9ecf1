//! Questions left open in a pack: the mark `¿…?`, and the question that stands beside it.
//!
//! It reads lines, whatever the file is, and refuses to know what would be a good answer.

use std::path::Path;

use anyhow::{Context, Result};

/// Stands where a person has to answer.
pub const MARK: &str = "¿…?";

/// A line that awaits an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The line, from 1.
    pub line: usize,
    /// The question, as far as its question mark.
    pub text: String,
}

/// The open questions of one file, one for each line that holds the mark.
///
/// A question stands behind the mark on its own line, or opens the nearest comment from there upwards; a line with
/// neither is its own question.
pub fn open_in(text: &str) -> Vec<Question> {
    let lines: Vec<&str> = text.lines().collect();
    let marked = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.contains(MARK));
    let question = |(index, line): (usize, &&str)| Question {
        line: index + 1,
        text: behind_the_mark(line)
            .or_else(|| comment_above(&lines[..=index]))
            .unwrap_or_else(|| line.trim().to_owned()),
    };
    marked.map(question).collect()
}

/// The open questions of every pack file below a folder, as lines for a person: `shown/path:line: question`.
///
/// Errors: the folder or a file of it cannot be read.
pub fn open_below(root: &Path, shown: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.with_context(|| format!("listing {}", root.display()))?;
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        let name = format!("{shown}/{}", name.replace('\\', "/"));
        if entry.file_type().is_file() && may_ask(&name) {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("reading {}", path.display()))?;
            found.extend(lines_for(&name, &text));
        }
    }
    Ok(found)
}

/// The open questions of a file as lines for a person.
pub fn lines_for(file: &str, text: &str) -> Vec<String> {
    let line = |question: Question| format!("{file}:{}: {}", question.line, question.text);
    open_in(text).into_iter().map(line).collect()
}

/// Whether a file is of the kinds a pack is made of.
pub fn may_ask(file: &str) -> bool {
    [".toml", ".csv", ".sql", ".md"]
        .iter()
        .any(|ending| file.ends_with(ending))
}

fn behind_the_mark(line: &str) -> Option<String> {
    let (_, behind) = line.rsplit_once(MARK)?;
    let question = &behind[behind.find('¿')?..];
    Some(first(question))
}

/// The first line of the last comment of these lines.
fn comment_above(lines: &[&str]) -> Option<String> {
    let is_comment = |line: &&str| said(line).is_some();
    let last = lines.iter().rposition(is_comment)?;
    let block = lines[..=last]
        .iter()
        .rev()
        .take_while(|line| is_comment(line))
        .count();
    said(lines[last + 1 - block]).map(first)
}

/// What a line of comment says; none when it is no comment, or an empty one.
fn said(line: &str) -> Option<&str> {
    let line = line.trim();
    let said = line.strip_prefix('#').or_else(|| line.strip_prefix("--"))?;
    let said = said.trim();
    (!said.is_empty()).then_some(said)
}

/// A text as far as its first question mark, the one of the mark aside.
fn first(text: &str) -> String {
    let text = text.replace(MARK, "");
    let end = text.find('?').map_or(text.len(), |at| at + 1);
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = open_in(text);
        let found: Vec<_> = found
            .iter()
            .map(|question| (question.line, question.text.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_question_is_the_first_line_of_the_comment_above() {
        check(
            "# ¿Quién publica? La oficina.\n# Who publishes?\npublisher = \"¿…?\"\n\nplace = \"co\"\n",
            &[(3, "¿Quién publica?")],
        );
        check(
            "a = 1\n# ¿Qué explica? Uno por renglón.\nnot_proof = [\n    { es = \"¿…?\", en = \"¿…?\" },\n]\n",
            &[(4, "¿Qué explica?")],
        );
    }

    #[test]
    fn a_mark_in_a_comment_asks_what_its_comment_opens_with() {
        check(
            "-- ¿A quién se le pregunta? Corrija lo que sigue. ¿…?\n-- Who is asked?\nSELECT 1\n",
            &[(1, "¿A quién se le pregunta?")],
        );
    }

    #[test]
    fn a_question_may_stand_behind_the_mark() {
        check(
            "list,found,note\nmethod,¿…?,\"¿Con qué palabras? Si no hay, borre. / Which words?\"\n",
            &[(2, "¿Con qué palabras?")],
        );
        check(
            "# A, notes\n\n- ¿…? ¿Qué se supone? / What?\n",
            &[(3, "¿Qué se supone?")],
        );
    }

    #[test]
    fn a_line_without_a_question_is_its_own() {
        check("code\n¿…?,x\n", &[(2, "¿…?,x")]);
    }

    #[test]
    fn nothing_is_asked_without_the_mark() {
        check("# ¿Quién publica?\npublisher = \"¿?\"\n", &[]);
    }
}
