//! The fields of the index.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

use super::text::{fold_analyzer, stem_analyzer};

/// Column by which results of equal worth are ordered: pages were added in order of their keys.
pub(super) const RANK: &str = "rank";
/// Column by which results are ordered by amount.
pub(super) const MONEY: &str = "money";

const FOLD: &str = "fold";
const STEM: &str = "stem_es";
const WHOLE: &str = "raw";

/// The fields, by what they are for.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// Names, folded.
    pub(super) name: Field,
    /// Names, as stems.
    pub(super) name_stem: Field,
    /// Other texts, folded.
    pub(super) also: Field,
    /// Other texts, as stems.
    pub(super) also_stem: Field,
    /// Numbers and keys, whole.
    pub(super) number: Field,
    /// What a result shows, as JSON.
    pub(super) entry: Field,
    pub(super) rank: Field,
    pub(super) money: Field,
    pub(super) kind: Field,
    pub(super) place: Field,
    pub(super) source: Field,
    pub(super) year: Field,
    pub(super) method: Field,
    pub(super) flagged: Field,
    pub(super) buyer: Field,
}

impl Fields {
    /// A schema and its fields.
    pub(super) fn build() -> (Schema, Self) {
        let text = |tokenizer: &str, option| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(tokenizer)
                    .set_index_option(option),
            )
        };
        let folded = || text(FOLD, IndexRecordOption::WithFreqsAndPositions);
        let stems = || text(STEM, IndexRecordOption::WithFreqs);
        let whole = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(WHOLE)
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        );
        let column = || TextOptions::default().set_fast(WHOLE);
        let number = || NumericOptions::default().set_fast();
        let mut schema = Schema::builder();
        let fields = Self {
            name: schema.add_text_field("name", folded()),
            name_stem: schema.add_text_field("name_stem", stems()),
            also: schema.add_text_field("also", folded()),
            also_stem: schema.add_text_field("also_stem", stems()),
            number: schema.add_text_field("number", whole),
            entry: schema.add_bytes_field("entry", STORED),
            rank: schema.add_u64_field(RANK, number()),
            money: schema.add_u64_field(MONEY, number()),
            kind: schema.add_text_field("kind", column()),
            place: schema.add_text_field("place", column()),
            source: schema.add_text_field("source", column()),
            year: schema.add_text_field("year", column()),
            method: schema.add_text_field("method", column()),
            flagged: schema.add_text_field("flagged", column()),
            buyer: schema.add_text_field("buyer", column()),
        };
        (schema.build(), fields)
    }
}

/// How texts are cut into words; the same when written and when read.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(FOLD, fold_analyzer());
    manager.register(STEM, stem_analyzer());
    manager
}
