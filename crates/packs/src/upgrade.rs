//! What changed between two versions of a standard, so that a document of the older becomes one of the newer.

use serde::Deserialize;

/// A step from one version to another; a line of `upgrade.csv`, in the order to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpgradeStep {
    /// The older version: `1.0`.
    pub from: String,
    /// The newer version: `1.1`.
    pub to: String,
    /// What is done.
    pub step: UpgradeKind,
    /// Where: the objects at `contracts/implementation/transactions`, through lists.
    pub path: String,
    /// The member.
    pub field: String,
    /// The member it becomes, or the list it goes to.
    pub into: String,
    /// The role that an organization has there.
    pub role: String,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpgradeKind {
    /// Nothing: the member is one of those that tell organizations without id apart, in this order.
    Identity,
    /// Organizations move to the list of the record, each once with its roles, and leave their id and name.
    Organization,
    /// The member becomes an element of a list.
    Element,
    /// The member is called otherwise, unless there is one of that name.
    Rename,
    /// An identifier becomes an organization of that identifier.
    Identifier,
}
