//! The readers against the true files of publishers, which are not part of this project.
//!
//! They are looked for in `COTEJO_SHARED` (default `../shared` beside the workspace). Without them the tests
//! say so and pass, unless `COTEJO_REQUIRE_SHARED=1`.

use std::path::{Path, PathBuf};

use sources::{
    Account, Error, Limits, Listener, Object, Part, Plan, Problem, Row, Shape, Workbooks,
};

fn data() -> Option<PathBuf> {
    let root = std::env::var("COTEJO_SHARED")
        .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into());
    let data = Path::new(&root).join("data");
    if data.is_dir() {
        return Some(data);
    }
    assert!(
        std::env::var("COTEJO_REQUIRE_SHARED").as_deref() != Ok("1"),
        "no real files at {}",
        data.display()
    );
    eprintln!(
        "SKIPPED: no real files at {}; set COTEJO_SHARED to their folder",
        data.display()
    );
    None
}

/// Position, element, and paths with values of one object.
type HeardObject = (String, String, Vec<(String, String)>);

#[derive(Default)]
struct Heard {
    record_path: String,
    lists: Vec<String>,
    parts: Vec<Part>,
    accounts: Vec<Account>,
    problems: Vec<Problem>,
    /// Position and cells of table rows.
    rows: Vec<(u64, Vec<String>)>,
    objects: Vec<HeardObject>,
    columns: Vec<(usize, u32, String)>,
    links: usize,
}

impl Listener for Heard {
    fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
        self.parts.push(part.clone());
        Ok(match part.shape {
            Shape::Table { .. } => Plan::Table,
            Shape::Document { .. } => Plan::Document {
                record_path: self.record_path.clone(),
                lists: self.lists.clone(),
                pieces: false,
            },
        })
    }
    fn row(&mut self, row: &Row<'_>) -> Result<(), Error> {
        let cells = (0..row.len())
            .filter_map(|i| row.cell(i))
            .map(str::to_owned)
            .collect();
        self.rows.push((row.position, cells));
        Ok(())
    }
    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error> {
        self.columns.push((list, id, path.to_owned()));
        Ok(())
    }
    fn object(&mut self, o: &Object<'_>) -> Result<(), Error> {
        let name = |id: u32| {
            self.columns
                .iter()
                .find(|(l, i, _)| (*l, *i) == (o.list, id))
                .unwrap()
                .2
                .clone()
        };
        let values = o
            .values
            .iter()
            .map(|(id, v)| (name(*id), v.to_string()))
            .collect();
        self.objects
            .push((o.position.to_owned(), o.element.to_owned(), values));
        Ok(())
    }
    fn cell(&mut self, _: u64, _: usize, kind: &'static str, _: &str) -> Result<(), Error> {
        self.links += usize::from(kind == "link");
        Ok(())
    }
    fn problem(&mut self, problem: Problem) -> Result<(), Error> {
        self.problems.push(problem);
        Ok(())
    }
    fn end(&mut self, account: Account) -> Result<(), Error> {
        assert_eq!(
            account.records_found,
            account.rows_read + account.rows_set_aside,
            "{:?}",
            self.parts.last()
        );
        self.accounts.push(account);
        Ok(())
    }
}

impl Heard {
    fn header(&self) -> (&[String], u64, usize) {
        match &self.parts[0].shape {
            Shape::Table {
                header,
                preamble,
                header_position,
                ..
            } => (header, *header_position, preamble.len()),
            Shape::Document { .. } => panic!("not a table"),
        }
    }

    fn row_at(&self, position: u64) -> &[String] {
        &self
            .rows
            .iter()
            .find(|(p, _)| *p == position)
            .expect("a record starts there")
            .1
    }

    fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.problems.iter().map(|p| p.code).collect();
        codes.dedup();
        codes
    }
}

fn listen(path: &Path, record_path: &str, lists: &[&str]) -> Heard {
    let lists = lists.iter().map(|l| l.to_string()).collect();
    let mut heard = Heard {
        record_path: record_path.into(),
        lists,
        ..Heard::default()
    };
    let name = path.file_name().unwrap().to_string_lossy();
    sources::read_file(
        path,
        &name,
        &Limits::default(),
        &Workbooks::InProcess,
        &mut heard,
    )
    .unwrap();
    heard
}

/// Reads a table and checks its records, encoding, header line and width.
#[track_caller]
fn table(path: PathBuf, records: u64, encoding: &str, header_line: u64, width: usize) -> Heard {
    let heard = listen(&path, "", &[]);
    let (header, line, _) = heard.header();
    let account = &heard.accounts[0];
    let found = (
        account.rows_read,
        account.rows_set_aside,
        heard.parts[0].encoding.as_str(),
        line,
        header.len(),
    );
    assert_eq!(
        found,
        (records, 0, encoding, header_line, width),
        "{}",
        path.display()
    );
    heard
}

#[test]
fn compranet() {
    let Some(data) = data() else { return };
    let folder = data.join("contracting/compranet");
    table(
        folder.join("sample_Contratos2010_2012_150514080257.csv"),
        399,
        "utf-8",
        1,
        39,
    );
    table(
        folder.join("sample_Contratos2013_150514080004.csv"),
        399,
        "utf-8",
        1,
        39,
    );
    let heard = table(
        folder.join("sample_Contratos2015_150514075424.csv"),
        397,
        "utf-8",
        1,
        39,
    );
    // The first header cell is empty, and one record spans lines 24 to 26.
    assert_eq!(heard.header().0[0], "");
    assert!(heard.row_at(24).iter().any(|c| c == "739545"));
    assert!(heard.rows.iter().all(|(p, _)| *p != 25 && *p != 26));
    assert!(heard.row_at(28).iter().any(|c| c == "737557"));
    assert!(heard.row_at(348).iter().any(|c| c == "TEST"));
    assert_eq!(heard.codes(), ["column_nameless"]);
    let heard = table(
        folder.join("contratos_de_sancionados_2010_2016.csv"),
        1070,
        "utf-8",
        1,
        44,
    );
    assert!(heard.rows.iter().all(|(_, cells)| cells.len() == 46));
    assert_eq!(
        heard.codes(),
        ["encoding_mojibake", "row_too_long", "problem_repeated"]
    );
}

#[test]
fn federal_works() {
    let Some(data) = data() else { return };
    let folder = data.join("public-works/shcp-opa");
    let heard = table(
        folder.join("opa_2015_anual_antigua_vivo.csv"),
        3140,
        "utf-8-bom",
        1,
        45,
    );
    let of_airport = heard
        .rows
        .iter()
        .filter(|(_, c)| c.iter().any(|c| c == "1409JZL0005"));
    assert_eq!(
        of_airport.map(|(p, _)| *p).collect::<Vec<_>>(),
        [591, 633, 1788, 2112]
    );
    let heard = table(
        folder.join("opa_2021_anual_reciente_vivo.csv"),
        1786,
        "windows-1252",
        1,
        47,
    );
    // 182 quoted records hold line breaks; the file has 2,561 lines.
    assert_eq!(
        heard
            .rows
            .iter()
            .filter(|(_, c)| c.iter().any(|c| c.contains('\n')))
            .count(),
        182
    );
    assert!(
        heard.rows.iter().all(|(_, c)| c[0].starts_with('\'')),
        "keys keep their apostrophe"
    );
}

#[test]
fn lists_of_69_b() {
    let Some(data) = data() else { return };
    let folder = data.join("lists/sat-69b");
    let heard = table(
        folder.join("Listado_Completo_69-B_2022-11-30.csv"),
        12_666,
        "windows-1252",
        3,
        20,
    );
    assert_eq!(heard.header().2, 2);
    assert_eq!(heard.accounts[0].other_rows, [("title", 2), ("header", 1)]);
    for (line, rfc) in [
        (7491, "LIN140805IN5"),
        (8927, "ONE100713AK8"),
        (1048, "ATR1502171E6"),
    ] {
        assert_eq!(heard.row_at(line)[1], rfc);
    }
    assert_eq!(
        heard
            .rows
            .iter()
            .filter(|(_, c)| c[1] == "XXXXXXXXXXXX")
            .count(),
        86
    );
    let heard = table(
        folder.join("Definitivos_2019-12-03.csv"),
        9_116,
        "windows-1252",
        3,
        24,
    );
    assert_eq!(
        heard
            .problems
            .iter()
            .filter(|p| p.code == "column_repeated")
            .count(),
        2
    );
    table(
        folder.join("Presuntos_2019-12-03.csv"),
        1_177,
        "windows-1252",
        3,
        18,
    );
}

#[test]
fn sanctions() {
    let Some(data) = data() else { return };
    let folder = data.join("lists/sfp-sancionados");
    let heard = table(
        folder.join("ProveedoresyContratistasSancionados.csv"),
        1_504,
        "utf-8",
        1,
        13,
    );
    assert!(
        heard
            .rows
            .iter()
            .enumerate()
            .all(|(i, (p, _))| *p == i as u64 + 2),
        "no record of several lines"
    );
    table(
        folder.join("ProveedoresyContratistasSancionados_2.csv"),
        454,
        "utf-8",
        1,
        13,
    );
    let heard = table(folder.join("IMCO_RFC_sancionado.csv"), 1_891, "utf-8", 0, 2);
    assert_eq!(heard.codes(), ["header_missing"]);
    table(
        folder.join("MCCI_lista_empresas_sancionadas.csv"),
        1_594,
        "utf-8",
        1,
        1,
    );
}

#[test]
fn federal_transfers() {
    let Some(data) = data() else { return };
    let heard = listen(
        &data.join("public-works/shcp-srft/srft_projects.json"),
        "[]",
        &[],
    );
    assert_eq!(
        (
            heard.accounts[0].rows_read,
            heard.accounts[0].rows_set_aside
        ),
        (5_456, 0)
    );
    assert_eq!(heard.columns.len(), 15);
    assert!(
        heard.columns.iter().any(|c| c.2.is_empty()),
        "one key is the empty string"
    );
    assert_eq!(heard.objects[5455].0, "/5455");
    assert!(
        heard
            .objects
            .iter()
            .any(|(.., v)| v.iter().any(|(_, v)| v == "#¡DIV/0!"))
    );
}

#[test]
fn nuevo_leon() {
    let Some(data) = data() else { return };
    let json = |folder: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(data.join(folder))
            .unwrap()
            .map(|e| e.unwrap().path());
        entries
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .collect()
    };
    let packages = json("contracting/ocds/mexico/nuevo-leon");
    assert_eq!(packages.len(), 9);
    for path in packages {
        let heard = listen(
            &path,
            "records[]/compiledRelease",
            &["awards[]", "awards[]/suppliers[]", "contracts[]"],
        );
        assert_eq!(
            (
                heard.accounts[0].rows_read,
                heard.accounts[0].rows_set_aside
            ),
            (1, 0),
            "{}",
            path.display()
        );
        assert_eq!(heard.objects[0].0, "/records/0/compiledRelease");
        assert!(
            heard
                .objects
                .iter()
                .any(|(_, element, _)| element == "awards/0/suppliers/0")
        );
        assert_eq!(heard.codes(), [""; 0]);
    }
    let projects: Vec<PathBuf> = json("public-works/oc4ids/nuevo-leon");
    let mut amounts: Vec<String> = Vec::new();
    for path in &projects {
        let lists = [
            "budget/budgetBreakdown[]",
            "budget/budgetBreakdown[]/budgetLines[]/measures[]",
        ];
        let heard = listen(path, "", &lists);
        assert_eq!(heard.accounts[0].rows_read, 1, "{}", path.display());
        let values = &heard.objects[0].2;
        amounts.extend(
            values
                .iter()
                .filter(|(p, _)| p == "completion/finalValue/amount")
                .map(|(_, v)| v.clone()),
        );
    }
    assert_eq!(projects.len(), 5);
    amounts.sort();
    assert!(
        amounts
            .iter()
            .any(|a| a.starts_with("10") && a.parse() == Ok(10.0)),
        "{amounts:?}"
    );
}

#[test]
fn works_of_mexico_city() {
    let Some(data) = data() else { return };
    let heard = listen(
        &data.join("public-works/cdmx-sobse-2015/ART_14_F_XXVII_ADIRECTA.xlsx"),
        "",
        &[],
    );
    let account = &heard.accounts[0];
    let others: u64 = account.other_rows.iter().map(|(_, n)| n).sum();
    assert_eq!(account.records_found + others, 799, "non-empty rows");
    assert_eq!((heard.header().1, heard.header().2), (9, 1));
    assert_eq!(
        account.other_rows[..3],
        [("title", 1), ("header", 3), ("group", 4)]
    );
    assert!(heard.links > 600, "{} links", heard.links);
    let heard = listen(
        &data.join("budget/pnt-municipio-michoacan/art35/Gasto-por-Capitulo-Concepto-y.xlsx"),
        "",
        &[],
    );
    assert_eq!((heard.accounts[0].rows_read, heard.header().1), (103, 7));
}
