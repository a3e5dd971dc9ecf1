//! The commands, one file each.

pub mod add;
pub mod check;
pub mod coverage;
pub mod demo;
pub mod explain;
pub mod export;
pub mod flags;
pub mod house_check;
pub mod init;
pub mod inspect;
pub mod link;
pub mod merge;
pub mod read_workbook;
pub mod run;
pub mod serve;
pub mod sql;
pub mod why;
