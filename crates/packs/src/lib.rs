//! Reads and checks pack folders into typed values; touches no data and knows no engine.

mod check;
mod error;
mod folder;
mod form;
mod indicator;
mod link;
mod mapping;
mod objects;
mod packs;
mod slug;
mod source;
mod standard;
mod text;
mod upgrade;

pub use check::{Check, CheckCase, CheckExpected, CheckParameter, Level, ListRow};
pub use error::Error;
pub use folder::Folder;
pub use form::{Form, FormColumn};
pub use indicator::{
    Case, CaseParameter, CaseRows, Expected, Indicator, Note, ParameterRow, Population, Reach,
    Requirement,
};
pub use link::{
    CaseDecision, Link, LinkBorrow, LinkCase, LinkExpected, LinkRule, LinkVeto, LinkWarning,
    NobodyRow, Strength, WordRow,
};
pub use mapping::{Each, FieldRule, Mapping, TableRule, ValueRow};
pub use objects::{Extension, ObjectField, Objects, Prefix};
pub use packs::Packs;
pub use slug::{path_slug, slug, slug_all, unique_slugs};
pub use source::{
    AsOf, Condition, Covers, DocumentPlan, Layout, Place, Publishes, RowsExpected, Source, Tile,
};
pub use standard::{CodeRow, Documents, Entry, Field, FieldType, Releases, Standard, Table};
pub use text::{Citation, Language, Text};
pub use upgrade::{UpgradeKind, UpgradeStep};
