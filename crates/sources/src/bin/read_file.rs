//! Reads files with a listener that only counts, and says what it heard: for measuring and for looking at one
//! file. It is also the child that takes workbooks apart in the tests.
//!
//!     cargo run --release --package sources --bin read_file -- FILE…

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use sources::{
    Account, Error, Limits, Listener, Object, Part, Plan, Problem, Row, Shape, Workbooks,
};

#[derive(Default)]
struct Counter {
    bytes: u64,
    cells: u64,
    problems: Vec<(&'static str, u64, String)>,
    beside: u64,
}

impl Listener for Counter {
    fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
        println!(
            "part {} {:?} {} {} {:?}",
            part.part_id, part.name, part.format, part.encoding, part.delimiter
        );
        match &part.shape {
            Shape::Table {
                header,
                preamble,
                header_position,
                ..
            } => {
                println!("  header at {header_position}: {header:?}");
                for line in preamble {
                    println!("  above: {line}");
                }
                Ok(Plan::Table)
            }
            Shape::Document { sample, many } => {
                println!("  {} paths, many: {many}", sample.len());
                let path = ["records[]/compiledRelease", "releases[]", "[]"];
                let record_path = path
                    .iter()
                    .find(|p| sample.iter().any(|(s, _)| s.starts_with(**p)))
                    .unwrap_or(&"");
                Ok(Plan::Document {
                    record_path: record_path.to_string(),
                    lists: Vec::new(),
                    pieces: true,
                })
            }
        }
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), Error> {
        self.bytes += row.text.len() as u64;
        self.cells += row.len() as u64;
        Ok(())
    }

    fn column(&mut self, _: usize, _: u32, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn object(&mut self, object: &Object<'_>) -> Result<(), Error> {
        self.bytes += object
            .values
            .iter()
            .map(|(_, v)| v.len() as u64)
            .sum::<u64>();
        self.cells += object.values.len() as u64;
        Ok(())
    }

    fn cell(&mut self, _: u64, _: usize, _: &'static str, _: &str) -> Result<(), Error> {
        self.beside += 1;
        Ok(())
    }

    fn problem(&mut self, p: Problem) -> Result<(), Error> {
        match self.problems.iter_mut().find(|(code, ..)| *code == p.code) {
            Some((_, n, _)) => *n += 1,
            None => self.problems.push((
                p.code,
                1,
                format!("{} {:?}: {}", p.position, p.found, p.action),
            )),
        }
        Ok(())
    }

    fn end(&mut self, account: Account) -> Result<(), Error> {
        println!("  {account:?}");
        Ok(())
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, path, memory] = arguments.as_slice()
        && command == "__read-workbook"
    {
        return ExitCode::from(sources::child_main(
            Path::new(path),
            memory.parse().unwrap_or(0),
        ));
    }
    for path in &arguments {
        let (mut counter, start) = (Counter::default(), Instant::now());
        if let Err(e) = sources::read_file(
            Path::new(path),
            path,
            &Limits::default(),
            &Workbooks::InProcess,
            &mut counter,
        ) {
            eprintln!("{path}: {e}");
            return ExitCode::FAILURE;
        }
        for (code, times, first) in &counter.problems {
            println!("  {code} × {times}: {first}");
        }
        let Counter {
            bytes,
            cells,
            beside,
            ..
        } = counter;
        println!(
            "{path}: {cells} cells, {bytes} bytes, {beside} beside, {:?}",
            start.elapsed()
        );
    }
    ExitCode::SUCCESS
}
