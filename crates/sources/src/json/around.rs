//! What stands around the records of a document: each container on the record path, without the member that leads on.
//!
//! Members are kept as written and in order, so that the pieces of a document can be put together again: see
//! [`crate::reading::Piece`]. A member that is broken, too deep or too large is left out and told; it refuses to
//! know what the members mean.

use documents::lexer::{Broken, Lexer};

/// A container on the record path while it is open.
#[derive(Debug)]
pub(crate) struct Container {
    piece: u64,
    line: u64,
    is_list: bool,
    /// A document that is neither list nor object on the path: the text is the value itself.
    bare: bool,
    /// Bytes of the walk's pointer that lead here.
    pub(crate) pointer_bytes: usize,
    /// A list under a key that came before in the same object.
    again: bool,
    text: String,
    members: u64,
    gaps: String,
    led_on: u64,
    lost: Vec<Lost>,
    /// Members lost beyond those told one by one.
    lost_more: u64,
}

/// A value that stands beside the records.
#[derive(Debug)]
pub(crate) struct Member<'b> {
    /// As written; `None` if it is over the limit.
    pub(crate) bytes: Option<&'b [u8]>,
    /// Line where it ends.
    pub(crate) line: u64,
}

/// A member that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) key: String,
    pub(crate) line: u64,
    pub(crate) why: Why,
}

/// Why a member was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Broken,
    TooDeep,
    TooLarge,
}

/// A container that ended.
#[derive(Debug)]
pub(crate) struct Around<'b> {
    pub(crate) piece: u64,
    pub(crate) text: String,
    pub(crate) gaps: String,
    pub(crate) pointer: &'b str,
    pub(crate) document_line: u64,
    pub(crate) line: u64,
    /// Whether anything in it leads to records.
    pub(crate) leads: bool,
    /// Whether it says anything that the pieces inside it do not.
    pub(crate) worth_keeping: bool,
    /// An object: one record, or a package of them.
    pub(crate) is_object: bool,
    pub(crate) lost: Vec<Lost>,
}

/// Members of one container told one by one when they are lost.
const LOST_TOLD: usize = 100;

impl Container {
    pub(crate) fn new(
        piece: u64,
        line: u64,
        is_list: bool,
        pointer_bytes: usize,
        again: bool,
    ) -> Self {
        Container {
            piece,
            line,
            is_list,
            bare: false,
            pointer_bytes,
            again,
            text: String::new(),
            members: 0,
            gaps: String::new(),
            led_on: 0,
            lost: Vec::new(),
            lost_more: 0,
        }
    }

    /// A whole document in which no record can stand.
    pub(crate) fn bare(piece: u64, line: u64) -> Self {
        Container {
            bare: true,
            ..Container::new(piece, line, true, 0, false)
        }
    }

    /// The member that comes next leads on. Out: whether one did before.
    pub(crate) fn gap(&mut self) -> bool {
        use std::fmt::Write;
        self.led_on += 1;
        if !self.is_list {
            let separator = if self.gaps.is_empty() { "" } else { ";" };
            let _ = write!(self.gaps, "{separator}{}", self.members); // A String takes everything.
        }
        self.led_on > 1
    }

    /// Keeps a member, with its key as written between the quotes.
    pub(crate) fn add(
        &mut self,
        key: Option<&[u8]>,
        member: Member<'_>,
        max_bytes: usize,
        max_depth: usize,
    ) {
        let key = key.map(|key| format!("\"{}\"", String::from_utf8_lossy(key)));
        let text = member.bytes.map(String::from_utf8_lossy);
        let kept = match &text {
            Some(text) if self.text.len() + text.len() <= max_bytes => key
                .as_deref()
                .map_or(Ok(()), |key| is_value(key, 1))
                .and_then(|()| is_value(text, max_depth)),
            _ => Err(Why::TooLarge),
        };
        match (kept, text) {
            (Ok(()), Some(text)) => {
                if self.members > 0 {
                    self.text.push(',');
                }
                if let Some(key) = key {
                    self.text.push_str(&key);
                    self.text.push(':');
                }
                self.text.push_str(&text);
                self.members += 1;
            }
            _ if self.lost.len() >= LOST_TOLD => self.lost_more += 1,
            (Err(why), _) => self.lost.push(Lost {
                key: key.unwrap_or_default(),
                line: member.line,
                why,
            }),
            (Ok(()), None) => {}
        }
    }

    /// The container as a piece.
    pub(crate) fn closed(mut self, pointer: &str, document_line: u64) -> Around<'_> {
        let text = match (self.bare, self.is_list) {
            (true, _) => self.text,
            (false, true) => format!("[{}]", self.text),
            (false, false) => format!("{{{}}}", self.text),
        };
        if let (true, Some(last)) = (self.lost_more > 0, self.lost.last_mut()) {
            last.key = format!("{} and {} more", last.key, self.lost_more);
        }
        Around {
            piece: self.piece,
            gaps: self.gaps,
            pointer,
            document_line,
            line: self.line,
            leads: self.led_on > 0,
            // A list of records alone is told by the places of its records.
            worth_keeping: !self.is_list
                || pointer.is_empty()
                || self.again
                || self.members > 0
                || self.led_on == 0,
            is_object: !self.is_list,
            lost: self.lost,
            text,
        }
    }
}

fn is_value(text: &str, max_depth: usize) -> Result<(), Why> {
    let mut lexer = Lexer::new(text);
    match lexer.value(max_depth) {
        Ok(_) if lexer.peek().is_none() => Ok(()),
        Err(Broken::TooDeep) => Err(Why::TooDeep),
        Ok(_) | Err(Broken::At(_)) => Err(Why::Broken),
    }
}
