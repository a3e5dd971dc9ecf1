//! Tables, SQL, the catalogue and the store of original files; knows no standard and no rule.

mod catalogue;
mod decisions;
mod delta;
mod engine;
mod error;
pub mod functions;
mod limits;
mod manifest;
mod originals;
mod progress;
mod run;
mod stored;
pub mod system;
mod workspace;
mod writer;

pub use catalogue::{Catalogue, RegisteredFile, StepState};
pub use decisions::LinkDecision;
pub use engine::{Engine, read_only_sql};
pub use error::Error;
pub use limits::Settings;
pub use manifest::{DataFile, Manifest, TableName, TableState};
pub use originals::Originals;
pub use progress::Progress;
pub use run::{Outcome, Reader, Run, StepReport};
pub use workspace::{FORMAT, Workspace};
pub use writer::{TableWriter, Written};

/// This moment, as every table and the catalogue write it (ISO, UTC).
pub fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Arrow, in the one version the house uses.
pub use arrow;
/// DataFusion, in the one version the house uses.
pub use datafusion;
