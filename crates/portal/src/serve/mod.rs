//! Documents into pages: addresses, headers, and the switch from one run to the next.

mod answer;
mod frame;
mod originals;
mod pages;
mod portal;

use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::Error;
use crate::address::{Address, Page};
use crate::document::Process;
use crate::figures::Level;
use crate::history::History;

pub use originals::{Original, OriginalStore};
pub use portal::Portal;

use answer::Answer;
use frame::Frame;

/// No page takes a body; forms ask by GET.
const BODY_BYTES: usize = 16 * 1024;
/// A page is one or two look-ups; one that takes this long is broken.
const TIMEOUT: Duration = Duration::from_secs(15);

/// No script at all, no style but our own file, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The site: every page in both languages, each also as JSON and CSV.
pub fn router(portal: Portal) -> Router {
    Router::new()
        .route("/salud", get(health))
        .route("/original/{sha256}", get(originals::download))
        .route("/{stylesheet}", get(stylesheet))
        .fallback(get(page))
        .layer(
            ServiceBuilder::new()
                .layer(TraceLayer::new_for_http())
                .layer(middleware::from_fn_with_state(portal.clone(), headers))
                .layer(CompressionLayer::new())
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::SERVICE_UNAVAILABLE,
                    TIMEOUT,
                ))
                .layer(RequestBodyLimitLayer::new(BODY_BYTES))
                .layer(CatchPanicLayer::custom(|_| broken())),
        )
        .with_state(portal)
}

async fn health() -> &'static str {
    "ok"
}

/// The style sheet under its hashed name; any other single word is a page.
async fn stylesheet(
    State(portal): State<Portal>,
    uri: Uri,
    query: Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    if uri.path() == frame::stylesheet_path() {
        return answer::stylesheet(&headers);
    }
    page(State(portal), uri, query, headers).await
}

/// Every page: its address says which, in what language and in what form.
async fn page(
    State(portal): State<Portal>,
    uri: Uri,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let serving = portal.serving();
    let (lang, address) = Address::parse(uri.path());
    // What an address of the search cannot mean is not repeated in its links.
    let query = match &address {
        Some(address) if address.page == Page::Search => pages::search::tidy(query),
        _ => query,
    };
    let mut frame = Frame::new(lang, &serving.site, portal.originals(), &query);
    let found = match address {
        Some(address) => match draw(&serving, &mut frame, &address).await {
            // The id itself may end in `.json` or `.csv`.
            Err(Error::NotFound) => match address.with_suffix_in_id() {
                Some(other) => draw(&serving, &mut frame, &other).await,
                None => Err(Error::NotFound),
            },
            other => other,
        },
        None => Err(Error::NotFound),
    };
    match found {
        Ok(answer) => answer.respond(&headers, serving.site.invented),
        Err(error) => {
            if error.status().is_server_error() {
                tracing::error!(path = uri.path(), %error, "the page could not be drawn");
            }
            failed(
                Frame::new(lang, &serving.site, portal.originals(), &[]),
                &error,
            )
        }
    }
}

/// Finds the documents of a page and draws it in the form asked for.
async fn draw(
    serving: &portal::Serving,
    frame: &mut Frame<'_>,
    address: &Address,
) -> Result<Answer, Error> {
    frame.page = address.page.clone();
    frame.format = address.format;
    let documents = &serving.documents;
    match &address.page {
        Page::Home => pages::home::draw(frame, documents.get("home").await?),
        Page::Compare if frame.param("vista") == Some("reglas") => {
            pages::visible::draw(frame, documents.get("visible").await?)
        }
        Page::Compare if matches!(frame.param("vista"), Some("contratos" | "obras")) => {
            pages::side_by_side::draw(frame, documents).await
        }
        Page::Compare => {
            match frame
                .param("estandar")
                .or(serving.site.compared.first().map(String::as_str))
            {
                Some(standard) => pages::compare::draw(frame, documents.get(standard).await?),
                None => pages::visible::draw(frame, documents.get("visible").await?),
            }
        }
        // Whoever writes the code of a rule where a flag goes means the rule.
        Page::Flag(code) if serving.site.texts.rule(code).is_some() => {
            pages::rule::draw(frame, documents, documents.get(code).await?).await
        }
        Page::Flag(id) => pages::flag::draw(frame, documents.get(id).await?),
        Page::Rules => pages::rules::draw(frame, documents.get("visible").await?),
        Page::Rule(code) => pages::rule::draw(frame, documents, documents.get(code).await?).await,
        Page::Contract(id) => {
            let process = process(documents, id).await?;
            pages::contract::draw(frame, process, id)
        }
        Page::Work(id) => pages::work::draw(frame, documents.get(id).await?),
        Page::ContractHistory(id) => match documents.find(&History::id("ocds", id)).await? {
            Some(history) => pages::history::draw(frame, documents, history).await,
            // A contract may have that word for its number.
            None => {
                let own = format!("{id}/historia");
                pages::contract::draw(frame, process(documents, &own).await?, &own)
            }
        },
        Page::WorkHistory(id) => {
            let history = documents.get(&History::id("oc4ids", id)).await?;
            pages::history::draw(frame, documents, history).await
        }
        Page::Supplier(id) => pages::supplier::draw(frame, documents.get(id).await?),
        Page::Sources => pages::sources::draw(frame, documents.get("home").await?),
        Page::Source(source) => pages::source::draw(frame, documents.get(source).await?),
        Page::Contracts(key) => {
            pages::rows::contracts(frame, documents, documents.get(key).await?).await
        }
        Page::Works(key) => pages::rows::works(frame, documents, documents.get(key).await?).await,
        Page::Buyers => pages::buyers::draw(frame, documents).await,
        Page::Buyer(id) => {
            let key = Level::Buyer.key(id);
            pages::buyer::draw(frame, documents.get(&key).await?)
        }
        Page::Places => pages::places::draw(frame, documents.get("tile_map").await?),
        Page::Place(code) => pages::place::draw(frame, documents, documents.get(code).await?).await,
        Page::Method => pages::method::draw(frame),
        Page::Search => pages::search::draw(frame, &serving.index).await,
    }
}

/// A process by its own id, or by the id of one of its parts: `ocid/contract`.
async fn process(documents: &crate::store::Documents, id: &str) -> Result<Process, Error> {
    // Four steps up are enough: an ocid with a slash, and a contract with one.
    let parents = id.rmatch_indices('/').map(|(at, _)| &id[..at]).take(4);
    for candidate in std::iter::once(id).chain(parents) {
        if let Some(process) = documents.find::<Process>(candidate).await? {
            return Ok(process);
        }
    }
    Err(Error::NotFound)
}

/// The status page of an error.
fn failed(frame: Frame<'_>, error: &Error) -> Response {
    let status = error.status();
    match pages::error::html(frame, error) {
        Ok(html) => (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(_) => broken(),
    }
}

/// The last page, for when no other can be drawn.
fn broken() -> Response {
    let html = "<!doctype html><html lang=\"es\"><meta charset=\"utf-8\"><title>Error · Cotejo</title>\
                <h1>Algo falló de nuestro lado</h1><p>Intente de nuevo en un momento.</p>\
                <p lang=\"en\">Something failed on our side. Please try again in a moment.</p></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, Html(html)).into_response()
}

/// Headers of every answer.
async fn headers(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if portal.serving().site.invented {
        headers.insert("x-cotejo-invented", HeaderValue::from_static("true"));
    }
    response
}
