//! The history of a process: its releases, what each changed, and what was known on a day.

mod sample;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use portal::{Portal, router};
use serde_json::Value;
use tower::ServiceExt;

struct Served {
    router: Router,
    _folder: tempfile::TempDir,
}

impl Served {
    async fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (documents, _) = sample::build(folder.path(), true).await;
        Self::of(folder, &documents).await
    }

    async fn of(folder: tempfile::TempDir, documents: &Path) -> Self {
        let original = folder.path().join("original.csv");
        std::fs::write(&original, "A\r\n1\r\n").unwrap();
        let portal = Portal::open(documents, Arc::new(sample::Files(original)))
            .await
            .unwrap();
        Self {
            router: router(portal),
            _folder: folder,
        }
    }

    async fn ask(&self, path: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn page(&self, path: &str) -> String {
        let (status, body) = self.ask(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        body
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str::<Value>(&self.page(path).await).unwrap()["document"].take()
    }
}

/// The values of an answer as `path=value`, with what else is said of them.
fn values(document: &Value) -> Vec<String> {
    let said = |value: &Value| {
        format!(
            "{}={}{}{}",
            value["path"].as_str().unwrap(),
            value["value"].as_str().unwrap_or("?"),
            if value["published_later"] == true {
                " later"
            } else {
                ""
            },
            value["perhaps"]
                .as_str()
                .map(|perhaps| format!(" perhaps {perhaps}"))
                .unwrap_or_default()
        )
    };
    document["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(said)
        .collect()
}

#[tokio::test]
async fn a_history_says_what_each_release_changed_and_when_it_was_published() {
    let served = Served::sample().await;
    let page = served.page("/contrato/ocds-xx7/051/historia").await;
    for words in [
        "5 entregas entre 10\u{a0}ene\u{a0}2016 y 1\u{a0}ago\u{a0}2016",
        "1 publicada tarde",
        "1 con fecha anterior a una ya publicada",
        "publicada tarde: más de 30 días después de su fecha",
        "publicada el 1\u{a0}jun\u{a0}2016",
        "modificación del contrato, x_convenio",
        "Contrato C-1 · Monto",
        "4,750,000.00",
        "6,900,000.00",
        "licitación pública",
        "no estaba",
        "se quitó",
        "No cambió ningún dato de los que se muestran.",
        "línea 4",
        &format!("href=\"/original/{}\"", sample::HASH),
        // Two hours of one day do not look alike.
        "2016-02-01T10:00:00-06:00",
        "2016-02-01T13:00:00-06:00",
        // What no pack declares keeps its path.
        "<code>tender/x_lotes[1/a]/descripción</code>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let order = [
        "1\u{a0}ago\u{a0}2016 <",
        "2\u{a0}may\u{a0}2016 <",
        "20\u{a0}feb\u{a0}2016 <",
    ];
    let places: Vec<_> = order.iter().map(|day| page.find(day).unwrap()).collect();
    assert!(places.is_sorted(), "the newest first");

    let english = served.page("/en/contrato/ocds-xx7/051/historia").await;
    assert!(
        english.contains("Contract C-1 · Amount")
            && english.contains("dated before one already published")
    );
}

#[tokio::test]
async fn personal_data_and_keys_of_persons_are_in_no_history() {
    let served = Served::sample().await;
    for path in [
        "/contrato/ocds-xx7/051/historia",
        "/contrato/ocds-xx7/051/historia.json",
        "/contrato/ocds-xx7/051/historia.csv",
        "/contrato/ocds-xx7/051/historia?al=2020-01-01",
        "/contrato/ocds-xx7/051/historia.json?al=2020-01-01",
        "/contrato/ocds-xx7/051/historia.csv?al=2020-01-01",
    ] {
        let text = served.page(path).await;
        for private in [
            "juan@example.org",
            "faxNumber",
            "ROSM850101AB1",
            "<script>alert",
        ] {
            let hostile = private == "<script>alert" && !path.ends_with("historia");
            assert!(hostile || !text.contains(private), "{path}: {private}");
        }
        assert!(text.contains("parties[ROSM•••••••••]/name"), "{path}");
    }
    let document = served.json("/contrato/ocds-xx7/051/historia.json").await;
    assert_eq!(document["withheld"], 3);
    let page = served.page("/contrato/ocds-xx7/051/historia").await;
    assert!(page.contains("3 cambios de datos personales no se muestran."));
    let csv = served.page("/contrato/ocds-xx7/051/historia.csv").await;
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{csv}");
    assert_eq!(
        csv.lines().count(),
        1 + 21 + 1,
        "a release that changed nothing has a row"
    );
}

#[tokio::test]
async fn a_backdated_release_shows_between_its_date_and_its_publication() {
    let served = Served::sample().await;
    let path = "/contrato/ocds-xx7/051/historia";
    let by_date = served.json(&format!("{path}.json?al=2016-02-25")).await;
    assert_eq!(by_date["releases"], 2);
    let by_date = values(&by_date);
    assert!(
        by_date.contains(&"tender/status=complete later".to_owned()),
        "{by_date:?}"
    );
    assert!(by_date.contains(&"tender/procurementMethod=open".to_owned()));

    let asked = |day: &str| format!("{path}.json?al={day}&por=publicacion");
    let published = values(&served.json(&asked("2016-02-25")).await);
    assert!(
        published.contains(&"tender/status=active".to_owned()),
        "{published:?}"
    );
    assert!(!published.iter().any(|value| value.starts_with("awards")));
    // A release of March may have said again what that of February, not yet published, had said.
    let published = values(&served.json(&asked("2016-04-01")).await);
    assert!(
        published.contains(&"tender/status=active perhaps complete".to_owned()),
        "{published:?}"
    );
    assert!(published.contains(&"awards[2016-1]/id=? perhaps 2016-1".to_owned()));
    assert!(published.contains(&"contracts[C-1]/value/amount=4750000".to_owned()));
    let published = values(&served.json(&asked("2016-06-01")).await);
    assert!(
        published.contains(&"tender/status=complete".to_owned()),
        "{published:?}"
    );
    assert!(
        published.contains(&"contracts[C-1]/value/amount=4750000".to_owned()),
        "the late one is not out yet"
    );
    let removed = values(&served.json(&asked("2016-07-10")).await);
    assert!(removed.contains(&"contracts[C-1]/value/amount=6900000".to_owned()));
    assert!(!removed.iter().any(|value| value.contains("x_lotes")));

    let page = served.page(&format!("{path}?al=2016-02-25")).await;
    for words in [
        "Lo que se sabía el 25\u{a0}feb\u{a0}2016",
        "se publicó después: 1\u{a0}jun\u{a0}2016",
        "5 de estos valores se publicaron después de ese día.",
        "Adjudicaciones",
        "Solo lo publicado para ese día",
        "value=\"2016-02-25\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let page = served
        .page(&format!("{path}?al=2016-04-01&por=publicacion"))
        .await;
    assert!(page.contains("no es seguro que se supiera") && page.contains("quizá ya:"));
    let nothing = served.page(&format!("{path}?al=2000-01-01")).await;
    assert!(nothing.contains("De ese día no hay ninguna entrega anterior."));
}

#[tokio::test]
async fn a_day_that_is_none_is_said_and_nothing_fails() {
    let served = Served::sample().await;
    for asked in [
        "ayer",
        "2016-02-30",
        "%3Cscript%3E",
        "2016-05-01T00%3A00",
        "-1",
    ] {
        let page = served
            .page(&format!("/contrato/ocds-xx7/051/historia?al={asked}"))
            .await;
        assert!(page.contains("Eso no es un día del calendario"), "{asked}");
        assert!(
            page.contains("Entregas, la más reciente primero"),
            "{asked}"
        );
    }
    let page = served.page("/contrato/ocds-xx7/051/historia?al=").await;
    assert!(!page.contains("Eso no es un día"));
}

#[tokio::test]
async fn a_long_history_is_cut_into_pages_and_none_of_it_is_lost() {
    let served = Served::sample().await;
    let path = "/contrato/ocds-xx7/052/historia";
    let first = served.page(path).await;
    assert!(
        first.contains("Página 1 de 15") && first.contains("1,500 cambios"),
        "{first}"
    );
    let mut changes = 0;
    for page in 1..=15 {
        let document = served.json(&format!("{path}.json?pagina={page}")).await;
        assert_eq!(document["pages"], 15);
        for release in document["releases"].as_array().unwrap() {
            changes += release["changes"].as_array().unwrap().len();
        }
        let html = served.page(&format!("{path}?pagina={page}")).await;
        assert!(html.len() < 120_000, "{}", html.len());
    }
    assert_eq!(changes, 1_500);
    let csv = served.page(&format!("{path}.csv")).await;
    assert_eq!(csv.lines().count(), 1 + 1_500);
    let known = served.json(&format!("{path}.json?al=2018-02-01")).await;
    assert_eq!(known["values"].as_array().unwrap().len(), 1_350);
    let page = served
        .page(&format!("{path}?al=2018-02-01&pagina=14"))
        .await;
    assert!(page.contains("Página 14 de 14") && page.contains("tender/items[1349]/description"));
    let unpublished = served
        .page(&format!("{path}?al=2018-02-01&por=publicacion"))
        .await;
    assert!(unpublished.contains("3 entregas no cuentan aquí: no se sabe cuándo se publicaron."));
}

#[tokio::test]
async fn the_page_of_a_process_links_to_its_history_only_when_there_is_one() {
    let served = Served::sample().await;
    let page = served.page("/contrato/ocds-xx7/051").await;
    for words in [
        "href=\"/contrato/ocds-xx7/051/historia\"",
        "5 entregas entre 10\u{a0}ene\u{a0}2016 y 1\u{a0}ago\u{a0}2016; última: actualización del contrato",
        "1 publicada tarde",
        "1 con fecha anterior a una ya publicada",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let json = served.json("/contrato/ocds-xx7/051.json").await;
    assert_eq!(json["history"]["backdated"], 1);
    // One release, and one beside its compiled release: no history.
    for ocid in ["054", "055", "056"] {
        let page = served.page(&format!("/contrato/ocds-xx7/{ocid}")).await;
        assert!(!page.contains("/historia"), "{ocid}");
    }
    let page = served.page("/contrato/ocds-xx7/054/historia").await;
    assert!(
        !page.contains("Entregas, la más reciente"),
        "the process itself, as for any other word"
    );
    assert_eq!(
        served.ask("/contrato/nada/historia").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        served.ask("/obra/44022/historia").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        served
            .ask("/contrato/ocds-xx7/051/historia?fuente=nadie")
            .await
            .0,
        StatusCode::NOT_FOUND
    );

    let work = served.page("/obra/44021").await;
    assert!(work.contains("href=\"/obra/44021/historia\"") && work.contains("2 entregas entre"));
    let history = served.page("/obra/44021/historia").await;
    assert!(
        history.contains("100.00") && history.contains("250.50"),
        "{history}"
    );
}

#[tokio::test]
async fn two_offices_that_publish_one_process_have_a_history_each() {
    let served = Served::sample().await;
    let path = "/contrato/ocds-xx7/053/historia";
    let own = served.json(&format!("{path}.json")).await;
    assert_eq!(
        own["source"],
        sample::VALLE,
        "that of the page of the process first"
    );
    let page = served.page(path).await;
    assert!(page.contains(&format!("fuente={}", sample::ARBOLEDA)));
    // A date that cannot be read is shown as it was published.
    assert!(
        page.contains("sin fecha <span") && page.contains("sin etiqueta"),
        "{page}"
    );
    let other = served
        .page(&format!("{path}?fuente={}", sample::ARBOLEDA))
        .await;
    assert!(other.contains(&format!("name=\"fuente\" value=\"{}\"", sample::ARBOLEDA)));
    let known = served.json(&format!("{path}.json?al=2030-01-01")).await;
    assert_eq!(known["undated"], 1);
    assert_eq!(values(&known), [format!("tender/title={}", sample::VALLE)]);
}

#[tokio::test]
async fn histories_are_left_out_where_no_step_has_filled_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = sample::tables().await;
    tables.without(&["release", "change"]);
    let documents = folder.path().join("documents.db");
    portal::build(
        &tables,
        &sample::Cells,
        &sample::texts(),
        &sample::options(true),
        &documents,
    )
    .await
    .unwrap();
    let served = Served::of(folder, &documents).await;
    assert!(
        !served
            .page("/contrato/ocds-xx7/051")
            .await
            .contains("/historia")
    );
}
