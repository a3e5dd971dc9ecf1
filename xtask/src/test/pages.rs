//! The pages of the demonstration in a real browser: the server is started here and ended by its process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::stages::Walk;
use crate::tools;

/// A prepared portal opens its port at once; a minute is for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves the demonstration and runs `xtask/pages/check.mjs` on it.
///
/// Out: whether every page is without a problem.
pub(super) fn run(walk: &mut Walk<'_>) -> Result<bool> {
    let folder = walk.demo()?;
    let mut cotejo = walk.cotejo(&folder)?;
    cotejo.args(["serve", "--port", "0"]);
    let server = Server::start(&mut cotejo)?;
    let screenshots = walk.screenshots();
    if screenshots.exists() {
        // Pictures of pages that are gone would be looked at as if they were there.
        std::fs::remove_dir_all(&screenshots).context("removing the last screenshots")?;
    }
    let checker = tools::pages_folder(walk.house).join("check.mjs");
    let status = Command::new("node")
        .arg(checker)
        .arg(&server.address)
        .arg(&screenshots)
        .envs(tools::chromium().map(|chromium| ("CHROMIUM", chromium)))
        .stdin(Stdio::null())
        .status()
        .context("starting node")?;
    Ok(status.success())
}

/// A running portal; ended when dropped.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts it and waits for the line on its standard output that holds its address.
    ///
    /// Errors: it ends, or says no address within a minute.
    fn start(command: &mut Command) -> Result<Self> {
        let process = command
            .stdout(Stdio::piped())
            .spawn()
            .context("starting cotejo serve")?;
        let mut server = Self {
            process,
            address: String::new(),
        };
        let output = server
            .process
            .stdout
            .take()
            .context("the server has no standard output")?;
        let (found, address) = mpsc::channel();
        // Reads on after the address, so that the server never waits for a reader.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                println!("{line}");
                if let Some(address) = address_in(&line) {
                    let _nobody_waits = found.send(address);
                }
            }
        });
        match address.recv_timeout(PATIENCE) {
            Ok(address) => server.address = address,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                bail!("`cotejo serve --port 0` said no address in {PATIENCE:?}")
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                bail!("`cotejo serve --port 0` ended without an address")
            }
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _already_ended = self.process.kill();
        let _already_waited = self.process.wait();
    }
}

/// The first `http://127.0.0.1:PORT` of a line.
fn address_in(line: &str) -> Option<String> {
    let start = line.find("http://127.0.0.1:")?;
    let rest = &line[start..];
    let port_at = "http://127.0.0.1:".len();
    let end = rest[port_at..]
        .find(|sign: char| !sign.is_ascii_digit())
        .map_or(rest.len(), |end| port_at + end);
    (end > port_at).then(|| rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_a_sentence() {
        let line = "El portal está en http://127.0.0.1:41234/ (Ctrl+C para terminar)";
        assert_eq!(address_in(line), Some("http://127.0.0.1:41234".to_owned()));
        assert_eq!(address_in("http://127.0.0.1:"), None);
    }
}
