//! Progress on long work: bars on a terminal, silence elsewhere.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::time::Duration;

/// Where progress is shown.
#[derive(Debug, Clone)]
pub struct Progress {
    bars: Option<MultiProgress>,
}

impl Progress {
    /// Bars on standard error if it is a terminal.
    pub fn stderr() -> Progress {
        let shown = std::io::IsTerminal::is_terminal(&std::io::stderr())
            && std::env::var_os("CI").is_none();
        Progress {
            bars: shown.then(MultiProgress::new),
        }
    }

    /// No bars.
    pub fn hidden() -> Progress {
        Progress { bars: None }
    }

    /// A bar over `length` units (bytes or steps).
    pub fn bar(&self, message: &str, length: u64, bytes: bool) -> ProgressBar {
        let Some(bars) = &self.bars else {
            return ProgressBar::hidden();
        };
        let template = if bytes {
            "{msg:40!} {wide_bar} {bytes}/{total_bytes} {eta}"
        } else {
            "{msg:40!} {wide_bar} {pos}/{len} {eta}"
        };
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = bars.add(
            ProgressBar::new(length)
                .with_style(style)
                .with_message(message.to_string()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}
