//! The paths a document shows at its beginning, with an example each. It refuses to judge which are records.

use std::collections::HashSet;

use crate::problems::shorten;
use documents::lexer::{Broken, Kind, Lexer};

/// Paths kept. 2,000: more than any published standard has.
const PATHS: usize = 2_000;
/// Levels walked; a sample needs no more.
const DEPTH: usize = 64;

/// Adds the scalar paths of one text, which may be cut anywhere.
pub(crate) fn paths(text: &str, seen: &mut HashSet<String>, sample: &mut Vec<(String, String)>) {
    let mut walk = Walk {
        lexer: Lexer::new(text),
        path: String::new(),
        seen,
        sample,
    };
    while walk.lexer.peek().is_some() {
        // A broken or cut value ends the sample; what came before it stays.
        if walk.value(DEPTH).is_err() {
            return;
        }
    }
}

struct Walk<'t, 's> {
    lexer: Lexer<'t>,
    path: String,
    seen: &'s mut HashSet<String>,
    sample: &'s mut Vec<(String, String)>,
}

impl Walk<'_, '_> {
    fn value(&mut self, depth: usize) -> Result<(), Broken> {
        match self.lexer.kind()? {
            Kind::Text => {
                let text = self.lexer.string()?;
                self.add(&text);
            }
            Kind::Scalar => {
                let word = self.lexer.scalar()?;
                if word != "null" {
                    self.add(word);
                }
            }
            Kind::Array => {
                let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
                let length = self.path.len();
                self.path.push_str("[]");
                let mut more = self.lexer.open(b'[', b']')?;
                while more {
                    self.value(depth)?;
                    more = self.lexer.more(b']')?;
                }
                self.path.truncate(length);
            }
            Kind::Object => {
                let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
                let mut more = self.lexer.open(b'{', b'}')?;
                while more {
                    let key = self.lexer.key()?;
                    let length = self.path.len();
                    if length > 0 {
                        self.path.push('/');
                    }
                    self.path.push_str(&key);
                    self.value(depth)?;
                    self.path.truncate(length);
                    more = self.lexer.more(b'}')?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, example: &str) {
        if self.sample.len() < PATHS && !self.seen.contains(&self.path) {
            self.seen.insert(self.path.clone());
            self.sample.push((self.path.clone(), shorten(example)));
        }
    }
}
