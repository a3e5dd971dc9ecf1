//! Every page of a small invented run, read as a reader would: by its links.

mod sample;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use portal::document::{
    Answers, Cell, Compare, CompareField, CompareTable, Office, Published, Site, SourceBrief,
    Visible, VisibleRule,
};
use portal::text::{FieldText, RuleText, StandardText, TableText, Text, Texts};
use portal::{Portal, Writer, router};
use tempfile::TempDir;
use tower::ServiceExt;

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

struct Served {
    router: Router,
    portal: Portal,
    folder: TempDir,
}

impl Served {
    async fn sample(invented: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (documents, _) = sample::build(folder.path(), invented).await;
        Self::of(folder, &documents).await
    }

    async fn of(folder: TempDir, documents: &Path) -> Self {
        let original: PathBuf = folder.path().join("original.csv");
        std::fs::write(&original, "A;B\r\n1;ñ\r\n").unwrap();
        let portal = Portal::open(documents, Arc::new(sample::Files(original)))
            .await
            .unwrap();
        Self {
            router: router(portal.clone()),
            portal,
            folder,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The id of a supplier's page, by the beginning of its name and its office.
    async fn supplier(&self, name: &str, source: &str) -> String {
        let path = format!("/buscar.json?tipo=proveedor&fuente={source}&q={name}");
        let answer = self.get(&path).await;
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let found = &json["document"]["results"][0];
        found["id"].as_str().unwrap().to_owned()
    }
}

/// The addresses inside the site that a page links to, unescaped.
fn links(html: &str) -> BTreeSet<String> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with('/'))
        .map(|href| href.replace("&#38;", "&").replace("&amp;", "&"))
        .map(|href| href.split('#').next().unwrap().to_owned())
        .collect()
}

/// Every address that can be reached from the first page.
async fn crawl(served: &Served) -> BTreeMap<String, Answer> {
    let mut seen = BTreeMap::new();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    while let Some(path) = waiting.pop_front() {
        if seen.contains_key(&path) {
            continue;
        }
        let answer = served.get(&path).await;
        if answer.header("content-type").starts_with("text/html") {
            waiting.extend(links(&answer.text()));
        }
        seen.insert(path, answer);
    }
    seen
}

#[tokio::test]
async fn every_link_leads_somewhere_in_both_languages_and_all_forms() {
    let served = Served::sample(true).await;
    let pages = crawl(&served).await;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, answer) in &pages {
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let kind = answer.header("content-type").split(';').next().unwrap();
        *kinds
            .entry(if kind == "text/html" {
                "html"
            } else {
                kind.rsplit('/').next().unwrap()
            })
            .or_default() += 1;
        assert_eq!(answer.header("x-cotejo-invented"), "true", "{path}");
        match kind {
            "text/html" => check_html(path, &answer.text()),
            "application/json" => {
                let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                assert_eq!(json["invented"], true, "{path}");
                assert!(json["notice"].as_str().unwrap().len() > 20, "{path}");
            }
            "text/csv" => assert!(answer.text().starts_with('\u{feff}'), "{path}"),
            _ => {}
        }
    }
    for page in [
        "",
        "comparar",
        "bandera/",
        "regla",
        "regla/",
        "contrato/",
        "obra/",
        "proveedor/",
        "fuente",
        "fuente/",
        "metodo",
        "buscar",
        "contratos/",
        "obras/",
        "comprador",
        "comprador/",
        "lugar",
        "lugar/",
    ] {
        for lang in ["", "/en"] {
            let found = pages.keys().any(|path| {
                *path == format!("{lang}/{page}") || path.starts_with(&format!("{lang}/{page}"))
            });
            assert!(found, "{lang}/{page}");
        }
    }
    // Each page in two languages, each of them as CSV and JSON.
    assert!(
        kinds["html"] > 200 && kinds["csv"] > 200 && kinds["json"] > 200,
        "{kinds:?}"
    );
}

fn check_html(path: &str, html: &str) {
    let lang = if path.starts_with("/en/") || path == "/en" {
        "en"
    } else {
        "es-MX"
    };
    assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{path}");
    assert_eq!(html.matches("<h1").count(), 1, "{path}");
    assert!(
        html.contains(if lang == "en" {
            "Invented data."
        } else {
            "Datos inventados."
        }),
        "{path}"
    );
    assert!(
        html.contains("hreflang=\"en\"") && html.contains("rel=\"canonical\""),
        "{path}"
    );
    for forbidden in ["<script", " style=", "javascript:", " onclick", "corrupt"] {
        assert!(
            !html.to_lowercase().contains(forbidden),
            "{path}: {forbidden}"
        );
    }
    // Each form of a table or chart has its words beside it.
    for table in html.split("<table").skip(1) {
        assert!(
            table.split("</table>").next().unwrap().contains("<caption"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn private_data_are_on_no_page_and_in_no_download() {
    let served = Served::sample(true).await;
    for (path, answer) in crawl(&served).await {
        let text = String::from_utf8_lossy(&answer.body).to_string();
        for private in ["ROSM850101AB1", "juan@example.org", "Juan Pérez"] {
            assert!(!text.contains(private), "{path}: {private}");
        }
    }
    let page = served.get("/bandera/0000000000000003").await.text();
    assert!(page.contains("ROSM•••••••••"), "the cell is shown, masked");
    let id = served.supplier("maria", sample::VALLE).await;
    let page = served.get(&format!("/proveedor/{id}")).await.text();
    assert!(page.contains("ROSM•••••••••") && page.contains("oculto en parte"));
    assert!(
        !page.contains("69-B del Código"),
        "a suppressed identity is never matched"
    );
}

#[tokio::test]
async fn hostile_names_are_words_and_formulas_are_defused() {
    let served = Served::sample(true).await;
    let page = served.get("/bandera/0000000000000003").await.text();
    assert!(page.contains("&#60;script&#62;alert") && !page.contains("<script>alert"));
    let csv = served.get("/bandera/0000000000000003.csv").await.text();
    assert!(
        csv.contains("\"'=FORMULA()\",\"'=HYPERLINK(\"\"http://x\"\")\""),
        "{csv}"
    );
    let search = served.get("/buscar?q=%22%3E%3Cscript%3E").await.text();
    assert!(!search.contains("\"><script>"));
}

#[tokio::test]
async fn a_missing_page_says_so_in_its_language() {
    let served = Served::sample(true).await;
    for (path, words) in [
        ("/no-existe", "No hay una página"),
        ("/en/no-existe", "There is no page"),
        ("/bandera/nada", "No hay una página"),
        ("/bandera/nada.json", "No hay una página"),
        ("/contrato/a/b/c/d/e/f/g", "No hay una página"),
        ("/comparar?estandar=nada", "No hay una página"),
        ("/%ff", "No hay una página"),
        ("/original/nada", "No hay una página"),
    ] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains(words), "{path}");
        assert!(answer.text().contains("Cotejo"), "{path}");
    }
    assert_eq!(
        served.ask(Method::POST, "/", &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(served.get("/salud").await.text(), "ok");
}

#[tokio::test]
async fn headers_allow_no_script_and_nothing_from_elsewhere() {
    let served = Served::sample(false).await;
    for path in ["/", "/no-existe", "/comparar.csv", "/salud"] {
        let answer = served.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'")
                && !policy.contains("script"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert_eq!(
            answer.header("x-cotejo-invented"),
            "",
            "real data carry no such header"
        );
    }
    assert!(!served.get("/").await.text().contains("Datos inventados"));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let served = Served::sample(true).await;
    let style = links(&served.get("/").await.text())
        .into_iter()
        .find(|href| href.ends_with(".css"))
        .unwrap();
    for path in [
        "/",
        "/comparar.json",
        style.as_str(),
        &format!("/original/{}", sample::HASH),
    ] {
        let first = served.get(path).await;
        let etag = first.header("etag").to_owned();
        assert!(!etag.is_empty(), "{path}");
        let again = served
            .ask(Method::GET, path, &[("if-none-match", &etag)])
            .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(again.body.is_empty(), "{path}");
        let other = served
            .ask(Method::GET, path, &[("if-none-match", "\"other\"")])
            .await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
    }
    assert!(
        served
            .get(&style)
            .await
            .header("cache-control")
            .contains("immutable")
    );
    let packed = served
        .ask(Method::GET, &style, &[("accept-encoding", "gzip")])
        .await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < 8_000, "{}", packed.body.len());
}

#[tokio::test]
async fn originals_are_handed_out_whole_and_only_when_public() {
    let served = Served::sample(true).await;
    let answer = served.get(&format!("/original/{}", sample::HASH)).await;
    assert_eq!(answer.text(), "A;B\r\n1;ñ\r\n");
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"contratos_2015__.csv\"; filename*=UTF-8''contratos%202015%20%C3%B1.csv"
    );
    let private = served.get(&format!("/original/{}", "0".repeat(64))).await;
    assert_eq!(private.status, StatusCode::FORBIDDEN);
    assert!(!private.text().contains("A;B"));
    for path in [
        "/original/..%2f..%2fetc%2fpasswd",
        &format!("/original/{}", sample::HASH.to_uppercase()),
    ] {
        assert_eq!(
            served.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let page = served.get("/bandera/0000000000000003").await.text();
    assert!(page.contains(&format!("href=\"/original/{}\"", sample::HASH)));
}

#[tokio::test]
async fn a_contract_is_found_by_its_process_and_by_its_own_number() {
    let served = Served::sample(true).await;
    let process = served.get("/contrato/ocds-xx7/051").await.text();
    let contract = served.get("/contrato/ocds-xx7/051/51").await.text();
    assert!(!process.contains("is-here") && contract.contains("is-here"));
    let encoded = served.get("/contrato/ocds-xx7%2F051").await;
    assert_eq!(encoded.status, StatusCode::OK);
    let missing = served.get("/contrato/arboleda-100013/13").await.text();
    assert!(
        missing.contains("monto no publicado"),
        "what nobody published is not zero"
    );
    for (path, words) in [
        (
            "/buscar?q=SAN%20RAMON",
            "<mark>San</mark> <mark>Ramón</mark>",
        ),
        ("/buscar?q=modernizacion", "<mark>Modernización</mark>"),
        ("/buscar?q=44012", "Clave de la obra igual"),
        ("/buscar?q=CEN010203XY1", "RFC igual"),
    ] {
        let page = served.get(path).await.text();
        assert!(page.contains(words), "{path}: {words}");
    }
}

#[tokio::test]
async fn the_five_states_and_the_three_answers_look_different() {
    let served = Served::sample(true).await;
    let compare = served.get("/comparar?estandar=oc4ids").await.text();
    for words in [
        "3,140 de 3,140",
        "2,441 de 3,140",
        "0 de 3,140",
        "no se publica",
        "k-full",
        "k-partial",
        "k-empty",
        "k-absent",
    ] {
        assert!(compare.contains(words), "{words}");
    }
    let ocds = served.get("/comparar?estandar=ocds").await.text();
    assert!(ocds.contains("k-none") && ocds.contains("no aplica: sin filas"));
    let csv = served.get("/comparar.csv?estandar=oc4ids").await.text();
    assert!(
        csv.contains("oc4ids,project,status,xx__obras,2015,absent,,\r\n"),
        "no column is no count"
    );
    assert!(csv.contains("oc4ids,project,description,xx__obras,2015,empty,3140,0\r\n"));
    let rules = served.get("/comparar?vista=reglas").await.text();
    for words in [
        "k-flag",
        "k-clear",
        "k-unknown",
        "k-none",
        "falta el monto adjudicado",
    ] {
        assert!(rules.contains(words), "{words}");
    }
    let one = served
        .get("/comparar?estandar=oc4ids&fuente=xx__obras%3A2021&fuente=xx_costa__obras%3Aproject")
        .await
        .text();
    assert!(!one.contains("3,140 de 3,140") && one.contains("1,786 de 1,786"));
}

#[tokio::test]
async fn a_name_is_never_certain_and_later_is_not_a_flag() {
    let served = Served::sample(true).await;
    let id = served.supplier("caminos%20y", sample::ARBOLEDA).await;
    let page = served.get(&format!("/proveedor/{id}")).await.text();
    assert!(
        page.contains("Posible coincidencia, solo por nombre")
            && page.contains("Reunido solo por nombre")
    );
    assert!(!page.contains("Enlazado con certeza"));
    let id = served.supplier("constructora", sample::VALLE).await;
    let page = served.get(&format!("/proveedor/{id}")).await.text();
    assert!(page.contains("Enlazado con certeza") && !page.contains("Reunido solo por nombre"));
    assert!(
        page.contains("Posiblemente el mismo"),
        "the same name in another office is not added up"
    );
    let noted = served.get("/bandera/0000000000002004").await.text();
    assert!(noted.contains("Sin bandera, con una nota") && noted.contains("listada después"));
    let closed = served.get("/regla/MX69B").await.text();
    assert!(closed.contains("2 casos sin bandera, con nota"));
}

#[tokio::test]
async fn a_supplier_gathers_what_is_linked_and_says_how() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linked.db");
    let tables = sample::linked_tables().await;
    let (texts, options) = (sample::texts(), sample::options(true));
    portal::build(&tables, &sample::Cells, &texts, &options, &path)
        .await
        .unwrap();
    let served = Served::of(folder, &path).await;
    let page = served.get("/proveedor/valle").await.text();
    for words in [
        "Propuestas que no ganó",
        "Por qué: el RFC es el mismo.",
        "Posiblemente el mismo",
        "Mismo nombre, y no es el mismo",
        "Constructora Ajena",
        "Por qué: el mismo nombre. Hay 3 contribuyentes distintos con ese nombre.",
        "Una persona confirmó un enlace el 4\u{a0}may\u{a0}2020.",
        "la misma acta",
        "se cuenta una vez",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let answer = served.get("/proveedor/valle.json").await;
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let document = &json["document"];
    let contracts = document["contracts"].as_array().unwrap();
    let repeated: Vec<_> = contracts
        .iter()
        .filter(|contract| contract["repeated"] == true)
        .collect();
    assert_eq!(repeated.len(), 1, "the twin is marked");
    let bought: u64 = document["buyers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|buyer| buyer["contracts"].as_u64().unwrap())
        .sum();
    assert_eq!(bought, contracts.len() as u64 - 1, "and counted once");
    let lost = &document["linked"][0];
    assert_eq!(lost["role"], "tenderer");
    assert_eq!(lost["total"], 1, "a bid that won is a contract");
    let by_name = served.get("/proveedor/arboleda").await.text();
    assert!(by_name.contains("Reunido solo por nombre"));
}

#[tokio::test]
async fn a_new_run_is_switched_in_whole() {
    let served = Served::sample(true).await;
    assert!(served.get("/").await.text().contains("Datos inventados"));
    let next = served.folder.path().join("next");
    std::fs::create_dir(&next).unwrap();
    let (documents, _) = sample::build(&next, false).await;
    served.portal.reload(&documents).await.unwrap();
    assert!(!served.get("/").await.text().contains("Datos inventados"));
    assert!(
        served
            .portal
            .reload(Path::new("/nowhere.db"))
            .await
            .is_err()
    );
    assert_eq!(
        served.get("/").await.status,
        StatusCode::OK,
        "the old run stays"
    );
}

#[tokio::test]
async fn the_same_tables_give_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, built) = sample::build(one.path(), true).await;
    let (second, _) = sample::build(two.path(), true).await;
    assert_eq!(
        std::fs::read(first).unwrap(),
        std::fs::read(second).unwrap()
    );
    assert!(
        built.processes == 70 && built.works == 24 && built.flags > 30,
        "{built:?}"
    );
}

#[tokio::test]
async fn pages_stay_within_their_weight() {
    let served = Served::sample(true).await;
    for path in [
        "/",
        "/regla/R003",
        "/bandera/0000000000000003",
        "/contrato/ocds-xx7/051",
        "/obra/44012",
    ] {
        let packed = served
            .ask(Method::GET, path, &[("accept-encoding", "gzip")])
            .await;
        assert!(packed.body.len() < 20_000, "{path}: {}", packed.body.len());
    }
    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().join("large.db");
    large(&documents).await;
    let served = Served::of(folder, &documents).await;
    for path in ["/comparar", "/comparar?vista=reglas"] {
        let packed = served
            .ask(Method::GET, path, &[("accept-encoding", "gzip")])
            .await;
        assert_eq!(packed.status, StatusCode::OK, "{path}");
        assert!(packed.body.len() < 45_000, "{path}: {}", packed.body.len());
    }
}

/// Forty offices, sixty fields, sixty rules.
async fn large(path: &Path) {
    let sources: Vec<String> = (0..40)
        .map(|n| format!("xx_estado_{n}__contratos_y_obras"))
        .collect();
    let fields: Vec<FieldText> = (0..60)
        .map(|n| FieldText {
            name: format!("field_{n}"),
            title: Text::same(format!("Nombre del campo {n}")),
            ..Default::default()
        })
        .collect();
    let rules: Vec<RuleText> = (0..60)
        .map(|n| RuleText {
            code: format!("R{n:03}"),
            title: Text::same(format!("Regla número {n} de las sesenta")),
            question: Text::same("¿Se hizo lo que dice la ley, y en el plazo que da?"),
            ..Default::default()
        })
        .collect();
    let table = TableText {
        name: "project".into(),
        title: Text::same("Obra"),
        lists: Vec::new(),
        fields,
    };
    let standard = StandardText {
        code: "oc4ids".into(),
        title: Text::same("OC4IDS"),
        tables: vec![table],
        ..Default::default()
    };
    let cell = |n: usize| {
        let (rows, filled) = (3_140 + n as u64, (n as u64 * 7919) % 3_140);
        Cell {
            state: Published::of(!n.is_multiple_of(5), rows, filled),
            rows,
            filled,
        }
    };
    let compare = Compare {
        standard: "oc4ids".into(),
        offices: sources
            .iter()
            .map(|source| Office {
                source: source.clone(),
                layout: "1".into(),
                several: false,
            })
            .collect(),
        tables: vec![CompareTable {
            table: "project".into(),
            fields: (0..60)
                .map(|n| CompareField {
                    field: format!("field_{n}"),
                    cells: (0..40).map(|m| cell(n * 41 + m)).collect(),
                })
                .collect(),
        }],
    };
    let visible = Visible {
        sources: sources.clone(),
        rules: rules
            .iter()
            .enumerate()
            .map(|(n, rule)| VisibleRule {
                rule: rule.code.clone(),
                cells: (0..40)
                    .map(|m| Answers {
                        flagged: (n * m) as u64 % 97,
                        clear: 1_000 + m as u64,
                        ..Default::default()
                    })
                    .collect(),
            })
            .collect(),
    };
    let site = Site {
        run: "1".into(),
        texts: Texts {
            standards: vec![standard],
            rules,
            ..Default::default()
        },
        sources: sources
            .iter()
            .map(|source| SourceBrief {
                source: source.clone(),
                title: Text::same(format!("Contratos y obras de {source}")),
                place_name: Text::same("Estado"),
                ..Default::default()
            })
            .collect(),
        compared: vec!["oc4ids".into()],
        ..Default::default()
    };
    let mut writer = Writer::create(path).await.unwrap();
    writer.put("site", &site).await.unwrap();
    writer.put("oc4ids", &compare).await.unwrap();
    writer.put("visible", &visible).await.unwrap();
    writer.finish().await.unwrap();
}
