//! `cotejo serve`

use crate::bridge::Downloads;
use crate::{exit, pipeline};
use anyhow::{Context, Result};
use clap::Args;
use lake::Workspace;
use packs::Packs;
use portal::Portal;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Serves the portal of this workspace, and switches to each run when it is published.
#[derive(Args)]
#[command(after_help = "Example:\n  cotejo serve --port 8080")]
pub struct Serve {
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
}

impl Serve {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        serve(&workspace, &packs, SocketAddr::new(self.host, self.port)).await
    }
}

/// Serves until interrupted. The first line on standard output is the address.
pub async fn serve(workspace: &Workspace, packs: &Packs, address: SocketAddr) -> Result<ExitCode> {
    let Some(documents) = pipeline::documents(workspace).await? else {
        return Err(exit::usage(
            "there is nothing to serve yet: run `cotejo run` first",
        ));
    };
    let downloads = Arc::new(Downloads::open(workspace, packs).await?);
    let portal = Portal::open(&documents, downloads.clone()).await?;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address}"))?;
    println!(
        "http://{}",
        listener.local_addr().context("asking for the address")?
    );
    tokio::spawn(follow(
        workspace.clone(),
        packs.clone(),
        portal.clone(),
        downloads,
        documents,
    ));
    let stop = async {
        // If the signal cannot be listened to, the server runs until it is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    axum::serve(listener, portal::router(portal))
        .with_graceful_shutdown(stop)
        .await
        .context("serving")?;
    Ok(ExitCode::SUCCESS)
}

/// Looks every two seconds whether another run was published.
async fn follow(
    workspace: Workspace,
    packs: Packs,
    portal: Portal,
    downloads: Arc<Downloads>,
    mut serving: std::path::PathBuf,
) {
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        match pipeline::documents(&workspace).await {
            Ok(Some(latest)) if latest != serving => match portal.reload(&latest).await {
                Ok(()) => {
                    serving = latest;
                    if let Err(error) = downloads.refresh(&workspace, &packs).await {
                        tracing::error!(%error, "the list of original files cannot be read; the old one stays");
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the new pages cannot be served; the old ones stay")
                }
            },
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the catalogue cannot be read"),
        }
    }
}
