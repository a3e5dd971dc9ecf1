//! The search, asked as a reader would: by address.

mod sample;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use portal::document::{Identifier, Site, SourceBrief, Supplier};
use portal::text::{FieldText, StandardText, TableText, Text, Texts};
use portal::{Entry, Portal, Writer, router};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

const NORTH: &str = "xx_norte__contratos";
const SOUTH: &str = "xx_sur__contratos";

struct Served {
    router: Router,
    _folder: TempDir,
}

impl Served {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("documents.db");
        build(&path).await;
        Self::of(folder, &path).await
    }

    async fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = sample::build(folder.path(), true).await;
        Self::of(folder, &path).await
    }

    async fn of(folder: TempDir, path: &Path) -> Self {
        let files = Arc::new(sample::Files(PathBuf::from("/nowhere")));
        let portal = Portal::open(path, files).await.unwrap();
        Self {
            router: router(portal),
            _folder: folder,
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn page(&self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        text
    }

    /// The JSON of a question, with more parameters.
    async fn ask(&self, question: &str, more: &str) -> Value {
        let path = format!("/buscar.json?q={}{more}", encode(question.as_bytes()));
        let json: Value = serde_json::from_str(&self.page(&path).await).unwrap();
        json["document"].clone()
    }

    /// The ids found, in order.
    async fn ids(&self, question: &str) -> Vec<String> {
        ids(&self.ask(question, "").await)
    }

    /// How the first result matches.
    async fn how(&self, question: &str) -> String {
        let found = self.ask(question, "").await;
        found["results"][0]["why"][0]["how"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }
}

fn ids(found: &Value) -> Vec<String> {
    let results = found["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["id"].as_str().unwrap().to_owned())
        .collect()
}

fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

fn entry(kind: &str, id: &str, name: &str) -> Entry {
    Entry {
        kind: kind.into(),
        id: id.into(),
        name: name.into(),
        sources: vec![NORTH.into()],
        ..Entry::default()
    }
}

fn pair(what: &str, text: &str) -> Vec<(String, String)> {
    vec![(what.into(), text.into())]
}

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        Entry {
            ids: vec![
                ("ocds.tender.ocid".into(), "ocds-xx-0001".into()),
                ("ocds.tender.id".into(), "LO-009000999-N1-2015".into()),
            ],
            also: vec![
                (
                    "buyer".into(),
                    "Secretaría de Infraestructura y Obra Pública".into(),
                ),
                ("supplier".into(), "LURMA INTEGRAL, S.A. de C.V.".into()),
            ],
            buyer: format!("{NORTH}/SIOP"),
            methods: vec!["open".into()],
            years: vec!["2015".into()],
            date: Some("2015-04-01".into()),
            amount: Some("1200000.500000".into()),
            currency: Some("MXN".into()),
            flags: 2,
            contracts: 1,
            ..entry(
                "process",
                "ocds-xx-0001",
                "Rehabilitación de la carretera Ciudad Guzmán – El Grullo",
            )
        },
        Entry {
            ids: pair("oc4ids.project.id", "14061220002"),
            also: pair("place", "San José del Valle, Jalisco"),
            sources: vec![SOUTH.into()],
            ..entry(
                "work",
                "14061220002",
                "Hospital comunitario <script>alert(1)</script>",
            )
        },
        entry("supplier", "s-pena", "Pena Ingenieros, S.C."),
        Entry {
            ids: pair("MX-RFC", "CPE010203AB1"),
            ..entry("supplier", "s-peña", "Construcciones Peña, S.A. de C.V.")
        },
        Entry {
            ids: pair("MX-RFC", "LIN050607QR8"),
            ..entry("supplier", "s-lurma", "LURMA INTEGRAL, S.A. de C.V.")
        },
    ];
    for n in 0..60 {
        entries.push(Entry {
            sources: vec![if n % 3 == 0 { NORTH } else { SOUTH }.into()],
            years: vec![format!("{}", 2014 + n % 3)],
            methods: vec![if n % 2 == 0 { "direct" } else { "limited" }.into()],
            flags: u64::from(n % 10 == 0),
            amount: (n % 4 != 0).then(|| format!("{}", n * 1_000)),
            currency: Some(if n % 5 == 0 { "USD" } else { "MXN" }.into()),
            ..entry(
                "process",
                &format!("papel-{n:02}"),
                "Compra de papelería para oficinas",
            )
        });
    }
    entries
}

async fn build(path: &Path) {
    let brief = |source: &str, place: &str, name: &str| SourceBrief {
        source: source.into(),
        title: Text::new(
            format!("Contratos del {name}"),
            format!("Contracts of {name}"),
        ),
        place: place.into(),
        place_name: Text::same(name),
        ..SourceBrief::default()
    };
    let field = FieldText {
        name: "id".into(),
        title: Text::new("Número de procedimiento", "Procedure number"),
        ..FieldText::default()
    };
    let method = FieldText {
        name: "procurement_method".into(),
        codes: BTreeMap::from([(
            "direct".to_owned(),
            Text::new("Adjudicación directa", "Direct"),
        )]),
        ..FieldText::default()
    };
    let site = Site {
        run: "1".into(),
        sources: vec![
            brief(NORTH, "xx-nte", "Norte"),
            brief(SOUTH, "xx-sur", "Sur"),
        ],
        places: BTreeMap::from([("xx-nte".to_owned(), Text::same("Norte"))]),
        texts: Texts {
            standards: vec![StandardText {
                code: "ocds".into(),
                tables: vec![TableText {
                    name: "tender".into(),
                    lists: Vec::new(),
                    fields: vec![field, method],
                    ..TableText::default()
                }],
                ..StandardText::default()
            }],
            ..Texts::default()
        },
        ..Site::default()
    };
    let mut writer = Writer::create(path).await.unwrap();
    writer.put("site", &site).await.unwrap();
    for one in entries() {
        let places = if one.sources == [NORTH] {
            "xx-nte"
        } else {
            "xx-sur"
        };
        let places = vec![places.to_owned()];
        writer.found(Entry { places, ..one }).unwrap();
    }
    writer.finish().await.unwrap();
}

#[tokio::test]
async fn accents_do_not_matter_and_endings_neither() {
    let served = Served::new().await;
    for question in [
        "rehabilitacion",
        "REHABILITACIÓN",
        "rehabilitaciones",
        "carreteras guzman",
        "Rehabilitacio\u{301}n",
        "de la carretera",
    ] {
        assert_eq!(served.ids(question).await, ["ocds-xx-0001"], "{question}");
    }
    assert_eq!(served.how("rehabilitacion").await, "without_accents");
    assert_eq!(served.how("carreteras").await, "other_form");
    let page = served.page("/buscar?q=rehabilitacion").await;
    assert!(
        page.contains("<mark>Rehabilitación</mark> de la carretera"),
        "{page}"
    );
    assert!(page.contains("nombre, sin contar acentos"));
}

#[tokio::test]
async fn n_and_enye_find_each_other_and_the_exact_one_comes_first() {
    let served = Served::new().await;
    assert_eq!(served.ids("Peña").await, ["s-peña", "s-pena"]);
    assert_eq!(served.ids("PENA").await, ["s-pena", "s-peña"]);
    assert_eq!(served.how("Peña").await, "written");
    let page = served.page("/buscar?q=pena").await;
    assert!(page.contains("n en lugar de ñ") && page.contains("<mark>Peña</mark>"));
}

#[tokio::test]
async fn a_mistake_is_forgiven_and_told() {
    let served = Served::new().await;
    for (question, id) in [
        ("lumra", "s-lurma"),
        ("lurna", "s-lurma"),
        ("carretra grullo", "ocds-xx-0001"),
        ("rehablitasion", "ocds-xx-0001"),
    ] {
        assert_eq!(
            served.ids(question).await.first().unwrap(),
            id,
            "{question}"
        );
    }
    let page = served.page("/buscar?q=Lumra").await;
    assert!(page.contains("palabra parecida: Lumra → LURMA"), "{page}");
    assert!(
        served.ids("\"lumra\"").await.is_empty(),
        "a quoted word is exact"
    );
    assert!(served.ids("rxhxblxtxcxon").await.is_empty());
    let both = served.ask("lurma", "").await;
    assert_eq!(
        ids(&both)[0],
        "s-lurma",
        "the name stands before a contract that names it"
    );
    let most = served.ask("lurma inexistentes", "").await;
    assert_eq!(most["found_by"], "most_words");
    let page = served.page("/buscar?q=lurma%20inexistentes").await;
    assert!(page.contains("no aparece: inexistentes"));
}

#[tokio::test]
async fn the_last_word_may_be_unfinished() {
    let served = Served::new().await;
    assert_eq!(served.ids("hospital comuni").await, ["14061220002"]);
    assert_eq!(served.how("hosp").await, "begins_with");
    let first = served.ask("comuni hospital", "").await;
    assert_eq!(first["found_by"], "most_words", "only the last one may");
}

#[tokio::test]
async fn a_phrase_is_exact() {
    let served = Served::new().await;
    for (question, found) in [
        ("\"obra pública\"", "ocds-xx-0001"),
        ("pública obra", "ocds-xx-0001"),
        ("\"obra pública", "ocds-xx-0001"),
        ("\"pública obra\"", ""),
    ] {
        let ids = ids(&served.ask(question, "&tipo=contrato").await);
        assert_eq!(ids.join(" "), found, "{question}");
    }
    assert_eq!(served.ids("\"san jose del valle\"").await, ["14061220002"]);
}

#[tokio::test]
async fn numbers_are_equal_or_nothing() {
    let served = Served::new().await;
    for (question, id, how) in [
        ("CPE010203AB1", "s-peña", "same_number"),
        ("cpe-010203-ab1", "s-peña", "same_number_without_separators"),
        ("CPE 010203 AB1", "s-peña", "same_number_without_separators"),
        ("LIN050607QR8", "s-lurma", "same_number"),
        ("LO-009000999-N1-2015", "ocds-xx-0001", "same_number"),
        (
            "lo009000999n12015",
            "ocds-xx-0001",
            "same_number_without_separators",
        ),
        (
            "licitación LO-009000999-N1-2015",
            "ocds-xx-0001",
            "same_number",
        ),
        ("14061220002", "14061220002", "same_number"),
        ("ocds-xx-0001", "ocds-xx-0001", "same_number"),
    ] {
        let found = served.ask(question, "").await;
        assert_eq!(
            ids(&found).first().map(String::as_str),
            Some(id),
            "{question}"
        );
        assert_eq!(found["results"][0]["why"][0]["how"], how, "{question}");
    }
    for question in [
        "CPE010203AB2",
        "CPE010203",
        "1406122000",
        "LO-009000999-N1-2016",
    ] {
        assert!(served.ids(question).await.is_empty(), "{question}");
    }
    let page = served.page("/buscar?q=cpe010203ab1").await;
    assert!(page.contains("RFC igual"));
    let page = served.page("/en/buscar?q=lo009000999n12015").await;
    assert!(page.contains("Procedure number equal, without separators"));
}

#[tokio::test]
async fn filters_are_addresses_and_their_counts_are_what_they_give() {
    let served = Served::new().await;
    let all = served.ask("papelería", "").await;
    assert_eq!(all["total"], 60);
    assert_eq!(all["counts"]["tipo"]["process"], 60);
    for (parameter, codes) in [
        ("fuente", vec![NORTH, SOUTH]),
        ("lugar", vec!["xx-nte", "xx-sur"]),
        ("anio", vec!["2014", "2015", "2016"]),
        ("procedimiento", vec!["direct", "limited"]),
        ("con_banderas", vec!["si"]),
    ] {
        for code in codes {
            let chosen = served
                .ask("papelería", &format!("&{parameter}={code}"))
                .await;
            assert_eq!(
                chosen["total"], all["counts"][parameter][code],
                "{parameter}={code}"
            );
            assert_eq!(
                chosen["counts"][parameter], all["counts"][parameter],
                "its own filter does not change what stands beside it"
            );
        }
    }
    let two = served
        .ask("papelería", "&fuente=xx_norte__contratos&anio=2014")
        .await;
    let one = served.ask("papelería", "&fuente=xx_norte__contratos").await;
    assert_eq!(two["total"], one["counts"]["anio"]["2014"]);
    let none = served.ask("papelería", "&anio=1910").await;
    assert_eq!(
        (&none["total"], &none["total_without_filters"]),
        (&0.into(), &60.into())
    );
    let page = served.page("/buscar?q=papeler%C3%ADa&anio=1910").await;
    assert!(page.contains("Sin los filtros hay 60 resultados") && page.contains("Año: 1910"));
    let works = served.ask("", "&tipo=obra").await;
    assert_eq!(ids(&works), ["14061220002"], "a filter alone is a list");
    let page = served
        .page("/buscar?q=papel&procedimiento=direct&tipo=contrato")
        .await;
    assert!(
        page.contains("name=\"procedimiento\" value=\"direct\""),
        "the form keeps the filters"
    );
    assert!(page.contains("Adjudicación directa") && page.contains("quitar este filtro"));
}

#[tokio::test]
async fn a_buyer_is_found_and_leads_to_what_it_bought() {
    let served = Served::new().await;
    let found = served.ask("infraestructura", "&tipo=comprador").await;
    assert_eq!(ids(&found), [format!("{NORTH}/SIOP")]);
    let href = found["results"][0]["page"].as_str().unwrap().to_owned();
    let page = served.page(&href).await;
    assert!(page.contains("Rehabilitación") && !page.contains("papelería"));
}

#[tokio::test]
async fn results_of_equal_worth_are_in_order_of_their_keys_on_every_page() {
    let served = Served::new().await;
    let mut listed = Vec::new();
    for page in 1..=3 {
        let found = served.ask("papelería", &format!("&pagina={page}")).await;
        assert_eq!(found["list_page"], page);
        listed.extend(ids(&found));
    }
    let expected: Vec<String> = (0..60).map(|n| format!("papel-{n:02}")).collect();
    assert_eq!(listed, expected);
    let beyond = served.ask("papelería", "&pagina=9").await;
    assert_eq!(
        beyond["list_page"], 3,
        "a page beyond the end is the last one"
    );
    let csv = served.page("/buscar.csv?q=papeler%C3%ADa").await;
    assert_eq!(csv.lines().count(), 61, "the CSV holds all pages");
    let again = Served::new().await;
    for question in ["papelería", "pena", "lumra", "de"] {
        assert_eq!(
            served.ask(question, "").await,
            again.ask(question, "").await,
            "{question}"
        );
    }
}

#[tokio::test]
async fn amounts_are_ordered_currency_by_currency() {
    let served = Served::new().await;
    let csv = served
        .page("/buscar.csv?q=papeler%C3%ADa&orden=monto")
        .await;
    let rows: Vec<(String, String)> = csv
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[8].to_owned(), cells[7].to_owned())
        })
        .collect();
    assert_eq!(rows[0], ("MXN".to_owned(), "59000".to_owned()));
    let pesos: Vec<i64> = rows
        .iter()
        .take_while(|(currency, amount)| currency == "MXN" && !amount.is_empty())
        .map(|(_, amount)| amount.parse().unwrap())
        .collect();
    assert!(
        pesos.is_sorted_by(|a, b| a >= b) && pesos.len() == 36,
        "{pesos:?}"
    );
    assert_eq!(rows[36], ("USD".to_owned(), "55000".to_owned()));
    assert_eq!(rows[59].1, "", "what has no amount is last");
}

#[tokio::test]
async fn a_private_person_is_not_found_by_a_key() {
    let served = Served::sample().await;
    let by_name = served.ask("maria rosales", "&tipo=proveedor").await;
    assert!(by_name["total"].as_u64().unwrap() > 0);
    for question in [
        "ROSM850101AB1",
        "rosm-850101-ab1",
        "ROSM850101",
        "ROSM",
        "MX-RFC-ROSM850101AB1",
    ] {
        let found = served.ask(question, "").await;
        assert_eq!(found["total"], 0, "{question}");
        let page = served.page(&format!("/buscar?q={question}")).await;
        assert!(page.contains("No encontramos"), "{question}");
    }
    for question in ["juan perez", "juan@example.org"] {
        assert_eq!(served.ask(question, "").await["total"], 0, "{question}");
    }
    let found = served.ask("CEN010203XY1", "").await;
    assert_eq!(found["results"][0]["kind"], "supplier", "a company is");
}

#[tokio::test]
async fn a_key_hidden_in_a_document_is_not_indexed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.db");
    let mut writer = Writer::create(&path).await.unwrap();
    writer.put("site", &Site::default()).await.unwrap();
    let identifier = |id: &str, masked| Identifier {
        scheme: "MX-RFC".into(),
        id: id.into(),
        masked,
    };
    let supplier = Supplier {
        id: "1".into(),
        name: "ROSM••••••••• María Rosales".into(),
        identifiers: vec![
            identifier("ROSM•••••••••", true),
            identifier("ROSM850101AB1", false),
        ],
        ..Supplier::default()
    };
    writer.put("1", &supplier).await.unwrap();
    writer.finish().await.unwrap();
    let served = Served::of(folder, &path).await;
    assert_eq!(served.ids("rosales").await, ["1"]);
    for question in ["ROSM850101AB1", "ROSM"] {
        assert!(served.ids(question).await.is_empty(), "{question}");
    }
}

#[tokio::test]
async fn what_is_hostile_is_shown_as_words() {
    let served = Served::new().await;
    for path in [
        "/buscar?q=hospital",
        "/buscar?q=%3Cscript%3Ealert",
        "/buscar?q=%22%3E%3Cscript%3E",
        "/buscar?q=hospital&lugar=%22%3E%3Cscript%3E",
        "/buscar?tipo=%3Cscript%3E&orden=%3Cscript%3E",
    ] {
        let page = served.page(path).await;
        assert!(!page.contains("<script"), "{path}");
    }
    let page = served.page("/buscar?q=script").await;
    assert!(page.contains("&#60;<mark>script</mark>&#62;"), "{page}");
}

#[tokio::test]
async fn no_question_is_an_error() {
    let served = Served::new().await;
    for (path, words) in [
        ("/buscar", "Escriba qué busca"),
        ("/buscar?q=", "Escriba qué busca"),
        ("/buscar?q=%20%20", "Escriba qué busca"),
        ("/buscar?q=...", "Escriba qué busca"),
        ("/en/buscar", "Write what you look for"),
        ("/en/buscar?q=rehabilitacion", "name, without accents"),
        ("/en/buscar?q=zzzzzzzz", "We did not find"),
        ("/buscar?q=%FF%FE%00", "Buscar"),
        ("/buscar?q=a&q=b&pagina=-1&pagina=x", "Buscar"),
        ("/buscar?pagina=99999999999999999999", "Buscar"),
    ] {
        assert!(served.page(path).await.contains(words), "{path}");
    }
    let blank = served.page("/buscar").await;
    assert!(
        blank.contains("<span class=\"n\">66</span>"),
        "counts of all there is: {blank}"
    );
    let long = "carretera ".repeat(1_000);
    let page = served
        .page(&format!("/buscar?q={}", encode(long.as_bytes())))
        .await;
    assert!(page.contains("La búsqueda era muy larga") && page.contains("Rehabilitación"));
    assert!(page.len() < 60_000, "{}", page.len());
    for letter in ["%C3%B1", "a", "%F0%9F%98%80", "1", "\"", "%22", "%CC%81"] {
        let path = format!("/buscar?q={}", letter.replace('"', "%22").repeat(3_000));
        let (status, _) = served.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
    }
}

#[tokio::test]
async fn the_index_is_switched_with_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for name in ["antes", "despues"] {
        let run = folder.path().join(name);
        std::fs::create_dir(&run).unwrap();
        let path = run.join("documents.db");
        let mut writer = Writer::create(&path).await.unwrap();
        let site = Site {
            run: name.into(),
            ..Site::default()
        };
        writer.put("site", &site).await.unwrap();
        writer.found(entry("supplier", name, "Lurma")).unwrap();
        assert!(!path.exists() && !run.join("documents.search").exists());
        writer.finish().await.unwrap();
        paths.push(path);
    }
    let files = Arc::new(sample::Files(PathBuf::from("/nowhere")));
    let portal = Portal::open(&paths[0], files).await.unwrap();
    let served = Served {
        router: router(portal.clone()),
        _folder: folder,
    };
    assert_eq!(served.ids("lurma").await, ["antes"]);
    portal.reload(&paths[1]).await.unwrap();
    assert_eq!(served.ids("lurma").await, ["despues"]);
    assert!(
        served
            .page("/buscar?q=lurma")
            .await
            .contains("corrida despues")
    );
    std::fs::remove_dir_all(paths[0].with_extension("search")).unwrap();
    assert!(
        portal.reload(&paths[0]).await.is_err(),
        "documents without their index"
    );
    assert_eq!(served.ids("lurma").await, ["despues"], "the old run stays");
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % below
    }
}

#[tokio::test]
async fn any_bytes_give_a_page() {
    let served = Served::new().await;
    let mut dice = Dice(42);
    let pieces = [
        "peña",
        "\"",
        "«",
        "»",
        "\u{301}",
        "LO-009",
        "AND",
        "OR",
        "NOT",
        "+",
        "*",
        "^2",
        "~1",
        "name:",
        "[a TO z]",
        "(",
        ")",
        "\\",
        "\u{0}",
        "ß",
        "İ",
        "ǅ",
        "ﬁ",
        "𝟙",
        "ñ",
        "•",
        "１２３",
        "\u{202e}",
    ];
    for round in 0..300 {
        let mut question = Vec::new();
        for _ in 0..dice.next(12) {
            match dice.next(3) {
                0 => question.extend((0..dice.next(6)).map(|_| dice.next(256) as u8)),
                1 => question.extend(pieces[dice.next(pieces.len() as u64) as usize].bytes()),
                _ => question.push(b' '),
            }
        }
        let name = ["q", "lugar", "anio", "tipo", "comprador", "pagina"][dice.next(6) as usize];
        let suffix = ["", ".json", ".csv"][dice.next(3) as usize];
        let encoded = encode(&question);
        let path = format!("/buscar{suffix}?q={encoded}&{name}={encoded}&parecidas=si");
        let (status, _) = served.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{round}: {question:?}");
    }
}
