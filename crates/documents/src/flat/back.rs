//! Tables back into documents.

use std::collections::HashMap;

use crate::error::Error;
use crate::flat::cell::{Kind, shown};
use crate::flat::heads::{Element, Entry, Heads, Reading};
use crate::flat::layout::Settings;
use crate::flat::lines::{Line, Lines};
use crate::flat::types::Types;
use crate::flat::{META, PASSED_OVER, REST, TYPES, lines};
use crate::schema::Schema;
use crate::value::Value;

/// A table as read, heads and any line before them included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called.
    pub name: String,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// What tables gave.
#[derive(Debug, Clone)]
pub struct Laid {
    /// The documents in the order of the main table.
    pub documents: Vec<Value>,
    /// The members around them, if there is a table of them.
    pub meta: Option<Value>,
    /// What did not fit.
    pub notes: Vec<Note>,
}

/// Something in the tables that did not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A head that is no path; its column is left out.
    HeadIgnored {
        /// The table.
        table: String,
        /// The head.
        head: String,
    },
    /// Two rows give a member different values; the first counts.
    CellsDiffer {
        /// The table of the second.
        table: String,
        /// Its row, counted from 1 with the heads.
        row: usize,
        /// The member.
        member: String,
    },
    /// A row of a list about a document that the main table has not; it becomes one.
    NotInMain {
        /// The table.
        table: String,
        /// Its row.
        row: usize,
    },
    /// A line of `_rest` about something that is not there, or was written over in its cell.
    RestLeftOut {
        /// The document, counted from 1; 0 for the members of the package.
        record: u64,
        /// The place.
        pointer: String,
    },
}

/// Puts documents together from tables.
#[derive(Debug)]
pub struct Back<'s> {
    settings: Settings,
    schema: &'s Schema,
    object: String,
}

/// What a document is about, and its id.
pub(super) type Key = [String; 2];

impl<'s> Back<'s> {
    /// Documents that are objects called `object` of the standard: columns that `_types` leaves out hold what it declares.
    pub fn new(settings: Settings, schema: &'s Schema, object: &str) -> Self {
        Back {
            settings,
            schema,
            object: object.to_owned(),
        }
    }

    /// The documents that these tables hold, all in memory.
    ///
    /// With `_types`, a row of the table of a list is one element; without, rows of one id are one, as in flatten-tool.
    /// A cell that was changed counts before the line of `_rest` about it.
    pub fn documents(&self, sheets: &[Sheet]) -> Result<Laid, Error> {
        let mut types = Types::default();
        for sheet in sheets.iter().filter(|sheet| is_called(sheet, TYPES)) {
            types.read(sheet);
        }
        let mut work = Work {
            back: self,
            documents: Vec::new(),
            by_key: HashMap::new(),
            notes: Vec::new(),
        };
        let mut tables = Vec::new();
        for sheet in sheets {
            if is_called(sheet, TYPES) || is_called(sheet, REST) || sheet.name == META {
                continue;
            }
            let Some((heads, rows, first)) = opened(sheet, true) else {
                continue;
            };
            let own = types.lists.get(&sheet.name).map(String::as_str);
            let heads = work.heads(&sheet.name, heads, own, &types.columns);
            tables.push((heads.depth(), &sheet.name, heads, rows, first, own));
        }
        tables.sort_by_key(|(depth, name, ..)| (*depth, **name != self.settings.main));
        for (depth, name, heads, rows, first, own) in &tables {
            for (index, row) in rows.iter().enumerate() {
                if row.iter().any(|cell| !cell.is_empty()) {
                    work.row(name, heads, row, first + index, *depth, *own);
                }
            }
        }
        let mut meta = None;
        if let Some(sheet) = sheets.iter().find(|sheet| sheet.name == META) {
            let mut object = Value::Object(Vec::new());
            if let Some((heads, [row, ..], first)) = opened(sheet, false) {
                let heads = work.heads(META, heads, None, &types.meta);
                let row = Row {
                    cells: row,
                    are_elements: false,
                    id: &self.settings.id,
                };
                row.place(&mut object, &heads, &mut |member| {
                    work.notes.push(Note::CellsDiffer {
                        table: META.to_owned(),
                        row: first,
                        member: member.to_owned(),
                    });
                });
            }
            meta = Some(object);
        }
        let lines = sheets.iter().filter(|sheet| is_called(sheet, REST));
        work.rest(Lines::read(lines)?, &mut meta);
        Ok(Laid {
            documents: work.documents,
            meta,
            notes: work.notes,
        })
    }
}

/// Heads, rows, and the number of the first row.
pub(super) type Opened<'a> = (&'a [String], &'a [Vec<String>], usize);

/// The heads and rows of a table, and the number of the first row; nothing for one that is to be passed over.
pub(super) fn opened(sheet: &Sheet, or_pass: bool) -> Option<Opened<'_>> {
    let is_passed = |row: &Vec<String>| row.first().is_some_and(|cell| cell == PASSED_OVER[0]);
    let rows = match sheet.rows.split_first()? {
        (first, rest) if is_passed(first) => {
            if or_pass && first.iter().any(|cell| cell == PASSED_OVER[1]) {
                return None;
            }
            rest
        }
        _ => &sheet.rows[..],
    };
    let (heads, rows_below) = rows.split_first()?;
    Some((heads, rows_below, sheet.rows.len() - rows_below.len() + 1))
}

/// A sheet of this name, or one that goes on where it was full.
fn is_called(sheet: &Sheet, name: &str) -> bool {
    let more = sheet.name.strip_prefix(name);
    more.is_some_and(|more| {
        more.is_empty()
            || more
                .strip_prefix(' ')
                .is_some_and(|number| number.parse::<u32>().is_ok())
    })
}

struct Work<'a> {
    back: &'a Back<'a>,
    documents: Vec<Value>,
    /// The first document of each key, and how many have it.
    by_key: HashMap<Key, (usize, usize)>,
    notes: Vec<Note>,
}

impl Work<'_> {
    fn heads(
        &mut self,
        table: &str,
        heads: &[String],
        own: Option<&str>,
        types: &HashMap<String, Kind>,
    ) -> Heads {
        let reading = Reading {
            types,
            schema: self.back.schema,
            object: &self.back.object,
            id: &self.back.settings.id,
        };
        let mut ignored = Vec::new();
        let heads = Heads::new(heads, own, &reading, &mut ignored);
        self.notes
            .extend(ignored.into_iter().map(|head| Note::HeadIgnored {
                table: table.to_owned(),
                head,
            }));
        heads
    }

    fn row(
        &mut self,
        table: &str,
        heads: &Heads,
        row: &[String],
        number: usize,
        depth: usize,
        own: Option<&str>,
    ) {
        let settings = &self.back.settings;
        let mut key = Key::default();
        for (name, entry) in &heads.entries {
            if let Entry::Leaf(column, _) = entry {
                let cell = row.get(*column).cloned().unwrap_or_default();
                if *name == settings.subject {
                    key[0] = cell.clone();
                }
                if *name == settings.id {
                    key[1] = cell;
                }
            }
        }
        let is_named = key.iter().any(|part| !part.is_empty());
        let known = self.by_key.get(&key).map(|(first, _)| *first);
        let is_document = own == Some("");
        let index = match known {
            Some(first) if !is_document && is_named => first,
            _ => {
                if depth > 0 && *table != settings.main {
                    self.notes.push(Note::NotInMain {
                        table: table.to_owned(),
                        row: number,
                    });
                }
                self.documents.push(Value::Object(Vec::new()));
                let entry = self
                    .by_key
                    .entry(key)
                    .or_insert((self.documents.len() - 1, 0));
                entry.1 += 1;
                self.documents.len() - 1
            }
        };
        let notes = &mut self.notes;
        let row = Row {
            cells: row,
            are_elements: own.is_some(),
            id: &settings.id,
        };
        row.place(&mut self.documents[index], heads, &mut |member| {
            notes.push(Note::CellsDiffer {
                table: table.to_owned(),
                row: number,
                member: member.to_owned(),
            });
        });
    }

    fn rest(&mut self, lines: Lines, meta: &mut Option<Value>) {
        let Lines {
            mut whole, others, ..
        } = lines;
        // The documents of the main table keep their order around those that have no row there.
        let mut by_record = Vec::new();
        let mut next = 0;
        while next < self.documents.len() || whole.contains_key(&(by_record.len() as u64 + 1)) {
            match whole.contains_key(&(by_record.len() as u64 + 1)) {
                true => by_record.push(None),
                false => {
                    by_record.push(Some(next));
                    next += 1;
                }
            }
        }
        for Line {
            record,
            key,
            pointer,
            value,
        } in others
        {
            let target = if record == 0 {
                meta.as_mut()
            } else {
                let own = self.by_key.get(&key).filter(|(_, count)| *count == 1);
                let is_named = key.iter().any(|part| !part.is_empty());
                let at = (record as usize).checked_sub(1);
                let by_record = at.and_then(|at| *by_record.get(at)?);
                let index = match own {
                    Some((index, _)) if is_named => Some(*index),
                    _ => by_record,
                };
                index.and_then(|index| self.documents.get_mut(index))
            };
            let line = |target| lines::put(target, &pointer, value);
            let is_put = target.is_some_and(line);
            if !is_put {
                self.notes.push(Note::RestLeftOut { record, pointer });
            }
        }
        let mut documents = std::mem::take(&mut self.documents).into_iter();
        for (index, place) in by_record.iter().enumerate() {
            match place {
                Some(_) => self.documents.extend(documents.next()),
                None => self.documents.extend(whole.remove(&(index as u64 + 1))),
            }
        }
        self.documents.extend(documents);
        self.documents.extend(whole.into_values());
    }
}

/// A row of a table.
struct Row<'a> {
    cells: &'a [String],
    /// Whether each row of a list's table is an element of its own.
    are_elements: bool,
    id: &'a str,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> Option<&str> {
        let cell = self.cells.get(column)?.as_str();
        (!cell.is_empty()).then_some(cell)
    }

    fn has_cell(&self, heads: &Heads) -> bool {
        let mut columns = heads.columns.iter();
        columns.any(|column| self.cell(*column).is_some())
    }

    /// Puts the cells into an object; `differs` is told of members that have another value already.
    fn place(&self, object: &mut Value, heads: &Heads, differs: &mut dyn FnMut(&str)) {
        for (name, entry) in &heads.entries {
            match entry {
                Entry::Leaf(column, kind) => {
                    let Some(text) = self.cell(*column) else {
                        continue;
                    };
                    match object.get(name) {
                        None => object.set(name, kind.read(text)),
                        Some(known) if shown(known).as_deref() == Some(text) => {}
                        Some(_) => differs(name),
                    }
                }
                Entry::Object(below) => {
                    if !self.has_cell(below) && !below.leads_to_rows() {
                        continue;
                    }
                    if object.get(name).is_none() {
                        object.set(name, Value::Object(Vec::new()));
                    }
                    match object.get_mut(name) {
                        Some(inner @ Value::Object(_)) => self.place(inner, below, differs),
                        _ => differs(name),
                    }
                }
                Entry::Element(element) => {
                    if !self.has_cell(&element.heads) && !element.is_above {
                        continue;
                    }
                    if object.get(name).is_none() {
                        object.set(name, Value::List(Vec::new()));
                    }
                    let Some(Value::List(elements)) = object.get_mut(name) else {
                        differs(name);
                        continue;
                    };
                    let index = self.element(elements, element);
                    self.place(&mut elements[index], &element.heads, differs);
                }
            }
        }
    }

    /// The element that the row gives, or stands below; a new one when none is known.
    fn element(&self, elements: &mut Vec<Value>, element: &Element) -> usize {
        let id = element.heads.id.and_then(|column| self.cell(column));
        if let (Some(id), false) = (id, self.are_elements && element.is_row) {
            let is_it = |index: &usize| {
                let known = elements.get(*index).and_then(|known| known.get(self.id));
                known.and_then(shown).as_deref() == Some(id)
            };
            let hint = element.hint.get();
            let near = [hint, hint + 1].into_iter().find(is_it);
            if let Some(index) = near.or_else(|| (0..elements.len()).find(is_it)) {
                element.hint.set(index);
                return index;
            }
        }
        elements.push(Value::Object(Vec::new()));
        elements.len() - 1
    }
}
