//! What was wrong with releases that were merged all the same.

/// Something wrong with a release, or between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What is wrong.
    pub kind: Kind,
    /// Where: `awards[2016-1]/items`; empty for the release itself.
    pub path: String,
    /// The value as found, when there is one.
    pub value: String,
    /// The release, by its place in what was given.
    pub release: Option<usize>,
}

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not an object; it was left out.
    NotAnObject,
    /// It has no date; it was merged before those that have one.
    DateMissing,
    /// Its date is null; it was merged before those that have one.
    DateNull,
    /// Its date is not a text; it was merged before those that have one.
    DateNotText,
    /// By their texts it comes after the release before it, by their instants before it.
    DateZone,
    /// It says no ocid.
    OcidMissing,
    /// It says another ocid than the first.
    OcidDiffers,
    /// One release says an object and another a list, or a value where there was an object; what was said later
    /// stays, and an object or list before a value.
    TypeDiffers,
    /// A value was said where an earlier release has an object or a list, which stays.
    ValueHidden,
    /// Two objects of one list have the same id; what the second says counts.
    IdRepeated,
    /// An id is a number here and a text elsewhere.
    IdTypeDiffers,
    /// An id is an object or a list; the object counts as one without id.
    IdNotScalar,
}

impl Kind {
    /// The code of the problem.
    pub fn code(self) -> &'static str {
        match self {
            Kind::NotAnObject => "release_not_object",
            Kind::DateMissing => "release_date_missing",
            Kind::DateNull => "release_date_null",
            Kind::DateNotText => "release_date_not_text",
            Kind::DateZone => "release_date_zone",
            Kind::OcidMissing => "release_ocid_missing",
            Kind::OcidDiffers => "release_ocid_differs",
            Kind::TypeDiffers => "release_type_differs",
            Kind::ValueHidden => "release_value_hidden",
            Kind::IdRepeated => "release_id_repeated",
            Kind::IdTypeDiffers => "release_id_type_differs",
            Kind::IdNotScalar => "release_id_not_scalar",
        }
    }
}

impl Warning {
    /// Whether the standard gives no result for such releases and `ocdsmerge` refuses them.
    pub fn refused(&self) -> bool {
        matches!(
            self.kind,
            Kind::NotAnObject
                | Kind::DateMissing
                | Kind::DateNull
                | Kind::DateNotText
                | Kind::TypeDiffers
                | Kind::IdNotScalar
        )
    }
}
