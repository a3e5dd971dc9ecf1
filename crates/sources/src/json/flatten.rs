//! Turns one JSON record into flat objects: the record and an element for each declared list.
//!
//! Objects inside become paths (`tender/value/amount`), lists of scalars one text joined by `;`, lists of
//! objects nobody declared go to `rest` as written. It refuses to change a value.

use std::collections::{HashMap, HashSet};

use crate::error::Error;
use crate::problems::{Desk, problem};
use crate::reading::{Object, Severity};
use documents::lexer::{Broken, Kind, Lexer};

/// Flattens records one by one into the same memory.
pub(crate) struct Flattener {
    /// Declared list paths (`awards[]/suppliers[]`) and their ordinal from 1.
    declared: HashMap<String, usize>,
    /// Lists on the way to a declared one.
    on_the_way: HashSet<String>,
    /// Column ids by path, for the record (0) and each list.
    columns: Vec<HashMap<String, u32>>,
    max_columns: usize,
    max_depth: usize,
    /// Columns first seen in the record being read.
    new_columns: Vec<(usize, u32, String)>,
    /// Text of all values.
    arena: String,
    objects: Vec<Pending>,
    /// Path from the record with `[]` for lists, and the same with ordinals.
    path: String,
    place: String,
    repeated: Vec<String>,
    full: bool,
}

/// An object being put together.
struct Pending {
    list: usize,
    element: String,
    parent: String,
    /// Column, and where its text stands in the arena.
    values: Vec<(u32, usize, usize)>,
    seen: HashSet<u32>,
    lists_seen: HashSet<String>,
    rest: String,
    /// Bytes of the path that lead to this object.
    prefix: usize,
}

impl Flattener {
    /// `lists` are the declared lists in the order of the plan.
    pub(crate) fn new(lists: &[String], max_columns: usize, max_depth: usize) -> Self {
        let mut on_the_way = HashSet::new();
        for list in lists {
            for (i, _) in list.match_indices("[]/") {
                on_the_way.insert(list[..i + 2].to_owned());
            }
        }
        Flattener {
            declared: lists
                .iter()
                .enumerate()
                .map(|(i, l)| (l.clone(), i + 1))
                .collect(),
            on_the_way,
            columns: vec![HashMap::new(); lists.len() + 1],
            max_columns,
            max_depth,
            new_columns: Vec::new(),
            arena: String::new(),
            objects: Vec::new(),
            path: String::new(),
            place: String::new(),
            repeated: Vec::new(),
            full: false,
        }
    }

    /// Reads one record whole before anything of it is handed on.
    pub(crate) fn read(&mut self, text: &str) -> Result<(), Broken> {
        self.new_columns.clear();
        self.arena.clear();
        self.objects.clear();
        self.path.clear();
        self.place.clear();
        self.repeated.clear();
        self.full = false;
        self.begin(0, String::new());
        let mut lexer = Lexer::new(text);
        let read = self
            .object(&mut lexer, Some(0), 0, self.max_depth)
            .and_then(|()| match lexer.peek() {
                None => Ok(()),
                Some(_) => Err(Broken::At(lexer.at)),
            });
        if read.is_err() {
            self.forget();
        }
        read
    }

    /// Whether the record read last has columns that none before it had.
    pub(crate) fn found_columns(&self) -> bool {
        self.new_columns.iter().any(|(list, ..)| *list == 0)
    }

    /// Forgets the columns of a record that is not handed over.
    pub(crate) fn forget(&mut self) {
        for (list, _, path) in self.new_columns.drain(..) {
            self.columns[list].remove(&path);
        }
    }

    /// Hands the record read last to the listener, its elements after it.
    pub(crate) fn hand_over(
        &mut self,
        record: u64,
        position: &str,
        desk: &mut Desk<'_>,
    ) -> Result<(), Error> {
        for (list, id, path) in self.new_columns.drain(..) {
            desk.column(list, id, &path)?;
        }
        for pending in &mut self.objects {
            if !pending.rest.is_empty() {
                pending.rest.push('}');
            }
            let values: Vec<(u32, &str)> = pending
                .values
                .iter()
                .map(|(id, from, to)| (*id, &self.arena[*from..*to]))
                .collect();
            desk.object(&Object {
                list: pending.list,
                record,
                position,
                element: &pending.element,
                parent: &pending.parent,
                values: &values,
                rest: (!pending.rest.is_empty()).then_some(pending.rest.as_str()),
            })?;
        }
        for path in self.repeated.drain(..) {
            let mut p = problem(
                "key_repeated",
                Severity::Warning,
                position,
                &path,
                "kept under its name and a number",
            );
            p.record = Some(record);
            p.column = path;
            desk.problem(p)?;
        }
        if self.full {
            let mut p = problem(
                "too_many_columns",
                Severity::Warning,
                position,
                "",
                "further paths are kept in the rest",
            );
            p.record = Some(record);
            desk.problem(p)?;
        }
        Ok(())
    }

    fn begin(&mut self, list: usize, parent: String) -> usize {
        let prefix = if self.path.is_empty() {
            0
        } else {
            self.path.len() + 1
        };
        self.objects.push(Pending {
            list,
            element: self.place.clone(),
            parent,
            values: Vec::new(),
            seen: HashSet::new(),
            lists_seen: HashSet::new(),
            rest: String::new(),
            prefix,
        });
        self.objects.len() - 1
    }

    /// `into` takes the values, if anyone does; `nearest` is the declared element it hangs from.
    fn object(
        &mut self,
        lexer: &mut Lexer<'_>,
        into: Option<usize>,
        nearest: usize,
        depth: usize,
    ) -> Result<(), Broken> {
        let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
        let mut more = lexer.open(b'{', b'}')?;
        while more {
            let key = lexer.key()?;
            let (path, place) = (self.path.len(), self.place.len());
            for text in [&mut self.path, &mut self.place] {
                if !text.is_empty() {
                    text.push('/');
                }
                text.push_str(&key);
            }
            match lexer.kind()? {
                Kind::Text => {
                    let text = lexer.string()?;
                    self.value(into, &text);
                }
                Kind::Scalar => {
                    let word = lexer.scalar()?;
                    if word != "null" {
                        self.value(into, word);
                    }
                }
                Kind::Object => self.object(lexer, into, nearest, depth)?,
                Kind::Array => self.array(lexer, into, nearest, depth)?,
            }
            self.path.truncate(path);
            self.place.truncate(place);
            more = lexer.more(b'}')?;
        }
        Ok(())
    }

    fn array(
        &mut self,
        lexer: &mut Lexer<'_>,
        into: Option<usize>,
        nearest: usize,
        depth: usize,
    ) -> Result<(), Broken> {
        self.path.push_str("[]");
        let declared = self.declared.get(&self.path).copied();
        let on_the_way = self.on_the_way.contains(&self.path);
        self.path.truncate(self.path.len() - 2);
        if declared.is_none() {
            let mut ahead = Lexer {
                text: lexer.text,
                at: lexer.at,
            };
            match self.scalars(&mut ahead)? {
                Some(joined) => {
                    lexer.at = ahead.at;
                    if let Some(joined) = joined {
                        self.value(into, &joined);
                    }
                    return Ok(());
                }
                None => {
                    ahead.at = lexer.at;
                    let raw = ahead.value(depth)?;
                    if let Some(into) = into {
                        self.rest(into, raw);
                    }
                    if !on_the_way {
                        lexer.at = ahead.at;
                        return Ok(());
                    }
                }
            }
        }
        let (path, place) = (self.path.len(), self.place.len());
        self.number_repeated_list(nearest, declared.is_some());
        let base = self.place.len();
        self.path.push_str("[]");
        let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
        let mut more = lexer.open(b'[', b']')?;
        let mut index = 0usize;
        while more {
            use std::fmt::Write;
            let _ = write!(self.place, "/{index}"); // A String takes everything.
            index += 1;
            let kind = lexer.kind()?;
            match declared {
                Some(list) => {
                    let parent = self.objects[nearest].element.clone();
                    let element = self.begin(list, parent);
                    match kind {
                        Kind::Object => self.object(lexer, Some(element), element, depth)?,
                        Kind::Text => {
                            let text = lexer.string()?;
                            self.value(Some(element), &text);
                        }
                        Kind::Scalar | Kind::Array => {
                            let raw = lexer.value(depth)?;
                            self.value(Some(element), raw);
                        }
                    }
                }
                None if kind == Kind::Object => self.object(lexer, None, nearest, depth)?,
                None => lexer.value(depth).map(drop)?,
            }
            self.place.truncate(base);
            more = lexer.more(b']')?;
        }
        self.path.truncate(path);
        self.place.truncate(place);
        Ok(())
    }

    /// A list given twice in one object would number its elements twice: the second is `list_2/0`.
    fn number_repeated_list(&mut self, nearest: usize, declared: bool) {
        if !declared {
            return;
        }
        let mut place = self.place.clone();
        let mut n = 1;
        while !self.objects[nearest].lists_seen.insert(place.clone()) {
            n += 1;
            place = format!("{}_{n}", self.place);
        }
        if n > 1 {
            self.repeated.push(self.place.clone());
            self.place = place;
        }
    }

    /// The elements joined, if all are scalars: `None` otherwise, `Some(None)` for a list without values.
    fn scalars(&mut self, lexer: &mut Lexer<'_>) -> Result<Option<Option<String>>, Broken> {
        let mut joined: Option<String> = None;
        let mut more = lexer.open(b'[', b']')?;
        while more {
            let text = match lexer.kind()? {
                Kind::Text => lexer.string()?,
                Kind::Scalar => match lexer.scalar()? {
                    "null" => {
                        more = lexer.more(b']')?;
                        continue;
                    }
                    word => word.into(),
                },
                Kind::Object | Kind::Array => return Ok(None),
            };
            match &mut joined {
                None => joined = Some(text.into_owned()),
                Some(joined) => {
                    joined.push(';');
                    joined.push_str(&text);
                }
            }
            more = lexer.more(b']')?;
        }
        Ok(Some(joined))
    }

    /// Keeps a value under the path that stands now.
    fn value(&mut self, into: Option<usize>, text: &str) {
        let Some(into) = into else { return };
        let path = self.path.get(self.objects[into].prefix..).unwrap_or("");
        let list = self.objects[into].list;
        let id = match self.columns[list].get(path) {
            Some(id) => Some(*id),
            None => {
                let path = path.to_owned();
                self.add_column(list, path)
            }
        };
        let id = match id {
            Some(id) if !self.objects[into].seen.insert(id) => self.column_of_repeated(into, list),
            id => id,
        };
        match id {
            Some(id) => {
                let from = self.arena.len();
                self.arena.push_str(text);
                self.objects[into].values.push((id, from, self.arena.len()));
            }
            None => {
                self.full = true;
                let raw = quoted(text);
                self.rest(into, &raw);
            }
        }
    }

    fn add_column(&mut self, list: usize, path: String) -> Option<u32> {
        let columns = &mut self.columns[list];
        if columns.len() >= self.max_columns {
            return None;
        }
        let id = u32::try_from(columns.len()).ok()?;
        columns.insert(path.clone(), id);
        self.new_columns.push((list, id, path));
        Some(id)
    }

    /// The column `path_2`, `path_3` … for a key that came before in the same object.
    fn column_of_repeated(&mut self, into: usize, list: usize) -> Option<u32> {
        let path = self
            .path
            .get(self.objects[into].prefix..)
            .unwrap_or("")
            .to_owned();
        self.repeated.push(path.clone());
        for n in 2.. {
            let numbered = format!("{path}_{n}");
            let id = match self.columns[list].get(&numbered) {
                Some(id) => *id,
                None => self.add_column(list, numbered)?,
            };
            if self.objects[into].seen.insert(id) {
                return Some(id);
            }
        }
        None
    }

    /// Keeps what has no column, as JSON under its path.
    fn rest(&mut self, into: usize, raw: &str) {
        let key = quoted(self.path.get(self.objects[into].prefix..).unwrap_or(""));
        let rest = &mut self.objects[into].rest;
        rest.push(if rest.is_empty() { '{' } else { ',' });
        rest.push_str(&key);
        rest.push(':');
        rest.push_str(raw);
    }
}

/// A text as a JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
