//! What the command's number says when it ends.

use std::process::ExitCode;

/// Findings at or above what was asked for.
pub const FINDINGS: u8 = 1;
/// Wrong use.
pub const USAGE: u8 = 2;
/// An input that cannot be read.
pub const UNREADABLE: u8 = 3;
/// Part of the work was done.
pub const PARTIAL: u8 = 5;
/// A mistake of ours.
pub const BUG: u8 = 70;

/// An error that says its own number.
#[derive(Debug)]
pub struct Coded {
    /// The number.
    pub code: u8,
    /// What happened.
    pub message: String,
}

impl std::fmt::Display for Coded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Coded {}

/// An error of wrong use.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Coded {
        code: USAGE,
        message: message.into(),
    })
}

/// Prints an error and gives its number.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::SUCCESS; // The reader (`head`) had enough.
    }
    eprintln!("cotejo: {}", told_once(error));
    let code = error.chain().find_map(|cause| {
        if disk_is_full(cause) {
            return Some(UNREADABLE);
        }
        if let Some(coded) = cause.downcast_ref::<Coded>() {
            return Some(coded.code);
        }
        if cause.is::<packs::Error>() {
            return Some(USAGE);
        }
        if let Some(sources::Error::Read { .. } | sources::Error::Temporary { .. }) =
            cause.downcast_ref::<sources::Error>()
        {
            return Some(UNREADABLE);
        }
        match lake_error(cause)? {
            lake::Error::NoWorkspace(_)
            | lake::Error::WorkspaceExists(_)
            | lake::Error::Settings { .. } => Some(USAGE),
            lake::Error::NotAllowed(_)
            | lake::Error::Query { .. }
            | lake::Error::NewerFormat { .. }
            | lake::Error::Busy(_) => Some(USAGE),
            lake::Error::Disk { .. } => Some(UNREADABLE),
            _ => None,
        }
    });
    ExitCode::from(code.unwrap_or(BUG))
}

/// The error and its causes, without those an error above already tells.
fn told_once(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// A disk without room, whoever met it; engines pass it on as text.
fn disk_is_full(cause: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    if let Some(error) = cause.downcast_ref::<std::io::Error>() {
        return matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
    }
    let text = cause.to_string();
    [
        "No space left on device",
        "File too large",
        "Disk quota exceeded",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// The lake's error inside another room's.
fn lake_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a lake::Error> {
    if let Some(standards::Error::Lake(inner)) = cause.downcast_ref() {
        return Some(inner);
    }
    if let Some(indicators::Error::Lake(inner)) = cause.downcast_ref() {
        return Some(inner);
    }
    if let Some(sources::Error::Listener(inner)) = cause.downcast_ref() {
        return inner.downcast_ref();
    }
    cause.downcast_ref()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
