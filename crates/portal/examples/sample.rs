//! Serves the invented sample of the tests, to look at the pages.
//!
//!     cargo run -p portal --example sample -- 8099

use std::sync::Arc;

#[path = "../tests/sample/mod.rs"]
mod sample;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(8099);
    let folder = tempfile::tempdir()?;
    let original = folder.path().join("original.csv");
    std::fs::write(&original, "A,B\n1,2\n")?;
    let (documents, built) = sample::build(folder.path(), true).await;
    println!("{built:?}");
    let portal = portal::Portal::open(&documents, Arc::new(sample::Files(original))).await?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://127.0.0.1:{port}/");
    axum::serve(listener, portal::router(portal)).await?;
    Ok(())
}
