//! `cotejo demo`

use crate::command::serve::serve;
use crate::demo::{Expected, generate};
use crate::{exit, knowledge, pipeline};
use anyhow::{Context, Result, ensure};
use clap::Args;
use lake::{Progress, Reader, Run, Settings, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes a workspace of invented offices that publish in different layouts, with planted cases; takes it through every room; prints what was planted against what was found; serves it.
#[derive(Args)]
#[command(after_help = "Examples:\n  cotejo demo\n  cotejo demo /tmp/demo --no-serve --scale 5")]
pub struct Demo {
    /// The folder of the workspace.
    #[arg(default_value = "demo-cotejo")]
    folder: PathBuf,
    /// Do not serve at the end.
    #[arg(long)]
    no_serve: bool,
    /// The port to serve on; 0 takes any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// How many times the ordinary data.
    #[arg(long, default_value_t = 1)]
    scale: u32,
    /// The seed of the invented data; the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Demo {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let workspace = prepare(&self.folder)?;
        let packs = knowledge::of_workspace(&workspace)?;
        let files = self.folder.join("offices");
        std::fs::create_dir_all(&files).with_context(|| format!("making {}", files.display()))?;
        let planted = generate(&files, self.scale, self.seed)?;
        println!(
            "Invented data: {} files of {} sources, in {}",
            planted.files.len(),
            packs
                .sources
                .values()
                .filter(|source| source.code.starts_with("dm_"))
                .count(),
            files.display()
        );
        let mut run = Run::begin(&workspace, pipeline::PROGRAM).await?;
        for file in &planted.files {
            sources::receive(&run, file, "", "").await?;
        }
        pipeline::all(&mut run, &packs, &Progress::stderr()).await?;
        println!("\n{}\n", pipeline::summary(&run));
        drop(run);
        let wrong = compare(&workspace, &planted.truth).await?;
        ensure!(
            wrong == 0,
            "{wrong} planted cases did not come out as planted"
        );
        if self.no_serve {
            return Ok(ExitCode::SUCCESS);
        }
        println!("\nServing. Stop with Ctrl-C.");
        serve(
            &workspace,
            &packs,
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port),
        )
        .await
    }
}

/// A fresh workspace with the packs of the invented offices; an earlier demonstration in the folder is replaced.
fn prepare(folder: &Path) -> Result<Workspace> {
    if folder.join("cotejo.toml").exists() {
        let old = Workspace::open(folder)?;
        if !old.settings.invented {
            return Err(exit::usage(format!(
                "{} holds a workspace that is not a demonstration; name another folder",
                folder.display()
            )));
        }
        for part in ["packs", "lake", "files", "serve", "offices", ".spill"] {
            let part = folder.join(part);
            if part.exists() {
                std::fs::remove_dir_all(&part)
                    .with_context(|| format!("removing {}", part.display()))?;
            }
        }
        for part in [
            "cotejo.toml",
            "catalogue.db",
            "catalogue.db-wal",
            "catalogue.db-shm",
            ".lock",
        ] {
            let part = folder.join(part);
            if part.exists() {
                std::fs::remove_file(&part)
                    .with_context(|| format!("removing {}", part.display()))?;
            }
        }
    }
    let workspace = Workspace::create(
        folder,
        Settings {
            name: "Demostración".to_string(),
            invented: true,
            ..Settings::default()
        },
    )?;
    for (path, text) in knowledge::built_in().under("demo/").iter() {
        let target = workspace.packs().join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("making {}", parent.display()))?;
        }
        std::fs::write(&target, text).with_context(|| format!("writing {}", target.display()))?;
    }
    Ok(workspace)
}

/// Prints planted against found. Out: how many planted cases came out otherwise, or flags nobody planted.
async fn compare(workspace: &Workspace, truth: &[crate::demo::Truth]) -> Result<usize> {
    let reader = Reader::open(workspace).await?;
    let mut answers: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    let mut flagged: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for batch in reader
        .engine()
        .rows(
            "answers",
            "SELECT indicator, subject_id, answer, coalesce(note, '') AS note FROM flags.answer",
        )
        .await?
    {
        for row in crate::print::objects(&batch) {
            let text = |name: &str| row[name].as_str().unwrap_or("").to_string();
            if text("answer") == "flagged" {
                flagged
                    .entry(text("indicator"))
                    .or_default()
                    .insert(text("subject_id"));
            }
            answers.insert(
                (text("indicator"), text("subject_id")),
                (text("answer"), text("note")),
            );
        }
    }
    let mut wrong = Vec::new();
    let mut lines = Vec::new();
    let rules: BTreeSet<&str> = truth.iter().map(|case| case.indicator).collect();
    for rule in rules {
        let cases: Vec<_> = truth.iter().filter(|case| case.indicator == rule).collect();
        let planted: BTreeSet<String> = cases
            .iter()
            .filter(|case| case.expected == Expected::Flagged)
            .map(|case| case.subject_id.clone())
            .collect();
        let none = BTreeSet::new();
        let found = flagged.get(rule).unwrap_or(&none);
        let hits = planted.intersection(found).count();
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                1.0
            } else {
                part as f64 / whole as f64
            }
        };
        let mut as_planted = 0;
        for case in &cases {
            let (answer, note) = answers
                .get(&(rule.to_string(), case.subject_id.clone()))
                .cloned()
                .unwrap_or(("no answer".to_string(), String::new()));
            if answer == case.expected.word() && (case.note.is_empty() || note == case.note) {
                as_planted += 1;
            } else {
                wrong.push(format!(
                    "{rule} {}: planted {} {}, found {answer} {note}",
                    case.subject_id,
                    case.expected.word(),
                    case.note
                ));
            }
        }
        wrong.extend(
            found
                .difference(&planted)
                .map(|subject| format!("{rule} {subject}: flagged, and nobody planted it")),
        );
        lines.push(vec![
            rule.to_string(),
            planted.len().to_string(),
            found.len().to_string(),
            format!("{:.3}", share(hits, planted.len())),
            format!("{:.3}", share(hits, found.len())),
            format!("{as_planted} of {}", cases.len()),
        ]);
    }
    let names = [
        "rule",
        "planted",
        "found",
        "recall",
        "precision",
        "cases as planted",
    ]
    .map(str::to_string);
    crate::print::table(
        &mut std::io::stdout().lock(),
        &names,
        &lines,
        &[false, true, true, true, true, true],
    )?;
    wrong.iter().for_each(|line| println!("{line}"));
    Ok(wrong.len())
}
