//! What may be found wrong, and how it is told.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The document breaks a rule of its standard.
    Error,
    /// It is allowed, and something is lost or doubtful by it.
    Warning,
    /// Good to know.
    Notice,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident;)+) => {
        /// What is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Code::$name,)+];

            /// Its stable name.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)+ }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// A field that must be there is not.
    RequiredMissing = "required_missing", Error;
    /// Another type of JSON value than those allowed.
    TypeWrong = "type_wrong", Error;
    /// A number within quotes.
    NumberAsText = "number_as_text", Error;
    /// A value outside a closed list.
    CodeUnknown = "code_unknown", Error;
    /// A currency that is no code of ISO 4217.
    CurrencyUnknown = "currency_unknown", Error;
    /// A value that an open list does not have.
    CodeNotInList = "code_not_in_list", Notice;
    /// A text shorter than allowed.
    TextTooShort = "text_too_short", Error;
    /// A list shorter than allowed.
    TooFewItems = "too_few_items", Error;
    /// An object with fewer members than allowed.
    TooFewMembers = "too_few_members", Error;
    /// A number below the least one allowed.
    NumberTooSmall = "number_too_small", Error;
    /// No date with time, address or e-mail.
    FormatWrong = "format_wrong", Error;
    /// A date with a time and without its zone.
    DateWithoutZone = "date_without_zone", Error;
    /// A date without a time.
    DateWithoutTime = "date_without_time", Error;
    /// A text of another form than the one declared.
    PatternWrong = "pattern_wrong", Error;
    /// Two elements of a list have one identifier, or are the same.
    NotUnique = "not_unique", Error;
    /// A record holds links and whole releases in one list.
    ReleasesMixed = "releases_mixed", Error;
    /// The releases of a record are links and whole releases at once.
    ReleasesAmbiguous = "releases_ambiguous", Error;
    /// An identifier without the prefix of its standard.
    PrefixWrong = "prefix_wrong", Error;
    /// A release of another process than its record.
    OcidDiffers = "ocid_differs", Error;
    /// A member that an object has twice.
    MemberRepeated = "member_repeated", Error;
    /// A field the standard and the declared extensions do not have.
    FieldAdditional = "field_additional", Notice;
    /// A field inside one of those.
    FieldInsideAdditional = "field_inside_additional", Notice;
    /// A field the standard advises against.
    FieldDeprecated = "field_deprecated", Warning;
    /// A field in another language that is no text.
    TranslationWrong = "translation_wrong", Warning;
    /// A blank text, an empty list, an empty object.
    Empty = "empty", Warning;
    /// An element of a list without identifier: it cannot be merged.
    IdMissing = "id_missing", Warning;
    /// An amount without its currency.
    CurrencyMissing = "currency_missing", Warning;
    /// An organization that is referred to and not among the parties.
    PartyAbsent = "party_absent", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub code: Code,
    /// Where, with places in lists: `releases/3/tender/items/0/id`.
    pub path: String,
    /// The same without them: `releases/tender/items/id`.
    pub field: String,
    /// The object of the standard it is in; empty inside additional fields.
    pub object: String,
    /// The value as found, its first 100 characters; empty if nothing is there.
    pub found: String,
    /// What should be there: a type, a format, a list of codes, a number.
    pub expected: String,
    /// The process it belongs to.
    pub ocid: Option<String>,
    /// The release it belongs to.
    pub release: Option<String>,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
