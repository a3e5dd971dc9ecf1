//! How much memory a command and everything it started held at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Four looks a second: a peak shorter than that is missed, and the looking costs nothing.
const PERIOD: Duration = Duration::from_millis(250);

/// Watches the processes that this one starts, until `stop`.
pub struct Watch {
    stopped: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    /// Starts to watch. Where there is no `/proc`, the peak stays 0.
    pub fn start() -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while !seen.load(Ordering::Relaxed) {
                peak = peak.max(resident_kb_of_descendants());
                std::thread::sleep(PERIOD);
            }
            peak
        });
        Self { stopped, thread }
    }

    /// Ends the watch.
    ///
    /// Out: the peak of the resident memory of all descendants together, in MB; pages they share count twice.
    pub fn stop(self) -> u64 {
        self.stopped.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default() / 1000
    }
}

fn resident_kb_of_descendants() -> u64 {
    let Ok(folder) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut resident: HashMap<u32, u64> = HashMap::new();
    for process in folder
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
    {
        // A process that ends between the listing and the reading is left out.
        let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
            continue;
        };
        let number = |key: &str| -> Option<u64> {
            status
                .lines()
                .find_map(|line| line.strip_prefix(key))?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        };
        let parent = number("PPid:")
            .and_then(|parent| u32::try_from(parent).ok())
            .unwrap_or_default();
        children.entry(parent).or_default().push(process);
        resident.insert(process, number("VmRSS:").unwrap_or_default());
    }
    let mut sum = 0;
    let mut open = children
        .get(&std::process::id())
        .cloned()
        .unwrap_or_default();
    while let Some(process) = open.pop() {
        sum += resident.get(&process).copied().unwrap_or_default();
        open.extend(children.get(&process).into_iter().flatten());
    }
    sum
}
