//! The columns of each table, found by looking at every document once.

use std::collections::HashMap;

use crate::flat::cell::{Kind, cell, wants_apostrophe};
use crate::flat::name::Names;
use crate::flat::{META, REST, TYPES};
use crate::value::Value;

/// What the tables are called, and how many there may be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The table of documents; flatten-tool says `main`.
    pub main: String,
    /// The member that says what a document is about: `ocid`.
    pub subject: String,
    /// The member that tells a document or an element of a list from the others.
    pub id: String,
    /// Columns a table may have; what needs more goes to `_rest`.
    pub columns: usize,
    /// Tables there may be; lists that need more go to `_rest`.
    pub tables: usize,
}

impl Settings {
    /// Tables about `subject`.
    pub fn about(subject: &str) -> Settings {
        Settings {
            main: "main".to_owned(),
            subject: subject.to_owned(),
            id: "id".to_owned(),
            // A sheet has 16,384 columns.
            columns: 16_000,
            // Each table is a file open while rows are written; a process may open 1,024.
            tables: 400,
        }
    }
}

/// The tables that some documents need.
#[derive(Debug)]
pub struct Layout {
    pub(super) settings: Settings,
    pub(super) nodes: Vec<Node>,
    pub(super) tables: Vec<Table>,
    /// Members whose values other tables repeat: the subject and the ids.
    pub(super) keys: Vec<Key>,
}

/// A table: the documents, or the elements of one list of objects.
#[derive(Debug)]
pub(super) struct Table {
    /// `""`, `awards/0/suppliers/0`.
    pub path: String,
    /// The object that a row is.
    pub root: usize,
    /// Keys of what a row stands in.
    pub above: Vec<usize>,
    /// Members so far.
    members: usize,
}

/// An object at a path.
#[derive(Debug)]
pub(super) struct Node {
    path: String,
    pub table: usize,
    names: Vec<Box<str>>,
    pub members: Vec<Member>,
    by_name: HashMap<Box<str>, usize>,
}

/// A member of an object, and what stood there.
#[derive(Debug, Default)]
pub(super) struct Member {
    /// Values that a cell shows, by kind.
    seen: [u64; Kind::ALL.len()],
    is_cell: bool,
    /// The object that stood there.
    pub object: Option<usize>,
    /// The table of the list that stood there.
    pub table: Option<usize>,
    /// Which key it is.
    pub key: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub path: String,
    node: usize,
    member: usize,
}

/// The columns of a table in order.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Paths of the columns.
    pub heads: Vec<String>,
    /// What each holds.
    pub kinds: Vec<Kind>,
}

/// What a value needs.
pub(super) enum Shape {
    /// A cell, given back by a column of this kind.
    Cell(Option<Kind>),
    /// Columns for its members.
    Object,
    /// A table for its elements.
    Rows,
    /// A line of `_rest`.
    Rest,
}

pub(super) fn shape(value: &Value) -> Shape {
    match value {
        Value::Object(members) if !members.is_empty() => Shape::Object,
        Value::List(elements)
            if !elements.is_empty()
                && elements.iter().all(
                    |element| matches!(element, Value::Object(members) if !members.is_empty()),
                ) =>
        {
            Shape::Rows
        }
        _ => match cell(value) {
            Some((_, kind)) => Shape::Cell(kind),
            None => Shape::Rest,
        },
    }
}

impl Layout {
    /// Tables for documents not seen yet.
    pub fn new(settings: Settings) -> Layout {
        let mut layout = Layout {
            settings,
            nodes: Vec::new(),
            tables: Vec::new(),
            keys: Vec::new(),
        };
        layout.add_table(String::new());
        layout
    }

    /// Takes note of the columns a document needs.
    pub fn see(&mut self, document: &Value) {
        if let Value::Object(members) = document {
            self.see_object(0, members, &mut Vec::new());
        }
    }

    fn see_object(&mut self, node: usize, members: &[(Box<str>, Value)], above: &mut Vec<usize>) {
        let mark = above.len();
        let mut hint = 0;
        let is_key = |name: &str, settings: &Settings| {
            *name == settings.id || (node == 0 && *name == settings.subject)
        };
        for (name, value) in members {
            if !is_key(name, &self.settings) || !matches!(shape(value), Shape::Cell(_)) {
                continue;
            }
            if let Some(member) = self.member(node, name, &mut hint) {
                above.push(self.key(node, member));
            }
        }
        hint = 0;
        for (name, value) in members {
            let shape = shape(value);
            if matches!(shape, Shape::Rest) {
                continue;
            }
            let Some(member) = self.member(node, name, &mut hint) else {
                continue;
            };
            match (shape, value) {
                (Shape::Cell(kind), _) => {
                    let member = &mut self.nodes[node].members[member];
                    member.is_cell = true;
                    if let Some(kind) = kind {
                        member.seen[kind as usize] += 1;
                    }
                }
                (Shape::Object, Value::Object(members)) => {
                    let below = self.object(node, member);
                    self.see_object(below, members, above);
                }
                (Shape::Rows, Value::List(elements)) => {
                    let Some(table) = self.table(node, member) else {
                        continue;
                    };
                    for key in above.iter() {
                        if !self.tables[table].above.contains(key) {
                            self.tables[table].above.push(*key);
                        }
                    }
                    let root = self.tables[table].root;
                    for element in elements {
                        if let Value::Object(members) = element {
                            self.see_object(root, members, above);
                        }
                    }
                }
                _ => {}
            }
        }
        above.truncate(mark);
    }

    /// The member called `name`; nothing if it can have no column.
    fn member(&mut self, node: usize, name: &str, hint: &mut usize) -> Option<usize> {
        if let Some(found) = self.nodes[node].find(name, hint) {
            return Some(found);
        }
        let table = &mut self.tables[self.nodes[node].table];
        let is_key = *name == self.settings.id || *name == self.settings.subject;
        if !can_be_step(name, node == 0) || (table.members >= self.settings.columns && !is_key) {
            return None;
        }
        table.members += 1;
        let node = &mut self.nodes[node];
        node.by_name.insert(name.into(), node.members.len());
        node.names.push(name.into());
        node.members.push(Member::default());
        Some(node.members.len() - 1)
    }

    fn key(&mut self, node: usize, member: usize) -> usize {
        if let Some(key) = self.nodes[node].members[member].key {
            return key;
        }
        let path = self.nodes[node].below(member);
        self.keys.push(Key { path, node, member });
        self.nodes[node].members[member].key = Some(self.keys.len() - 1);
        self.keys.len() - 1
    }

    fn object(&mut self, node: usize, member: usize) -> usize {
        if let Some(object) = self.nodes[node].members[member].object {
            return object;
        }
        let (path, table) = (self.nodes[node].below(member), self.nodes[node].table);
        let object = self.add_node(path, table);
        self.nodes[node].members[member].object = Some(object);
        object
    }

    fn table(&mut self, node: usize, member: usize) -> Option<usize> {
        let known = self.nodes[node].members[member].table;
        if known.is_some() || self.tables.len() >= self.settings.tables {
            return known;
        }
        let path = format!("{}/0", self.nodes[node].below(member));
        let table = self.add_table(path);
        self.nodes[node].members[member].table = Some(table);
        Some(table)
    }

    fn add_table(&mut self, path: String) -> usize {
        let root = self.add_node(path.clone(), self.tables.len());
        self.tables.push(Table {
            path,
            root,
            above: Vec::new(),
            members: 0,
        });
        self.tables.len() - 1
    }

    fn add_node(&mut self, path: String, table: usize) -> usize {
        self.nodes.push(Node {
            path,
            table,
            names: Vec::new(),
            members: Vec::new(),
            by_name: HashMap::new(),
        });
        self.nodes.len() - 1
    }

    /// What the tables are called when a name has at most `longest` characters.
    pub(super) fn names(&self, longest: usize) -> Vec<String> {
        let mut names = Names::new(&[TYPES, REST, META], longest);
        let main = names.other(&self.settings.main);
        let lists = self.tables[1..].iter();
        let lists = lists.map(|table| names.of_list(&table.path));
        std::iter::once(main).chain(lists).collect()
    }

    /// The columns of a table: the keys of what its rows stand in, then its own.
    /// `places` gets, for each member of its objects, the column of its cell.
    pub(super) fn columns(&self, table: usize, places: &mut [Vec<Option<usize>>]) -> Columns {
        let mut columns = Columns::default();
        let mut above = self.tables[table].above.clone();
        above.sort_by_key(|key| self.depth(*key));
        for key in above {
            let Key { path, node, member } = &self.keys[key];
            columns.heads.push(path.clone());
            columns
                .kinds
                .push(self.nodes[*node].members[*member].kind());
        }
        self.add_columns(self.tables[table].root, &mut columns, places);
        columns
    }

    /// Where a key stands among those of a row: outer ones first, the subject before the id.
    pub(super) fn depth(&self, key: usize) -> (usize, bool, usize) {
        let path = &self.keys[key].path;
        (
            path.matches('/').count(),
            *path != self.settings.subject,
            key,
        )
    }

    fn add_columns(&self, node: usize, columns: &mut Columns, places: &mut [Vec<Option<usize>>]) {
        let Node { names, members, .. } = &self.nodes[node];
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by_key(|index| match &*names[*index] {
            name if node == 0 && *name == self.settings.subject => 0,
            name if *name == self.settings.id => 1,
            _ => 2,
        });
        places[node] = vec![None; members.len()];
        for index in order {
            let member = &members[index];
            if member.is_cell {
                places[node][index] = Some(columns.heads.len());
                columns.heads.push(self.nodes[node].below(index));
                columns.kinds.push(member.kind());
            }
            if let Some(object) = member.object {
                self.add_columns(object, columns, places);
            }
        }
    }
}

impl Node {
    /// The member called `name`; `hint` is where it is looked for first.
    pub fn find(&self, name: &str, hint: &mut usize) -> Option<usize> {
        // Documents of one publisher give their members in one order.
        let found = match self.names.get(*hint) {
            Some(next) if **next == *name => *hint,
            _ => *self.by_name.get(name)?,
        };
        *hint = found + 1;
        Some(found)
    }

    fn below(&self, member: usize) -> String {
        match self.path.as_str() {
            "" => self.names[member].to_string(),
            path => format!("{path}/{}", self.names[member]),
        }
    }
}

impl Member {
    /// The kind most of its values are.
    fn kind(&self) -> Kind {
        let mut best = Kind::Text;
        for kind in Kind::ALL {
            if self.seen[kind as usize] > self.seen[best as usize] {
                best = kind;
            }
        }
        best
    }
}

/// Whether a name can be a step of the path that heads a column, for flatten-tool too.
pub(super) fn can_be_step(name: &str, first: bool) -> bool {
    let digits = name.trim().trim_start_matches(['+', '-']);
    let is_index = !digits.is_empty() && digits.chars().all(|c| c.is_numeric() || c == '_');
    !name.is_empty()
        && !is_index
        && name.trim() == name
        && !name.ends_with(['[', ']'])
        && !name.starts_with('#')
        && !name
            .contains(|c: char| c == '/' || c.is_control() || c == '\u{fffe}' || c == '\u{ffff}')
        && name.chars().count() <= 250
        && !(first && wants_apostrophe(name))
}
