//! Documents as rows, once their columns are known.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::error::Error;
use crate::flat::cell::{Cell, cell, near};
use crate::flat::layout::{Columns, Layout, Shape, shape};
use crate::flat::rest::{self, Step, json, pieces, pointer};
use crate::flat::{DEFUSED, META, PASSED_OVER, REST, TYPES};
use crate::value::Value;

/// Where rows go: a folder of CSV, a workbook, or what a caller makes.
pub trait Sink {
    /// Characters the name of a table may have.
    fn longest_name(&self) -> usize;
    /// Whether cells that look like formulas get an apostrophe.
    fn defuses(&self) -> bool;
    /// Whether a text comes back from a cell as it went in.
    fn carries(&self, text: &str) -> bool;
    /// Adds a row to the table called `name`, the next one or the first.
    fn row(&mut self, table: usize, name: &str, cells: &[Cell<'_>]) -> Result<(), Error>;
    /// Names under which a table went on when it was full.
    fn more_names(&self) -> Vec<(usize, String)>;
    /// Ends every table.
    fn finish(self) -> Result<(), Error>;
}

/// Writes documents as rows; each must have been seen by the layout before.
pub struct Writer<'l, S> {
    layout: &'l Layout,
    sink: S,
    names: Vec<String>,
    columns: Vec<Columns>,
    /// For each key a table repeats: its place among the cells.
    above: Vec<Vec<(usize, usize)>>,
    places: Vec<Vec<Option<usize>>>,
    keys_seen: HashSet<u64>,
    records: u64,
    rests: Vec<(String, String)>,
    has_rest: bool,
    meta: Option<Columns>,
}

impl<S: std::fmt::Debug> std::fmt::Debug for Writer<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}

/// Values of the keys of what a row stands in.
type Above<'v> = Vec<(usize, Cell<'v>)>;
/// A list whose rows follow that of the object it stands in.
type Later<'v> = (usize, Vec<Step<'v>>, &'v [Value], &'v Value);

impl<'l, S: Sink> Writer<'l, S> {
    /// Opens the tables of a layout; each begins with its heads.
    pub fn new(layout: &'l Layout, mut sink: S) -> Result<Self, Error> {
        let names = layout.names(sink.longest_name());
        let mut places = vec![Vec::new(); layout.nodes.len()];
        let (mut columns, mut above) = (Vec::new(), Vec::new());
        for (table, name) in names.iter().enumerate() {
            let of_table = layout.columns(table, &mut places);
            let heads: Vec<Cell<'_>> = of_table.heads.iter().map(|head| text(head)).collect();
            sink.row(table, name, &heads)?;
            let mut keys = layout.tables[table].above.clone();
            keys.sort_by_key(|key| layout.depth(*key));
            above.push(
                keys.into_iter()
                    .enumerate()
                    .map(|(at, key)| (key, at))
                    .collect(),
            );
            columns.push(of_table);
        }
        Ok(Writer {
            layout,
            sink,
            names,
            columns,
            above,
            places,
            keys_seen: HashSet::new(),
            records: 0,
            rests: Vec::new(),
            has_rest: false,
            meta: None,
        })
    }

    /// Writes the members of the package that stand around the documents, once.
    pub fn meta(&mut self, package: &Value) -> Result<(), Error> {
        let mut columns = Columns::default();
        let mut cells = Vec::new();
        let mut rests = Vec::new();
        let mut steps = Vec::new();
        self.meta_members(package, &mut steps, &mut columns, &mut cells, &mut rests);
        let table = self.names.len();
        let heads: Vec<Cell<'_>> = columns.heads.iter().map(|head| text(head)).collect();
        self.passed_over(table, META, heads.len())?;
        self.sink.row(table, META, &heads)?;
        self.sink.row(table, META, &cells)?;
        for (pointer, json) in rests {
            self.rest_row(0, ["", ""], &pointer, &json)?;
        }
        self.meta = Some(columns);
        Ok(())
    }

    fn meta_members<'v>(
        &self,
        object: &'v Value,
        steps: &mut Vec<Step<'v>>,
        columns: &mut Columns,
        cells: &mut Vec<Cell<'v>>,
        rests: &mut Vec<(String, String)>,
    ) {
        for (name, value) in object.as_object().unwrap_or_default() {
            steps.push(Step::Name(name));
            let is_step = crate::flat::layout::can_be_step(name, steps.len() == 1);
            match (shape(value), cell(value)) {
                (Shape::Object, _) if is_step => {
                    self.meta_members(value, steps, columns, cells, rests);
                }
                (Shape::Cell(Some(kind)), Some((cell, _)))
                    if is_step && self.sink.carries(cell.text()) =>
                {
                    let path = steps.iter().map(|step| match step {
                        Step::Name(name) => *name,
                        Step::Index(_) => "0",
                    });
                    columns.heads.push(path.collect::<Vec<_>>().join("/"));
                    columns.kinds.push(kind);
                    cells.push(cell);
                }
                _ => rests.push((pointer(steps), json(value))),
            }
            steps.pop();
        }
    }

    /// Writes a document.
    pub fn write(&mut self, document: &Value) -> Result<(), Error> {
        self.records += 1;
        let whole = |writer: &mut Self| {
            writer.rests.clear();
            writer.rest_row(writer.records, ["", ""], "", &json(document))
        };
        let Value::Object(members) = document else {
            return whole(self);
        };
        let mut row = vec![Cell::Blank; self.columns[0].heads.len()];
        let (mut steps, mut above, mut later) = (Vec::new(), Vec::new(), Vec::new());
        self.fill(0, members, &mut row, &mut steps, &mut above, &mut later);
        if row.iter().all(|cell| *cell == Cell::Blank) {
            return whole(self);
        }
        self.sink.row(0, &self.names[0], &row)?;
        let settings = &self.layout.settings;
        let key = [&settings.subject, &settings.id].map(|name| {
            let mut own = above.iter();
            let own = own.find(|(key, _)| self.layout.keys[*key].path == **name);
            own.map_or(Cell::Blank, |(_, cell)| cell.clone())
        });
        let [subject, id] = [spellings(&key[0]), spellings(&key[1])];
        let mut is_named = key.iter().any(|part| *part != Cell::Blank);
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        for subject in &subject {
            for id in &id {
                is_named &= self.keys_seen.insert(hasher.hash_one((subject, id)));
            }
        }
        self.lists(later, is_named, &mut above)?;
        let key = [key[0].text(), key[1].text()];
        let rests = std::mem::take(&mut self.rests);
        for (pointer, json) in &rests {
            self.rest_row(self.records, key, pointer, json)?;
        }
        self.rests = rests;
        self.rests.clear();
        Ok(())
    }

    fn fill<'v>(
        &mut self,
        node: usize,
        members: &'v [(Box<str>, Value)],
        row: &mut [Cell<'v>],
        steps: &mut Vec<Step<'v>>,
        above: &mut Above<'v>,
        later: &mut Vec<Later<'v>>,
    ) {
        let mut hint = 0;
        let layout = self.layout;
        for (name, value) in members {
            steps.push(Step::Name(name));
            let found = layout.nodes[node].find(name, &mut hint);
            let member = found.map(|index| (index, &layout.nodes[node].members[index]));
            let is_whole = match (member, value) {
                (Some((index, member)), _) => match (shape(value), value) {
                    (Shape::Object, Value::Object(members)) => match member.object {
                        Some(object) => {
                            self.fill(object, members, row, steps, above, later);
                            true
                        }
                        None => false,
                    },
                    (Shape::Rows, Value::List(elements)) => match member.table {
                        Some(table) => {
                            later.push((table, steps.clone(), elements, value));
                            true
                        }
                        None => false,
                    },
                    (Shape::Cell(kind), _) => match (self.places[node][index], cell(value)) {
                        (Some(at), Some((cell, _))) if self.sink.carries(cell.text()) => {
                            if let Some(key) = member.key {
                                above.push((key, cell.clone()));
                            }
                            let table = layout.nodes[node].table;
                            row[at] = cell;
                            kind == Some(self.columns[table].kinds[at])
                        }
                        (Some(at), Some((cell, _))) if member.key.is_none() => {
                            // A person still finds the text; `_rest` has its line ends.
                            let near = near(cell.text());
                            if self.sink.carries(&near) {
                                row[at] = Cell::Text(Cow::Owned(near));
                            }
                            false
                        }
                        _ => false,
                    },
                    _ => false,
                },
                (None, _) => false,
            };
            if !is_whole {
                self.rests.push((pointer(steps), json(value)));
            }
            steps.pop();
        }
    }

    /// Writes the rows of lists; of lists in something that no id tells from the others, lines of `_rest`.
    fn lists<'v>(
        &mut self,
        later: Vec<Later<'v>>,
        is_named: bool,
        above: &mut Above<'v>,
    ) -> Result<(), Error> {
        for (table, mut steps, elements, list) in later {
            if !is_named {
                self.rests.push((pointer(&steps), json(list)));
                continue;
            }
            let mut ids: HashSet<String> = HashSet::new();
            for (index, element) in elements.iter().enumerate() {
                let Value::Object(members) = element else {
                    continue;
                };
                steps.push(Step::Index(index));
                let mark = above.len();
                let mut row = vec![Cell::Blank; self.columns[table].heads.len()];
                for (key, at) in &self.above[table] {
                    if let Some((_, cell)) = above.iter().find(|(own, _)| own == key) {
                        row[*at] = cell.clone();
                    }
                }
                let (root, mut later) = (self.layout.tables[table].root, Vec::new());
                self.fill(root, members, &mut row, &mut steps, above, &mut later);
                self.sink.row(table, &self.names[table], &row)?;
                if !later.is_empty() || elements.len() > 1 {
                    let is_named = self
                        .own_id(root, &row)
                        .is_some_and(|id| spellings(id).into_iter().all(|id| ids.insert(id)));
                    self.lists(later, is_named, above)?;
                }
                above.truncate(mark);
                steps.pop();
            }
        }
        Ok(())
    }

    fn own_id<'r, 'v>(&self, root: usize, row: &'r [Cell<'v>]) -> Option<&'r Cell<'v>> {
        let mut hint = 0;
        let member = self.layout.nodes[root].find(&self.layout.settings.id, &mut hint)?;
        let cell = &row[self.places[root][member]?];
        (*cell != Cell::Blank).then_some(cell)
    }

    fn passed_over(&mut self, table: usize, name: &str, width: usize) -> Result<(), Error> {
        let mut cells: Vec<Cell<'_>> = PASSED_OVER.into_iter().map(text).collect();
        if self.sink.defuses() {
            cells.push(text(DEFUSED));
        }
        while cells.len() < width {
            cells.push(Cell::Blank);
        }
        self.sink.row(table, name, &cells)
    }

    fn rest_row(
        &mut self,
        record: u64,
        [subject, id]: [&str; 2],
        pointer: &str,
        json: &str,
    ) -> Result<(), Error> {
        if pointer.len() > rest::LONGEST && !self.sink.carries(pointer) {
            return Err(Error::NameTooLong(record));
        }
        let table = self.names.len() + 2;
        if !self.has_rest {
            self.has_rest = true;
            let heads = ["record", "subject", "id", "pointer", "value"];
            self.passed_over(table, REST, heads.len())?;
            self.sink.row(table, REST, &heads.map(text))?;
        }
        let record = record.to_string();
        for piece in pieces(json) {
            let cells = [
                Cell::Number(&record),
                text(subject),
                text(id),
                text(pointer),
                text(piece),
            ];
            self.sink.row(table, REST, &cells)?;
        }
        Ok(())
    }

    /// Writes what each column holds and ends the tables.
    pub fn finish(mut self) -> Result<(), Error> {
        let table = self.names.len() + 1;
        self.passed_over(table, TYPES, 3)?;
        self.sink
            .row(table, TYPES, &["table", "column", "type"].map(text))?;
        let more = self.sink.more_names();
        let lists = self.names.iter().enumerate();
        let lists = lists.chain(more.iter().map(|(table, name)| (*table, name)));
        let mut rows: Vec<[&str; 3]> = Vec::new();
        for (table, name) in lists {
            let Some(columns) = self.columns.get(table) else {
                continue;
            };
            rows.push([name, &self.layout.tables[table].path, "object"]);
            let own = columns.heads.iter().zip(&columns.kinds);
            rows.extend(own.map(|(head, kind)| [name, head, kind.name()]));
        }
        if let Some(meta) = &self.meta {
            let own = meta.heads.iter().zip(&meta.kinds);
            rows.extend(own.map(|(head, kind)| [META, head, kind.name()]));
        }
        for row in rows {
            self.sink.row(table, TYPES, &row.map(text))?;
        }
        self.sink.finish()
    }
}

/// How a cell may be spelled when it comes back: a workbook keeps what a number is worth, not its digits.
fn spellings(cell: &Cell<'_>) -> Vec<String> {
    let mut spellings = vec![cell.text().to_owned()];
    if let Cell::Number(text) = cell
        && let Ok(number) = text.parse::<f64>()
        && number.to_string() != **text
    {
        spellings.push(number.to_string());
    }
    spellings
}

fn text(text: &str) -> Cell<'_> {
    match text {
        "" => Cell::Blank,
        text => Cell::Text(Cow::Borrowed(text)),
    }
}
