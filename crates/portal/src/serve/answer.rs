//! An answer in its form, with its validator: what was asked again and has not changed is not sent again.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::csv::Csv;

use super::frame::{Frame, STYLE};

/// A page, or its data.
pub(crate) enum Answer {
    /// A page.
    Html(String),
    /// Its data as JSON.
    Json(String),
    /// Its data as CSV.
    Csv(String),
}

impl Answer {
    /// The data of a page as JSON: the document, with what must never be cut off from it.
    pub(crate) fn json(frame: &Frame<'_>, document: &impl Serialize) -> Result<Self, Error> {
        let envelope = json!({
            "invented": frame.site.invented,
            "notice": frame.w.t("flag_notice"),
            "data_date": frame.site.data_date,
            "run": frame.site.run,
            "license": frame.site.license,
            "page": frame.here(),
            "document": document,
        });
        let text = serde_json::to_string(&envelope).map_err(|source| Error::Shape {
            kind: "json".to_owned(),
            id: frame.here(),
            source,
        })?;
        Ok(Self::Json(text))
    }

    /// The data of a page as CSV.
    pub(crate) fn csv(csv: Csv) -> Self {
        Self::Csv(csv.finish())
    }

    pub(super) fn respond(self, headers: &HeaderMap, invented: bool) -> Response {
        let (kind, body) = match self {
            Self::Html(body) => ("text/html; charset=utf-8", body),
            Self::Json(body) => ("application/json; charset=utf-8", body),
            Self::Csv(body) => ("text/csv; charset=utf-8", body),
        };
        // Weak, since the same page may travel compressed or not.
        let etag = format!(
            "W/\"{}\"",
            digest(&[body.as_bytes(), &[u8::from(invented)]])
        );
        let fresh = [
            (header::ETAG, etag.clone()),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ];
        if matches(headers, &etag) {
            return (StatusCode::NOT_MODIFIED, fresh).into_response();
        }
        (fresh, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

/// True when the reader already holds this version.
fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

/// Sixteen hexadecimal digits that change with the bytes.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

static STYLE_TAG: LazyLock<String> =
    LazyLock::new(|| format!("W/\"{}\"", digest(&[STYLE.as_bytes()])));

/// The style sheet: its name holds its hash, so it may be kept for ever.
pub(super) fn stylesheet(headers: &HeaderMap) -> Response {
    let tag = HeaderValue::from_str(&STYLE_TAG)
        .expect("hexadecimal digits and quotes are a header value");
    let kept = [
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (header::ETAG, tag),
    ];
    if matches(headers, &STYLE_TAG) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (
        kept,
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        STYLE,
    )
        .into_response()
}
