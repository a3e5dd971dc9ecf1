//! What a run of a workload says: a table for people, and a JSON file that is kept.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::json;

use super::measure::Figures;
use super::workload::{Contestant, Limit, LimitKind, Workload};
use crate::house::House;

/// Everything that is known after a run.
pub(super) struct Report {
    pub workload: Workload,
    pub date: String,
    pub is_release: bool,
    pub input_bytes: u64,
    pub is_full_size: bool,
    pub generator: &'static str,
    pub machine: Machine,
    pub rows: Vec<Row>,
}

/// The machine, as far as it bears on the figures: never its name.
#[derive(Serialize)]
pub(super) struct Machine {
    cores: usize,
    memory_mb: u64,
    system: &'static str,
    architecture: &'static str,
}

/// One program.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    does: String,
    packages: Vec<String>,
    #[serde(flatten)]
    median: Figures,
    runs: Vec<Figures>,
}

impl Machine {
    /// This one.
    pub(super) fn this() -> Result<Self> {
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let total = memory
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:"))
            .unwrap_or_default();
        let kibibytes: u64 = total
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        Ok(Self {
            cores: std::thread::available_parallelism()
                .context("counting the cores")?
                .get(),
            memory_mb: kibibytes * 1024 / 1_000_000,
            system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
        })
    }
}

impl Row {
    /// The figures of one program.
    pub(super) fn new(contestant: &Contestant, median: Figures, runs: &[Figures]) -> Self {
        Self {
            name: contestant.name.clone(),
            does: contestant.does.clone(),
            packages: contestant.packages.clone(),
            median,
            runs: runs.to_vec(),
        }
    }
}

impl Report {
    /// The table, then each limit with what came of it.
    pub(super) fn print(&self) {
        let peers: Vec<_> = self
            .rows
            .iter()
            .filter(|row| !row.packages.is_empty())
            .collect();
        print!("{:<14} {:>8} {:>8} {:>8}", "", "CPU s", "wall s", "peak MB");
        for peer in &peers {
            print!(" {:>12}", format!("/ {}", peer.name));
        }
        println!("  what it does");
        for row in &self.rows {
            let Figures {
                cpu_seconds,
                wall_seconds,
                peak_mb,
            } = row.median;
            print!(
                "{:<14} {cpu_seconds:>8.2} {wall_seconds:>8.2} {peak_mb:>8.0}",
                row.name
            );
            for peer in &peers {
                print!(" {:>12.2}", cpu_seconds / peer.median.cpu_seconds);
            }
            println!("  {}", row.does);
        }
        for limit in &self.workload.limit {
            println!("{}", self.judged(limit).1);
        }
        if !(self.is_release && self.is_full_size) {
            println!(
                "not the full measurement: the limits are for release and {} bytes",
                self.workload.input.bytes
            );
        }
    }

    /// Whether every limit of the kind `must` is met.
    pub(super) fn musts_are_met(&self) -> bool {
        self.workload
            .limit
            .iter()
            .filter(|limit| limit.kind == LimitKind::Must)
            .all(|limit| self.judged(limit).0)
    }

    /// Whether a limit is met, and the sentence that says it.
    fn judged(&self, limit: &Limit) -> (bool, String) {
        let of = |name: &str| {
            self.rows
                .iter()
                .find(|row| row.name == name)
                .map(|row| row.median)
        };
        let Some(ours) = of(&limit.of) else {
            return (false, format!("{} did not run", limit.of));
        };
        let mut met = true;
        let mut parts = Vec::new();
        if let (Some(peer), Some(largest)) = (&limit.against, limit.ratio) {
            let ratio = of(peer).map_or(f64::NAN, |peer| ours.cpu_seconds / peer.cpu_seconds);
            met &= ratio <= largest;
            parts.push(format!("CPU at most {largest:.2} × {peer}: {ratio:.2}"));
        }
        if let Some(largest) = limit.peak_mb {
            met &= ours.peak_mb <= largest;
            parts.push(format!("peak at most {largest:.0} MB: {:.0}", ours.peak_mb));
        }
        let kind = if limit.kind == LimitKind::Must {
            "must"
        } else {
            "aim "
        };
        (
            met,
            format!(
                "{kind} {}: {} ({})",
                limit.of,
                parts.join(", "),
                if met { "met" } else { "MISSED" }
            ),
        )
    }

    /// Keeps it as JSON in `bench/results`.
    ///
    /// Out: path of the file. A partial measurement says so in its name and replaces no full one.
    pub(super) fn write(&self, house: &House) -> Result<PathBuf> {
        let mut name = format!("{}-{}", self.workload.name, self.date);
        if !self.is_release {
            name.push_str("-dev");
        }
        if !self.is_full_size {
            name.push_str(&format!("-{}-bytes", self.input_bytes));
        }
        let limits: Vec<_> = self
            .workload
            .limit
            .iter()
            .map(|limit| json!({ "limit": limit, "met": self.judged(limit).0, "says": self.judged(limit).1 }))
            .collect();
        let record = json!({
            "workload": self.workload.name,
            "date": self.date,
            "profile": if self.is_release { "release" } else { "dev" },
            "input_bytes": self.input_bytes,
            "generator": self.generator,
            "machine": self.machine,
            "runs": self.rows,
            "limits": limits,
        });
        let path = house
            .root
            .join("bench/results")
            .join(format!("{name}.json"));
        std::fs::create_dir_all(house.root.join("bench/results"))
            .context("making bench/results")?;
        let text = serde_json::to_string_pretty(&record).context("writing JSON")?;
        std::fs::write(&path, text + "\n")
            .with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}
