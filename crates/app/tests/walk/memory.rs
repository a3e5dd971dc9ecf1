//! Reading is bounded by a setting: the peak of the process is read from the system while it works.

use crate::made::Rows;
use crate::support::Workspace;
use std::process::Stdio;
use std::time::Duration;

/// The setting, in MiB.
const MEMORY_MIB: u64 = 192;

/// Runs a command of the program to its end. Out: the most memory it held at once, in MiB.
fn peak_mib(workspace: &Workspace, arguments: &[&str]) -> u64 {
    let mut command = workspace.command(arguments);
    let mut process = command
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    loop {
        // The system keeps the highest mark, so what is read last before the end is nearly the peak of all.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: Option<u64> =
            mark.and_then(|mark| mark.trim().trim_end_matches("kB").trim().parse().ok());
        peak = peak.max(kib.unwrap_or(0) / 1024);
        if let Some(ended) = process.try_wait().expect("the program can be waited for") {
            assert!(ended.success(), "cotejo {arguments:?} ended with {ended}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn reading_holds_less_than_the_setting_whatever_the_size_of_the_file() {
    let workspace = Workspace::new();
    workspace.set("memory_mib", MEMORY_MIB);
    let rows = 700_000;
    let text = Rows::contracts(1, rows).csv();
    let bytes = text.len() as u64;
    assert!(
        bytes > MEMORY_MIB << 20,
        "a file that fits in memory would prove nothing"
    );
    let path = workspace.file("contracts.csv", &text);
    drop(text);
    let held = peak_mib(&workspace, &["add", &path]);
    eprintln!(
        "{} MiB of CSV under a setting of {MEMORY_MIB} MiB: {held} MiB held",
        bytes >> 20
    );
    assert!(held > 0, "the system tells the peak");
    assert!(held <= MEMORY_MIB, "reading held {held} MiB");
    assert_eq!(
        workspace.number("SELECT count(*) AS n FROM raw.mx_federal__compranet"),
        rows as i64
    );
}
