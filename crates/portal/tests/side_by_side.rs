//! Figures of offices side by side, the rows they lead to, institutions, and the map, of a small invented run.

mod sample;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use portal::document::Site;
use portal::figures::{
    CHUNK, ContractRow, ContractYear, Figures, Level, MethodFigures, Rows, Segment,
};
use portal::text::Text;
use portal::{Portal, Writer, router};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

struct Served {
    router: Router,
    _folder: TempDir,
}

impl Served {
    async fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (documents, _) = sample::build(folder.path(), true).await;
        Self::of(folder, &documents).await
    }

    async fn of(folder: TempDir, documents: &Path) -> Self {
        let files = Arc::new(sample::Files(folder.path().join("original.csv")));
        let portal = Portal::open(documents, files).await.unwrap();
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
        let (status, text) = self.ask(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        text
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str::<Value>(&self.page(path).await).unwrap()["document"].take()
    }

    /// Bytes on the wire.
    async fn weight(&self, path: &str) -> usize {
        let request = Request::builder()
            .uri(path)
            .header("accept-encoding", "gzip")
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        body.len()
    }

    async fn figures(&self, view: &str, key: &str) -> Figures {
        let found = self
            .json(&format!("/comparar.json?vista={view}&oficina={key}"))
            .await;
        serde_json::from_value(found["offices"][0].clone()).unwrap()
    }

    /// The address of an institution of an office.
    async fn buyer(&self, source: &str) -> String {
        let page = self.json(&format!("/comprador.json?fuente={source}")).await;
        let key = page["buyers"][0]["key"].as_str().unwrap();
        key.strip_prefix("comprador:").unwrap().to_owned()
    }
}

fn key(source: &str) -> String {
    Level::Source.key(source)
}

fn two(view: &str) -> String {
    format!(
        "/comparar?vista={view}&oficina={}&oficina={}",
        key(sample::ARBOLEDA),
        key(sample::VALLE)
    )
}

fn contracts(figures: &Figures) -> u64 {
    let methods = figures.contracts.iter().flat_map(|year| &year.methods);
    methods.map(|method| method.contracts).sum()
}

#[tokio::test]
async fn contracts_money_and_competition_are_counted_by_year_and_procedure() {
    let served = Served::sample().await;
    let arboleda = served.figures("contratos", &key(sample::ARBOLEDA)).await;
    let valle = served.figures("contratos", &key(sample::VALLE)).await;
    // Every tenth process, from the ninth, has no contract; in Valle its award stands for it.
    assert_eq!((contracts(&arboleda), contracts(&valle)), (45, 20));
    let awards: u64 = valle.contracts.iter().map(|year| year.awards_only).sum();
    assert_eq!(awards, 2);

    let mut amount = 0;
    let mut without = 0;
    for n in (1..=50_u64).filter(|n| n % 10 != 9) {
        if n % 13 == 0 {
            without += 1;
        } else {
            amount += n * 98_765 * 100 + 56;
        }
    }
    let methods: Vec<_> = arboleda
        .contracts
        .iter()
        .flat_map(|year| &year.methods)
        .collect();
    let found: f64 = methods
        .iter()
        .flat_map(|method| &method.money)
        .map(|total| total.amount.parse::<f64>().unwrap())
        .sum();
    assert_eq!((found * 100.0).round() as u64, amount);
    let found: u64 = methods.iter().map(|method| method.without_amount).sum();
    assert_eq!(found, without);
    assert!(
        methods
            .iter()
            .flat_map(|method| &method.money)
            .all(|total| total.tax_basis == "without_tax")
    );

    for year in &valle.contracts {
        if year.competitive > 0 {
            assert_eq!(year.tenderers_known, year.competitive);
            assert_eq!(year.tenderers_median.as_deref(), Some("2"));
        }
        assert_eq!(year.single, 0);
    }
    for year in &arboleda.contracts {
        assert_eq!(year.tenderers_known, 0, "nobody says who took part");
        assert!(year.competitive == 0 || year.days_known > 0);
    }
}

#[tokio::test]
async fn every_figure_leads_to_exactly_its_rows() {
    let served = Served::sample().await;
    let buyer = Level::Buyer.key(&served.buyer(sample::VALLE).await);
    for key in [
        key(sample::ARBOLEDA),
        key(sample::VALLE),
        "lugar:xx-01".into(),
        buyer,
    ] {
        let figures = served.figures("contratos", &key).await;
        for year in &figures.contracts {
            let of_year: u64 = year.methods.iter().map(|method| method.contracts).sum();
            let list = served
                .json(&format!("/contratos/{key}.json?anio={}", year.year))
                .await;
            assert_eq!(list["total"], of_year, "{key} {}", year.year);
            for method in &year.methods {
                let path = format!(
                    "/contratos/{key}.json?anio={}&procedimiento={}",
                    year.year, method.method
                );
                let list = served.json(&path).await;
                let rows: Vec<ContractRow> = serde_json::from_value(list["rows"].clone()).unwrap();
                assert_eq!(rows.len() as u64, method.contracts, "{path}");
                for row in &rows {
                    assert!(
                        row.date.as_deref().unwrap().starts_with(&year.year),
                        "{path}"
                    );
                    assert_eq!(
                        row.method.as_deref(),
                        Some(method.method.as_str()),
                        "{path}"
                    );
                }
                let without = rows.iter().filter(|row| row.amount.is_none()).count() as u64;
                assert_eq!(without, method.without_amount, "{path}");
            }
        }
    }
    let works = served.figures("obras", &key(sample::FEDERAL)).await;
    let begun: u64 = works.works.iter().map(|year| year.works).sum();
    let list = served
        .json(&format!("/obras/{}.json?anio=todos", key(sample::FEDERAL)))
        .await;
    assert_eq!((begun, list["total"].as_u64().unwrap()), (20, 20));
    let list = served
        .json(&format!(
            "/obras/{}.json?vista=gasto&anio=2015",
            key(sample::FEDERAL)
        ))
        .await;
    assert_eq!(list["total"], 20);
    let page = served
        .page(&format!("/contratos/{}?anio=2015", key(sample::ARBOLEDA)))
        .await;
    assert!(page.contains("href=\"/contrato/arboleda-10"));
    let csv = served
        .page(&format!("/contratos/{}.csv?anio=todos", key(sample::VALLE)))
        .await;
    assert_eq!(csv.lines().count(), 21);
    assert!(csv.contains(",award,") && csv.contains("/contrato/ocds-xx7/051/51"));
}

#[tokio::test]
async fn two_to_four_are_compared_and_other_numbers_are_told() {
    let served = Served::sample().await;
    let fits = served.page(&two("contratos")).await;
    assert!(!fits.contains("Elija al menos dos") && !fits.contains("Eligió más de cuatro"));
    let one = served
        .page(&format!(
            "/comparar?vista=contratos&oficina={}",
            key(sample::VALLE)
        ))
        .await;
    assert!(one.contains("Elija al menos dos para comparar"));
    let twice = served
        .page(&format!(
            "/comparar?vista=contratos&oficina={0}&oficina={0}",
            key(sample::VALLE)
        ))
        .await;
    assert!(
        twice.contains("Elija al menos dos"),
        "the same one twice is one"
    );
    let more = format!(
        "{}&oficina=lugar:xx-01&oficina=lugar:xx-02&oficina=comprador:{}",
        two("contratos"),
        served.buyer(sample::VALLE).await
    );
    let five = served.page(&more).await;
    assert!(five.contains("Eligió más de cuatro; se muestran las primeras cuatro."));
    assert_eq!(five.matches("<span class=\"letter\">").count(), 4);
    let five = served.page(&format!("/en{more}")).await;
    assert!(five.contains("the first four are shown"));
}

#[tokio::test]
async fn an_unknown_office_is_named_and_escaped() {
    let served = Served::sample().await;
    let (status, text) = served
        .ask("/comparar?vista=contratos&oficina=fuente:nada")
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("No hay una página"));
    let page = served
        .page(&format!(
            "{}&oficina=fuente:%3Cscript%3Ex",
            two("contratos")
        ))
        .await;
    assert!(page.contains("No conocemos:") && page.contains("fuente:&#60;script&#62;x"));
    assert!(!page.contains("<script"));
    let page = served
        .page("/comparar?vista=contratos&busca=%22%3E%3Cscript%3E")
        .await;
    assert!(!page.contains("\"><script>"));
    for path in [
        "/contratos/fuente:nada",
        "/obras/nada",
        "/comprador/nada",
        "/comprador?fuente=nada",
        "/lugar/nada",
        &format!("/contratos/{}?anio=1900", key(sample::VALLE)),
    ] {
        assert_eq!(served.ask(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_address_holds_the_whole_choice() {
    let served = Served::sample().await;
    let path = format!(
        "{}&desde=2012&hasta=2014&medida=contratos&medida=plazo",
        two("contratos")
    );
    let page = served.page(&path).await;
    for words in ["2012</th>", "2014</th>", "id=\"contratos\"", "id=\"plazo\""] {
        assert!(page.contains(words), "{words}");
    }
    for words in ["2015</th>", "2011</th>", "id=\"monto\""] {
        assert!(!page.contains(words), "{words}");
    }
    let canonical = page
        .split("rel=\"canonical\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .replace("&#38;", "&");
    assert_eq!(served.page(&canonical).await, page);
    let english = served.page(&format!("/en{path}")).await;
    assert!(english.contains("Days to submit bids") && !english.contains("Días para"));
    let csv = served
        .page(&path.replace("/comparar", "/comparar.csv"))
        .await;
    assert!(csv.contains(",2013,") && !csv.contains(",2015,"));
}

#[tokio::test]
async fn zero_not_published_and_not_applicable_are_three_looks() {
    let served = Served::sample().await;
    let page = served
        .page(&format!("{}&desde=2010", two("contratos")))
        .await;
    for look in ["k-absent", "#s-absent", "no publicado"] {
        assert!(page.contains(look), "{look}");
    }
    let works = served
        .page(&format!(
            "/comparar?vista=obras&oficina={}&oficina=estado:xx-03",
            key(sample::FEDERAL)
        ))
        .await;
    assert!(works.contains("k-none") && works.contains("no se reparte por estado"));
    let csv = served
        .page(&format!(
            "/comparar.csv?vista=contratos&oficina={}",
            key(sample::ARBOLEDA)
        ))
        .await;
    assert!(
        csv.contains("tenderers_median,,,,,,not_published\r\n"),
        "{csv}"
    );

    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().join("gap.db");
    long(&documents).await;
    let served = Served::of(folder, &documents).await;
    let page = served
        .page("/comparar?vista=contratos&oficina=fuente:xx__largo&oficina=fuente:xx__corto")
        .await;
    assert!(
        page.contains("k-zero") && page.contains("#s-zero"),
        "a year between two others"
    );
    assert!(page.contains("sin filas ese año"), "nothing to add up");
    assert!(
        page.contains("sin datos de ese año"),
        "a year before the first"
    );
}

#[tokio::test]
async fn samples_and_bases_are_told_beside_the_figures() {
    let served = Served::sample().await;
    let page = served.page(&two("contratos")).await;
    assert!(page.contains("<small>muestra</small>"));
    assert!(page.contains("Los montos no están en la misma base."));
    assert!(page.contains("sin impuestos") && page.contains("no se dice si incluyen impuestos"));
}

#[tokio::test]
async fn the_map_tells_nothing_loaded_from_zero_and_has_a_table() {
    let served = Served::sample().await;
    let page = served.page("/lugar").await;
    assert_eq!(
        page.matches("<a href=\"/lugar/xx-0").count(),
        8,
        "a tile and a row for each"
    );
    assert!(page.contains("class=\"m-absent\"><title>Sierra Niebla: nada cargado</title>"));
    assert!(page.contains("class=\"m-1\"><title>Arboleda: 1</title>"));
    let contracts = served.page("/lugar?ver=contratos").await;
    assert!(contracts.contains("<title>Arboleda: 45</title>"));
    let works = served.page("/en/lugar?ver=obras").await;
    assert!(works.contains("Works located") && works.contains("<title>Costa Larga: $"));
    let csv = served.page("/lugar.csv").await;
    assert!(
        csv.contains("xx-04,NIE,Sierra Niebla,0,,,,0,,,\r\n"),
        "{csv}"
    );

    let state = served.page("/lugar/xx-03").await;
    assert!(state.contains("Obras ubicadas aquí") && state.contains("No hay contratos"));
    let located = served.json("/obras/estado:xx-03.json?anio=todos").await;
    assert_eq!(located["total"], 12, "from two offices");
    let nothing = served.page("/lugar/xx-04").await;
    assert!(nothing.contains("Eso no quiere decir que no publique"));
    assert!(
        served
            .page("/lugar/xx")
            .await
            .contains("Federación inventada")
    );
}

#[tokio::test]
async fn an_institution_has_its_figures_its_flags_and_its_rows() {
    let served = Served::sample().await;
    let arboleda = served.buyer(sample::ARBOLEDA).await;
    let valle = served.buyer(sample::VALLE).await;
    assert_ne!(
        arboleda, valle,
        "one name in two governments is two institutions"
    );
    let page = served.page(&format!("/comprador/{valle}")).await;
    assert!(page.contains("Secretaría de Caminos y Puertos") && page.contains("R013"));
    assert!(page.contains(&format!("/contratos/comprador:{valle}?anio=")));
    let figures = served.json(&format!("/comprador/{valle}.json")).await;
    assert_eq!(figures["flags"].as_array().unwrap().len(), 1);
    let csv = served.page(&format!("/comprador/{valle}.csv")).await;
    assert!(csv.contains("comprador:"));
    let found = served.page("/comparar?vista=contratos&busca=puert").await;
    assert!(found.contains(&format!("value=\"comprador:{valle}\"")));
    let nobody = served.page("/comparar?vista=contratos&busca=zzz").await;
    assert!(nobody.contains("Ninguna institución tiene"));
}

#[tokio::test]
async fn long_lists_are_paged_over_their_documents() {
    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().join("long.db");
    long(&documents).await;
    let served = Served::of(folder, &documents).await;
    let list = served
        .json("/contratos/fuente:xx__largo.json?anio=2015")
        .await;
    let ids: Vec<&str> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len() as u64, 2 * CHUNK + 30);
    assert!(
        ids.iter()
            .enumerate()
            .all(|(at, id)| *id == format!("c{at:04}"))
    );
    let last = served
        .page("/contratos/fuente:xx__largo?anio=2015&pagina=9")
        .await;
    assert!(last.contains("Contrato 429<") && !last.contains("Contrato 399<"));
    assert!(last.contains("Página 9 de 9"));
    let across = served
        .page("/contratos/fuente:xx__largo?anio=todos&pagina=9")
        .await;
    assert!(across.contains("Contrato 429<") && across.contains("Contrato 430<"));
}

#[tokio::test]
async fn pages_stay_within_their_weight() {
    let served = Served::sample().await;
    let buyer = served.buyer(sample::VALLE).await;
    for path in [
        two("contratos"),
        two("obras").replace(sample::ARBOLEDA, sample::FEDERAL),
        format!("/contratos/{}?anio=todos", key(sample::ARBOLEDA)),
        format!("/comprador/{buyer}"),
        "/comprador".into(),
        "/lugar".into(),
        "/lugar/xx-03".into(),
    ] {
        let weight = served.weight(&path).await;
        assert!(weight < 20_000, "{path}: {weight}");
    }
}

/// An office with 430 contracts in 2015 and three in 2012, and one with a contract in each of 2011 and 2012.
async fn long(path: &Path) {
    let mut writer = Writer::create(path).await.unwrap();
    let site = Site {
        run: "1".into(),
        ..Default::default()
    };
    writer.put("site", &site).await.unwrap();
    writer
        .put("choices", &portal::figures::Choices::default())
        .await
        .unwrap();
    let total = 2 * CHUNK + 33;
    let rows: Vec<ContractRow> = (0..total)
        .map(|n| ContractRow {
            ocid: format!("p{n}"),
            id: format!("c{n:04}"),
            title: format!("Contrato {n}"),
            source: "xx__largo".into(),
            ..Default::default()
        })
        .collect();
    for (number, chunk) in rows.chunks(CHUNK as usize).enumerate() {
        let chunk = Rows {
            rows: chunk.to_vec(),
        };
        writer
            .put(&format!("xx__largo/{number:05}"), &chunk)
            .await
            .unwrap();
    }
    let year = |year: &str, start: u64, rows: u64| ContractYear {
        year: year.into(),
        methods: vec![MethodFigures {
            method: "open".into(),
            contracts: rows,
            without_amount: rows,
            rows: vec![Segment {
                list: "xx__largo".into(),
                start,
                rows,
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    for (source, years) in [
        (
            "xx__largo",
            vec![year("2015", 0, total - 3), year("2012", total - 3, 3)],
        ),
        ("xx__corto", vec![year("2013", 0, 1), year("2011", 1, 1)]),
    ] {
        let figures = Figures {
            key: Level::Source.key(source),
            name: Text::same(source),
            sources: vec![source.into()],
            contracts: years,
            ..Default::default()
        };
        writer.put(&figures.key, &figures).await.unwrap();
    }
    writer.finish().await.unwrap();
}
