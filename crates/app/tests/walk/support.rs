//! A workspace of its own for each test, and the program run in it as a person would run it.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_cotejo");

/// The program that looks after the house, built beside the one under test.
pub fn xtask() -> PathBuf {
    let path = Path::new(PROGRAM).with_file_name("xtask");
    assert!(
        path.is_file(),
        "{} is not built: `cargo build --workspace --all-targets`",
        path.display()
    );
    path
}

/// A row as the program prints it: decimals and dates are text.
pub type Row = Map<String, Value>;

/// How a command ended.
pub struct Ended {
    /// Its number, or `None` when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// An empty workspace, and beside it a folder of files to receive.
pub struct Workspace {
    root: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Workspace {
    /// A workspace that is gone when the test ends.
    pub fn new() -> Workspace {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let mut workspace = Workspace::below(temporary.path());
        workspace._temporary = Some(temporary);
        workspace
    }

    /// A workspace that stays below `folder`, where an older one is cleared away first.
    pub fn kept(folder: &Path) -> Workspace {
        if folder.exists() {
            std::fs::remove_dir_all(folder).expect("the older workspace can be removed");
        }
        Workspace::below(folder)
    }

    /// The workspace a process of this very program and these very tests made below `folder`, if it is whole.
    pub fn made(folder: &Path) -> Option<Workspace> {
        let signed = std::fs::read_to_string(folder.join("made-by")).ok()?;
        let root = folder.join("w");
        (signed == signature()).then_some(Workspace {
            root,
            _temporary: None,
        })
    }

    /// Says that a kept workspace is whole.
    pub fn sign(&self) {
        let folder = self.root.parent().expect("made below a folder");
        std::fs::write(folder.join("made-by"), signature()).expect("a file below the build");
    }

    fn below(folder: &Path) -> Workspace {
        let root = folder.join("w");
        std::fs::create_dir_all(folder.join("received")).expect("a folder for files");
        let made = Command::new(PROGRAM)
            .arg("init")
            .arg(&root)
            .current_dir(folder)
            .output()
            .expect("the program starts");
        assert!(
            made.status.success(),
            "cotejo init: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Workspace {
            root,
            _temporary: None,
        }
    }

    /// The workspace's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file to be received, and answers its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self
            .root
            .parent()
            .expect("made above")
            .join("received")
            .join(name);
        std::fs::write(&path, content).expect("the file can be written");
        path.to_str().expect("paths of tests are UTF-8").to_string()
    }

    /// Changes one setting of `cotejo.toml`.
    pub fn set(&self, name: &str, value: u64) {
        let path = self.root.join("cotejo.toml");
        let text = std::fs::read_to_string(&path).expect("cotejo.toml");
        let known = format!("{name} = ");
        assert!(
            text.lines().any(|line| line.starts_with(&known)),
            "cotejo.toml has no setting {name}"
        );
        let changed = text.lines().map(|line| {
            if line.starts_with(&known) {
                format!("{known}{value}\n")
            } else {
                format!("{line}\n")
            }
        });
        std::fs::write(&path, changed.collect::<String>()).expect("cotejo.toml can be written");
    }

    /// The program with these arguments, in the workspace, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// The program, started by a shell that first does `before` (a limit, a trap).
    pub fn command_after(&self, before: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{before}; exec \"$0\" \"$@\""))
            .arg(PROGRAM)
            .args(arguments)
            .current_dir(&self.root);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments)
            .output()
            .expect("the program starts")
            .into()
    }

    /// Runs the program to its end, which must be 0. Out: what it printed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(
            ended.code,
            Some(0),
            "cotejo {arguments:?}\n{}",
            ended.stderr
        );
        ended.stdout
    }

    /// The rows a query answers.
    pub fn sql(&self, query: &str) -> Vec<Row> {
        let printed = self.ok(&["sql", "--json", query]);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{query}\n{error}\n{printed}"))
    }

    /// The rows a query answers, each as one line: cells parted by ` | `, nothing for null.
    pub fn lines(&self, query: &str) -> Vec<String> {
        let line = |row: &Row| row.values().map(plain).collect::<Vec<_>>().join(" | ");
        self.sql(query).iter().map(line).collect()
    }

    /// The one number a query answers.
    pub fn number(&self, query: &str) -> i64 {
        let rows = self.sql(query);
        let number = rows
            .first()
            .and_then(|row| row.values().next())
            .and_then(Value::as_i64);
        number.unwrap_or_else(|| panic!("{query}\nanswers no whole number: {rows:?}"))
    }

    /// The one text a query answers.
    pub fn text(&self, query: &str) -> String {
        let lines = self.lines(query);
        assert_eq!(lines.len(), 1, "{query}\nanswers {lines:?}");
        lines[0].clone()
    }

    /// What a query answers as sorted lines, without the columns named in `left_out`: for comparing two workspaces.
    pub fn dump(&self, query: &str, left_out: &[&str]) -> Vec<String> {
        let line = |row: &Row| {
            let kept: BTreeMap<&String, &Value> = row
                .iter()
                .filter(|(column, _)| !left_out.contains(&column.as_str()))
                .collect();
            format!("{kept:?}")
        };
        let mut lines: Vec<String> = self.sql(query).iter().map(line).collect();
        lines.sort();
        lines
    }

    /// Brings everything up to date. Out: every step and whether it was `done` or `skipped`.
    pub fn steps(&self) -> Vec<(String, String)> {
        let printed = self.ok(&["run", "--json"]);
        let steps: Vec<Row> =
            serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}\n{printed}"));
        steps
            .iter()
            .map(|step| (plain(&step["step"]), plain(&step["outcome"])))
            .collect()
    }
}

/// A cell as text; null is nothing.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Fails with the first line that only one of two dumps has.
pub fn assert_same(what: &str, one: &[String], other: &[String]) {
    let only = |a: &[String], b: &[String]| a.iter().find(|line| !b.contains(line)).cloned();
    if one != other {
        panic!(
            "{what}: {} rows and {} rows\nonly in the first:  {:?}\nonly in the second: {:?}",
            one.len(),
            other.len(),
            only(one, other),
            only(other, one)
        );
    }
}

/// The folder of real files, or `None`, said aloud, when it is not there.
///
/// `COTEJO_SHARED` names it; with `COTEJO_REQUIRE_SHARED=1` its absence is a failure.
pub fn real_files() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let data = std::env::var_os("COTEJO_SHARED")
        .map_or(beside, PathBuf::from)
        .join("data");
    if data.is_dir() {
        return Some(data);
    }
    let required = std::env::var("COTEJO_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "real files are required and not at {}",
        data.display()
    );
    // Not `eprintln!`: the harness would keep it to itself.
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: real files are not at {}; COTEJO_SHARED names their folder",
        data.display()
    );
    None
}

/// The program, the tests and the runner's session: another of any of them makes its own workspace.
fn signature() -> String {
    let built = |path: &Path| {
        let meta = std::fs::metadata(path).expect("the program is there");
        format!(
            "{} {:?}",
            meta.len(),
            meta.modified().expect("a file system with times")
        )
    };
    let tests = std::env::current_exe().expect("this very test");
    let session =
        std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| std::process::id().to_string());
    format!("{} {} {session}", built(Path::new(PROGRAM)), built(&tests))
}
