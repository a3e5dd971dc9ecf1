//! The whole program from outside: files go in, tables, problems and flags come out, whatever happens in between.

mod bad_input;
mod breadth;
mod crashes;
mod guide;
mod incremental;
mod links;
mod made;
mod memory;
mod new_packs;
mod real_files;
mod releases;
mod sql_safety;
mod support;
