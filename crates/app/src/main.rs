//! The command `cotejo`.

mod bridge;
mod command;
mod demo;
mod document_file;
mod exit;
mod knowledge;
mod original_rows;
mod pipeline;
mod print;
mod texts;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Sets what offices publish side by side: reads any file, harmonises it, flags what deserves a look, and shows the rows it came from.
#[derive(Parser)]
#[command(
    name = "cotejo",
    version,
    propagate_version = true,
    after_help = "Example:\n  cotejo init w && cd w && cotejo add ../files && cotejo run && cotejo serve"
)]
struct Cotejo {
    /// Say more (-v what is done, -vv everything).
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a demonstration with invented offices and planted cases, runs everything and serves it.
    Demo(command::demo::Demo),
    /// Makes an empty workspace.
    Init(command::init::Init),
    /// Says how each file is read; touches nothing.
    Inspect(command::inspect::Inspect),
    /// Receives files and folders and reads them.
    Add(command::add::Add),
    /// Brings everything up to date; does only what has changed.
    Run(command::run::RunAll),
    /// Lists flags, or the answers of a rule.
    Flags(command::flags::Flags),
    /// How far each field of a standard is filled, by source.
    Coverage(command::coverage::Coverage),
    /// Shows the original rows behind a flag.
    Why(command::why::Why),
    /// Explains a rule or a source in words and SQL.
    Explain(command::explain::Explain),
    /// Shows who is linked with whom and why; keeps what people decide.
    Link(command::link::Link),
    /// Checks documents of a standard.
    Check(command::check::Check),
    /// Writes what a standard holds as its own documents, or a table as a file.
    Export(command::export::Export),
    /// Merges releases of files into compiled or versioned releases.
    Merge(command::merge::Merge),
    /// Runs a read-only SQL query over all tables.
    Sql(command::sql::Sql),
    /// Serves the portal.
    Serve(command::serve::Serve),
    /// Checks the house: SQL arrows, every query planned against empty tables, packs complete.
    #[command(name = "house-check", hide = true)]
    HouseCheck(command::house_check::HouseCheck),
    /// Reads a workbook for the parent process.
    #[command(name = "__read-workbook", hide = true)]
    ReadWorkbook(command::read_workbook::ReadWorkbook),
}

fn main() -> ExitCode {
    let cotejo = Cotejo::parse();
    let level = match cotejo.verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    if let Command::ReadWorkbook(command) = cotejo.command {
        return command.run();
    }
    // A panic is our bug and says so with its own number; readers of hostile files run elsewhere, under their own guard.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        std::process::exit(i32::from(exit::BUG));
    }));
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(8 << 20)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&anyhow::Error::new(error).context("starting")),
    };
    let outcome = runtime.block_on(async {
        match cotejo.command {
            Command::Demo(command) => command.run().await,
            Command::Init(command) => command.run(),
            Command::Inspect(command) => command.run(),
            Command::Add(command) => command.run().await,
            Command::Run(command) => command.run().await,
            Command::Flags(command) => command.run().await,
            Command::Coverage(command) => command.run().await,
            Command::Why(command) => command.run().await,
            Command::Explain(command) => command.run().await,
            Command::Link(command) => command.run().await,
            Command::Check(command) => command.run(),
            Command::Export(command) => command.run().await,
            Command::Merge(command) => command.run(),
            Command::Sql(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::HouseCheck(command) => command.run().await,
            Command::ReadWorkbook(_) => Ok(ExitCode::SUCCESS),
        }
    });
    outcome.unwrap_or_else(|error| exit::failed(&error))
}
