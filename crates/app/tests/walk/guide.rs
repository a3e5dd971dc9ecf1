//! The guide that adds a source, followed to the letter: its files are written, its commands run, its answers compared.
//!
//! A block says what it is behind its opening fence: `sh run` is run, `text out` is what the commands before it print,
//! `file=PATH` is written. In an answer `…` stands for what the page cuts: lines on a line of its own, else signs.

use crate::new_packs::case_differences;
use crate::support::{PROGRAM, xtask};
use packs::{Folder, Packs};
use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = "docs/add-a-source.md";
const IN_ENGLISH: &str = "docs/add-a-source.en.md";

/// A fenced block of a page.
#[derive(Debug)]
struct Block {
    line: usize,
    kind: Kind,
    body: String,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Run,
    Out,
    File(String),
}

#[test]
fn the_guide_that_adds_a_source_holds() {
    let mut reader = Reader::new();
    for block in blocks(PAGE) {
        reader.follow(&block);
    }
    reader.has_seen_all_that_was_printed();

    // The cases it adds run as those beside the rules do.
    let own = Folder::read(&reader.folder.join("packs")).expect("the packs of the guide");
    let cases: BTreeSet<(String, String)> = own
        .iter()
        .filter_map(|(path, _)| {
            let (rule, case) = path.strip_prefix("indicators/")?.split_once("/cases/")?;
            let code = rule.split('_').next()?.to_uppercase();
            Some((code, case.strip_suffix(".toml")?.to_string()))
        })
        .collect();
    assert!(!cases.is_empty(), "the guide adds no case");
    let built_in = Folder::read(&house().join("packs")).expect("packs can be read");
    let packs = Packs::read(built_in.overlay(own)).expect("the packs of the guide are understood");
    for (code, case) in &cases {
        assert_eq!(
            case_differences(&packs, code, case, None),
            Vec::<String>::new(),
            "{case}"
        );
    }
}

#[test]
fn the_guide_is_the_same_in_both_languages() {
    let (spanish, english) = (blocks(PAGE), blocks(IN_ENGLISH));
    for (one, other) in spanish.iter().zip(&english) {
        assert_eq!(
            (&one.kind, &one.body),
            (&other.kind, &other.body),
            "{PAGE}:{} and {IN_ENGLISH}:{}",
            one.line,
            other.line
        );
    }
    assert_eq!(spanish.len(), english.len());
}

/// A person with the page in front of them.
struct Reader {
    temporary: tempfile::TempDir,
    folder: PathBuf,
    /// What was printed and not yet found on the page, and the line of the commands.
    printed: Option<(usize, String)>,
}

impl Reader {
    /// In the folder of the repository, with the program on the path.
    fn new() -> Reader {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        // The path is printed by some commands, without the links it may hold.
        let root = temporary.path().canonicalize().expect("just made");
        let (folder, bin) = (root.join("cotejo"), root.join("bin"));
        std::fs::create_dir(&folder).expect("just made");
        std::fs::create_dir(&bin).expect("just made");
        symlink(PROGRAM, bin.join("cotejo")).expect("just made");
        // `cargo xtask` without building it again.
        let cargo = bin.join("cargo");
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = xtask ] && shift && exec '{}' \"$@\"\n",
            xtask().display()
        );
        std::fs::write(&cargo, script).expect("just made");
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755))
            .expect("just made");
        Reader {
            temporary,
            folder,
            printed: None,
        }
    }

    fn follow(&mut self, block: &Block) {
        match &block.kind {
            Kind::Run => {
                self.has_seen_all_that_was_printed();
                let printed = self.run(block);
                self.printed = Some((block.line, printed)).filter(|(_, text)| !text.is_empty());
            }
            Kind::Out => {
                let found = self.printed.take().map(|(_, text)| text);
                let found = found.unwrap_or_default();
                assert!(
                    fits(&lines(&block.body), &lines(&found)),
                    "{PAGE}:{}: the page says\n{}\nand the program\n{found}",
                    block.line,
                    block.body
                );
            }
            Kind::File(path) => {
                let path = self.folder.join(path);
                std::fs::create_dir_all(path.parent().expect("below a folder"))
                    .and_then(|()| std::fs::write(&path, &block.body))
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
    }

    /// Runs the commands of a block, and stays in the folder where they end.
    fn run(&mut self, block: &Block) -> String {
        let ends_in = self.temporary.path().join("ends-in");
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.temporary.path().join("bin");
        let output = Command::new("sh")
            .args(["-e", "-c", &format!("{}\npwd > \"$ENDS_IN\"", block.body)])
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("ENDS_IN", &ends_in)
            .output()
            .expect("a shell");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{PAGE}:{}: {}\n{printed}\n{}",
            block.line,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        let folder = std::fs::read_to_string(&ends_in).expect("written by the shell");
        self.folder = folder.trim_end().into();
        printed
    }

    fn has_seen_all_that_was_printed(&self) {
        if let Some((line, printed)) = &self.printed {
            panic!("{PAGE}:{line}: the page does not show what is printed\n{printed}");
        }
    }
}

/// The fenced blocks of a page of the repository; a block that nobody follows is an error.
fn blocks(page: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(house().join(page)).expect(page);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                let words: Vec<&str> = info.split_whitespace().collect();
                let kind = match words.as_slice() {
                    ["sh", "run"] => Kind::Run,
                    ["text", "out"] => Kind::Out,
                    [_, file] if file.starts_with("file=") => Kind::File(file[5..].to_string()),
                    _ => panic!("{page}:{number}: nobody follows a block `{info}`"),
                };
                open = true;
                blocks.push(Block {
                    line: number,
                    kind,
                    body: String::new(),
                });
            }
            None if open => {
                let block = blocks.last_mut().expect("open");
                block.body.push_str(line);
                block.body.push('\n');
            }
            None => {}
        }
    }
    assert!(!open, "{page}: the last block does not end");
    blocks
}

/// Lines with something on them; blanks and rules are as wide as the widest row, which the page may not show.
fn lines(text: &str) -> Vec<String> {
    let is_rule = |word: &str| word.len() > 2 && word.bytes().all(|sign| sign == b'-');
    let line = |line: &str| {
        line.split_whitespace()
            .map(|word| if is_rule(word) { "---" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
    };
    text.lines()
        .map(line)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Whether what was printed is what the page says, but for what it cuts.
fn fits(said: &[String], printed: &[String]) -> bool {
    match said.split_first() {
        None => printed.is_empty(),
        Some((cut, rest)) if cut == "…" => {
            (0..=printed.len()).any(|left_out| fits(rest, &printed[left_out..]))
        }
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, others)| line_fits(line, first) && fits(rest, others)),
    }
}

fn line_fits(said: &str, printed: &str) -> bool {
    let Some((start, rest)) = said.split_once('…') else {
        return said == printed;
    };
    let Some(printed) = printed.strip_prefix(start) else {
        return false;
    };
    printed
        .char_indices()
        .map(|(at, _)| at)
        .chain([printed.len()])
        .any(|at| line_fits(rest, &printed[at..]))
}

fn house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn what_a_page_cuts_is_all_that_may_differ() {
    let check = |said: &str, printed: &str| fits(&lines(said), &lines(printed));
    assert!(check(
        "a  b\n---- -----\n1  2\n",
        "a     b\n---  ---\n1     2\n"
    ));
    assert!(check("a\n…\nd\n", "a\nb\nc\nd\n"));
    assert!(check("a\n…\nd\n", "a\nd\n"));
    assert!(check("in …/w, line 4", "in /tmp/x/w, line 4"));
    assert!(!check("a\nd\n", "a\nb\nd\n"));
    assert!(!check("a\n…\n", "b\na\n"));
    assert!(!check("line 4", "line 41"));
    assert!(!check("in …/w, line 4", "in /tmp/w, line 5"));
}
