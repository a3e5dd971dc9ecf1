//! Settings of a workspace: `cotejo.toml`.

use serde::{Deserialize, Serialize};

/// What `cotejo.toml` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Format of the workspace.
    pub format: u32,
    /// What it is called.
    pub name: String,
    /// Whether its data were invented.
    pub invented: bool,
    /// Memory a step may use, in MiB; the query pool takes 40 % of it.
    pub memory_mib: u64,
    /// Disk that spilled queries may use, in MiB.
    pub spill_mib: u64,
    /// Memory of the process that reads a workbook, in MiB.
    pub workbook_mib: u64,
    /// Bytes a file may unpack to, in MiB.
    pub unpacked_mib: u64,
    /// Bytes of one record, in MiB.
    pub record_mib: u64,
    /// Threads of a query; 0 means as many as there are.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            format: crate::workspace::FORMAT,
            name: String::new(),
            invented: false,
            memory_mib: 2048,
            spill_mib: 32 * 1024,
            workbook_mib: 2048,
            unpacked_mib: 16 * 1024,
            record_mib: 16,
            threads: 0,
        }
    }
}
