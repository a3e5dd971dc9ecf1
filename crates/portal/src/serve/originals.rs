//! The original files, byte for byte, for those that are public.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::io::AsyncReadExt;

use crate::Error;
use crate::text::Lang;

use super::frame::Frame;
use super::portal::Portal;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// An original file.
#[derive(Debug, Clone)]
pub struct Original {
    /// Where it is.
    pub path: PathBuf,
    /// The name with which it is downloaded.
    pub name: String,
    /// False when it holds personal data that may not be published.
    pub public: bool,
}

/// Finds original files by their hash.
pub trait OriginalStore: Send + Sync {
    /// The file with this SHA-256 (64 lowercase hexadecimal digits), when the workspace has it.
    fn open(&self, sha256: &str) -> Option<Original>;
}

/// True for 64 lowercase hexadecimal digits: nothing else ever reaches the store.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Hands out an original file.
pub(super) async fn download(
    State(portal): State<Portal>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Response {
    match answer(&portal, &sha256, &headers).await {
        Ok(response) => response,
        Err(error) => {
            if error.status().is_server_error() {
                tracing::error!(sha256, %error, "the original could not be read");
            }
            let serving = portal.serving();
            super::failed(
                Frame::new(Lang::Es, &serving.site, portal.originals(), &[]),
                &error,
            )
        }
    }
}

async fn answer(portal: &Portal, sha256: &str, headers: &HeaderMap) -> Result<Response, Error> {
    if !is_hash(sha256) {
        return Err(Error::NotFound);
    }
    let original = portal.originals().open(sha256).ok_or(Error::NotFound)?;
    if !original.public {
        return Err(Error::NotPublic);
    }
    let etag = format!("\"{sha256}\"");
    // `no-cache`: what was public may have to be withdrawn.
    let cache = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let failed = |source| Error::Io {
        path: original.path.display().to_string(),
        source,
    };
    let file = tokio::fs::File::open(&original.path)
        .await
        .map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let stream = futures::stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, file)))
    });
    let plain: String = original
        .name
        .chars()
        .map(|sign| {
            if sign.is_ascii_alphanumeric() || ".-_".contains(sign) {
                sign
            } else {
                '_'
            }
        })
        .collect();
    let disposition = format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        crate::address::encode(&original.name.replace(['/', ':'], "_"))
    );
    let described = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((cache, described, Body::from_stream(stream)).into_response())
}
