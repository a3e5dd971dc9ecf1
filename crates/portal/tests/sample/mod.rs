//! A small invented run: tables in SQLite, read by the same queries as the real ones.
//!
//! SQLite knows no `name_key`, so the reader puts `upper` in its place; nothing else differs.
#![allow(dead_code, missing_docs)]

mod history;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use portal::text::{
    FieldText, Lang, ParameterText, RequireText, RuleText, SourceText, StandardText, TableText,
    Text, Texts, TileText,
};
use portal::{
    Built, Error, Options, Original, OriginalStore, Originals, RawRow, Row, RowKey, TableReader,
};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, Connection, Row as _, TypeInfo, ValueRef};
use tokio::sync::Mutex;

pub const ARBOLEDA: &str = "xx_arboleda__contratos";
pub const VALLE: &str = "xx_valle__contratos";
pub const FEDERAL: &str = "xx__obras";
pub const COSTA: &str = "xx_costa__obras";
pub const LIST: &str = "xx__lista";
pub const HASH: &str = "3f8a1c0d2b4e6f7081923a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f";
pub const HOSTILE: &str = "<script>alert('ñ')</script> & \"Hijos\"";

/// Tables of the run, and a log of what was asked of them.
pub struct Tables {
    connection: Mutex<SqliteConnection>,
    present: BTreeSet<String>,
    pub asked: Mutex<Vec<String>>,
}

impl Tables {
    /// The same run before a step that fills these.
    pub fn without(&mut self, names: &[&str]) {
        self.present.retain(|name| !names.contains(&name.as_str()));
    }
}

#[async_trait]
impl TableReader for Tables {
    async fn tables(&self) -> Result<BTreeSet<String>, Error> {
        Ok(self.present.clone())
    }

    async fn rows(&self, sql: &str) -> Result<Vec<Row>, Error> {
        self.asked.lock().await.push(sql.to_owned());
        let sql = sql.replace("name_key(s.name)", "upper(s.name)");
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .fetch_all(&mut *connection)
            .await
            .map_err(|source| Error::Reading {
                what: sql.clone(),
                source: Box::new(source),
            })?;
        Ok(rows.iter().map(to_row).collect())
    }
}

fn to_row(row: &SqliteRow) -> Row {
    row.columns()
        .iter()
        .map(|column| {
            let at = column.ordinal();
            let raw = row.try_get_raw(at).unwrap();
            let value = match (raw.is_null(), raw.type_info().name()) {
                (true, _) => Value::Null,
                (_, "INTEGER" | "BOOLEAN") => json!(row.get::<i64, _>(at)),
                (_, "REAL") => json!(row.get::<f64, _>(at).to_string()),
                _ => json!(row.get::<String, _>(at)),
            };
            (column.name().to_owned(), value)
        })
        .collect()
}

/// Cells of the original files.
pub struct Cells;

#[async_trait]
impl Originals for Cells {
    async fn raw_rows(&self, wanted: &[RowKey]) -> Result<Vec<Option<RawRow>>, Error> {
        Ok(wanted
            .iter()
            .map(|key| {
                (key.record != 13).then(|| RawRow {
                    path: "contratos.csv".into(),
                    sha256: HASH.into(),
                    position: format!("line {}", key.record + 1),
                    columns: vec![
                        ("DEPENDENCIA".into(), "Secretaría de Caminos".into()),
                        ("NUMERO_EXPEDIENTE".into(), format!("10{:04}", key.record)),
                        (
                            "TITULO_EXPEDIENTE".into(),
                            format!("Rehabilitación de camino rural {}", key.record),
                        ),
                        ("PROC_F_PUBLICACION".into(), "2015-03-02 09:00".into()),
                        (
                            "FECHA_APERTURA_PROPOSICIONES".into(),
                            "2015-03-11 10:00".into(),
                        ),
                        ("PROVEEDOR_CONTRATISTA".into(), HOSTILE.into()),
                        ("RFC".into(), "ROSM850101AB1".into()),
                        ("IMPORTE_CONTRATO".into(), "1234567.89".into()),
                        ("=FORMULA()".into(), "=HYPERLINK(\"http://x\")".into()),
                        ("CONVENIO_MODIFICATORIO".into(), String::new()),
                        ("OBSERVACIONES".into(), String::new()),
                    ],
                })
            })
            .collect())
    }
}

/// One original that is public, whatever hash is asked for; a hash of zeros alone is not public.
pub struct Files(pub PathBuf);

impl OriginalStore for Files {
    fn open(&self, sha256: &str) -> Option<Original> {
        match sha256 {
            HASH => Some(Original {
                path: self.0.clone(),
                name: "contratos 2015 ñ.csv".into(),
                public: true,
            }),
            other if other.bytes().all(|byte| byte == b'0') => Some(Original {
                path: self.0.clone(),
                name: "privado.csv".into(),
                public: false,
            }),
            _ => None,
        }
    }
}

fn text(es: &str, en: &str) -> Text {
    Text::new(es, en)
}

fn field(name: &str, kind: &str, es: &str, en: &str) -> FieldText {
    let codes = match name {
        "procurement_method" => [
            ("open", "licitación pública", "open tender"),
            ("limited", "invitación", "invitation"),
            ("direct", "adjudicación directa", "direct award"),
        ]
        .iter()
        .map(|(code, es, en)| ((*code).to_owned(), text(es, en)))
        .collect(),
        _ => BTreeMap::new(),
    };
    let personal = name.starts_with("contact_");
    FieldText {
        name: name.into(),
        title: text(es, en),
        kind: kind.into(),
        personal,
        codes,
        ..FieldText::default()
    }
}

fn table(name: &str, es: &str, en: &str, fields: &[(&str, &str, &str, &str)]) -> TableText {
    let fields = fields
        .iter()
        .map(|(own, kind, es, en)| FieldText {
            path: history::path(name, own),
            ..field(own, kind, es, en)
        })
        .collect();
    TableText {
        name: name.into(),
        title: text(es, en),
        lists: Vec::new(),
        fields,
    }
}

pub fn texts() -> Texts {
    Texts {
        standards: vec![ocds(), oc4ids()],
        rules: rules(),
        tiles: tiles(),
        links: [
            (
                "same_name".to_owned(),
                text("el mismo nombre", "the same name"),
            ),
            (
                "rfc".to_owned(),
                text("el RFC es el mismo", "the tax number (RFC) is the same"),
            ),
        ]
        .into(),
    }
}

/// Three states of the invented federation; of the third no office publishes contracts.
fn tiles() -> Vec<TileText> {
    [
        ("xx-01", "01", "ARB", "Arboleda", 1, 1),
        ("xx-02", "02", "VAL", "Valle Hondo", 2, 1),
        ("xx-03", "07", "COS", "Costa Larga", 2, 2),
        ("xx-04", "08", "NIE", "Sierra Niebla", 1, 2),
    ]
    .into_iter()
    .map(|(place, code, abbreviation, name, column, row)| TileText {
        country: "xx".into(),
        place: place.into(),
        state_code: code.into(),
        abbreviation: abbreviation.into(),
        name: Text::same(name),
        also: Vec::new(),
        column,
        row,
    })
    .collect()
}

fn ocds() -> StandardText {
    StandardText {
        code: "ocds".into(),
        title: text("Contrataciones abiertas (OCDS)", "Open contracting (OCDS)"),
        version: "1.1.5".into(),
        url: "https://standard.open-contracting.org/".into(),
        tables: vec![
            table(
                "tender",
                "Contratación",
                "Contracting process",
                &[
                    ("ocid", "identifier", "Identificador", "Identifier"),
                    (
                        "id",
                        "identifier",
                        "Número de procedimiento",
                        "Procedure number",
                    ),
                    ("title", "text", "Título", "Title"),
                    ("description", "text", "Descripción", "Description"),
                    ("status", "code", "Situación", "Status"),
                    (
                        "procurement_method",
                        "code",
                        "Tipo de procedimiento",
                        "Procurement method",
                    ),
                    (
                        "procurement_method_details",
                        "text",
                        "Procedimiento, como se publica",
                        "Method, as published",
                    ),
                    ("procurement_law", "text", "Ley", "Law"),
                    (
                        "main_procurement_category",
                        "code",
                        "Qué se contrata",
                        "Category",
                    ),
                    ("buyer_id", "identifier", "Clave del comprador", "Buyer id"),
                    ("buyer_name", "text", "Comprador", "Buyer"),
                    (
                        "procuring_entity_name",
                        "text",
                        "Unidad compradora",
                        "Procuring entity",
                    ),
                    ("value_amount", "money", "Monto estimado", "Estimated value"),
                    ("value_currency", "code", "Moneda", "Currency"),
                    (
                        "tender_period_start_date",
                        "date",
                        "Publicación",
                        "Published",
                    ),
                    (
                        "tender_period_end_date",
                        "date",
                        "Apertura de propuestas",
                        "Bid opening",
                    ),
                    (
                        "number_of_tenderers",
                        "integer",
                        "Participantes",
                        "Tenderers",
                    ),
                    ("url", "url", "Página oficial", "Official page"),
                ],
            ),
            table(
                "tenderer",
                "Participante",
                "Tenderer",
                &[
                    ("ocid", "identifier", "Contratación", "Process"),
                    ("id", "identifier", "Clave", "Id"),
                    ("name", "text", "Nombre", "Name"),
                ],
            ),
            table(
                "award",
                "Adjudicación",
                "Award",
                &[
                    ("ocid", "identifier", "Contratación", "Process"),
                    ("id", "identifier", "Número", "Number"),
                    ("title", "text", "Título", "Title"),
                    ("date", "date", "Fecha", "Date"),
                    ("value_amount", "money", "Monto", "Amount"),
                    ("value_currency", "code", "Moneda", "Currency"),
                    ("value_tax_basis", "code", "Impuestos", "Tax"),
                ],
            ),
            table(
                "contract",
                "Contrato",
                "Contract",
                &[
                    ("ocid", "identifier", "Contratación", "Process"),
                    ("id", "identifier", "Número", "Number"),
                    ("award_id", "identifier", "Adjudicación", "Award"),
                    ("title", "text", "Título", "Title"),
                    ("status", "code", "Situación", "Status"),
                    ("date_signed", "date", "Firma", "Signed"),
                    ("period_start_date", "date", "Inicio", "Start"),
                    ("period_end_date", "date", "Fin", "End"),
                    ("value_amount", "money", "Monto", "Amount"),
                    ("value_currency", "code", "Moneda", "Currency"),
                    ("value_tax_basis", "code", "Impuestos", "Tax"),
                ],
            ),
            table(
                "transaction",
                "Pago",
                "Payment",
                &[
                    ("ocid", "identifier", "Contratación", "Process"),
                    ("contract_id", "identifier", "Contrato", "Contract"),
                    ("id", "identifier", "Número", "Number"),
                    ("date", "date", "Fecha", "Date"),
                    ("value_amount", "money", "Monto", "Amount"),
                    ("value_currency", "code", "Moneda", "Currency"),
                    ("payee_name", "text", "Beneficiario", "Payee"),
                ],
            ),
        ],
    }
}

fn oc4ids() -> StandardText {
    StandardText {
        code: "oc4ids".into(),
        title: text("Obras públicas (OC4IDS)", "Public works (OC4IDS)"),
        version: "0.9".into(),
        url: "https://standard.open-contracting.org/infrastructure/".into(),
        tables: vec![
            table(
                "project",
                "Obra",
                "Project",
                &[
                    ("id", "identifier", "Clave de la obra", "Project id"),
                    ("other_id", "identifier", "Otra clave", "Other id"),
                    ("title", "text", "Nombre", "Name"),
                    ("description", "text", "Descripción", "Description"),
                    ("status", "code", "Situación", "Status"),
                    ("type", "code", "Tipo de inversión", "Type of investment"),
                    ("sector", "code", "Sector", "Sector"),
                    (
                        "period_start_date",
                        "date",
                        "Inicio previsto",
                        "Planned start",
                    ),
                    ("period_end_date", "date", "Término previsto", "Planned end"),
                    ("budget_amount", "money", "Costo total", "Total cost"),
                    ("budget_currency", "code", "Moneda", "Currency"),
                    ("completion_end_date", "date", "Término real", "Actual end"),
                    (
                        "completion_final_value_amount",
                        "money",
                        "Costo final",
                        "Final cost",
                    ),
                    (
                        "public_authority_name",
                        "text",
                        "Dependencia responsable",
                        "Public authority",
                    ),
                    ("contact_name", "text", "Responsable", "Contact name"),
                    (
                        "contact_email",
                        "text",
                        "Correo del responsable",
                        "Contact e-mail",
                    ),
                ],
            ),
            table(
                "finance",
                "Dinero y avance por año",
                "Money and progress by year",
                &[
                    ("project_id", "identifier", "Obra", "Project"),
                    ("year", "integer", "Año", "Year"),
                    ("approved_amount", "money", "Aprobado", "Approved"),
                    ("modified_amount", "money", "Modificado", "Modified"),
                    ("spent_amount", "money", "Ejercido", "Spent"),
                    ("currency", "code", "Moneda", "Currency"),
                    (
                        "physical_progress",
                        "number",
                        "Avance físico",
                        "Physical progress",
                    ),
                    (
                        "physical_progress_basis",
                        "code",
                        "Base del avance",
                        "Basis of progress",
                    ),
                ],
            ),
            table(
                "location",
                "Lugar",
                "Location",
                &[
                    ("project_id", "identifier", "Obra", "Project"),
                    ("id", "identifier", "Clave", "Id"),
                    ("state_code", "code", "Estado", "State"),
                    ("state_name", "text", "Nombre del estado", "State name"),
                    (
                        "locality",
                        "text",
                        "Municipio o localidad",
                        "Municipality or locality",
                    ),
                    ("latitude", "latitude", "Latitud", "Latitude"),
                    ("longitude", "longitude", "Longitud", "Longitude"),
                ],
            ),
            table(
                "budget_line",
                "Partida de presupuesto",
                "Budget line",
                &[
                    ("project_id", "identifier", "Obra", "Project"),
                    ("id", "identifier", "Clave", "Id"),
                    ("description", "text", "Descripción", "Description"),
                    ("amount", "money", "Monto", "Amount"),
                    ("currency", "code", "Moneda", "Currency"),
                ],
            ),
            table(
                "contracting_process",
                "Contratación de la obra",
                "Contracting process",
                &[
                    ("project_id", "identifier", "Obra", "Project"),
                    ("id", "identifier", "Clave", "Id"),
                    ("ocid", "identifier", "Identificador", "Identifier"),
                ],
            ),
        ],
    }
}

fn rules() -> Vec<RuleText> {
    let rule = |code: &str,
                es: &str,
                en: &str,
                question: (&str, &str),
                subject: &str,
                unit: (&str, &str),
                requires: &[(&str, &str, &str)]| {
        RuleText {
        code: code.into(),
        title: text(es, en),
        question: text(question.0, question.1),
        why: text("Quien avisa antes a uno deja a los demás sin tiempo de preparar una propuesta seria.", "A buyer who warns one bidder early leaves the others no time for a serious bid."),
        rule: text("Se cuentan los días naturales entre la publicación de la convocatoria y la apertura de propuestas. Se marca cuando son menos que el mínimo vigente ese día para ese procedimiento.", "Calendar days are counted between the publication of the call and the opening of bids. It is flagged when they are fewer than the minimum in force that day for that procedure."),
        not_proof: vec![
            text("La ley permite acortar el plazo cuando hay urgencia y se justifica por escrito.", "The law allows a shorter term when there is urgency and it is justified in writing."),
            text("La fecha de publicación puede ser la de una corrección, no la de la convocatoria.", "The date may be of a correction, not of the call."),
            text("Una compra pequeña y conocida puede prepararse en pocos días.", "A small and well known purchase can be prepared in a few days."),
        ],
        unit: text(unit.0, unit.1),
        notes: BTreeMap::from([
            ("listed_later".into(), text("Fue listada después de la fecha del contrato: no es una bandera sobre este contrato.", "It was listed after the date of the contract: it is no flag on this contract.")),
            ("tax_basis".into(), text("Una de las dos cifras puede incluir impuestos y la otra no: la diferencia de 16 % lo sugiere.", "One of the two figures may include tax and the other not: the difference of 16 % suggests it.")),
        ]),
        subject: subject.into(),
        status: "published".into(),
        sources: vec![SourceText { title: "Open Contracting Partnership, Red flags in public procurement (2024), R003".into(), url: "https://www.open-contracting.org/".into() }],
        requires: requires.iter().map(|(field, es, en)| RequireText { field: (*field).into(), missing: text(es, en) }).collect(),
        parameters: if code == "R003" {
            vec![
                ParameterText { name: "minimum_days".into(), place: "xx".into(), procedure: "open".into(), valid_from: "2010-05-28".into(), value: "15.000000".into(), status: "published".into(), source: "Ley de Adquisiciones, artículo 32".into(), ..Default::default() },
                ParameterText { name: "minimum_days".into(), place: "xx-03".into(), procedure: "open".into(), valid_from: "2012-01-01".into(), valid_to: "2019-12-31".into(), value: "10.000000".into(), status: "inferred".into(), source: "Ley estatal, leída de una copia".into(), ..Default::default() },
            ]
        } else {
            Vec::new()
        },
        facts: BTreeMap::from([("published".into(), text("Publicación", "Published")), ("opened".into(), text("Apertura de propuestas", "Bid opening"))]),
        roles: BTreeMap::new(),
        parameter_meanings: BTreeMap::from([("minimum_days".into(), text("Días naturales que hay que dar. Incluyente: con el mínimo basta.", "Calendar days that must be given. Inclusive: the minimum is enough."))]),
        sql: "-- One row per contracting process with both tender dates.\nSELECT ocid AS subject_id,\n       tender_period_end_date - tender_period_start_date AS value\nFROM ocds.tender\nWHERE procurement_method = 'open' AND value < 15".into(),
    }
    };
    vec![
        rule(
            "R003",
            "Plazo corto para presentar propuestas",
            "Short submission period",
            (
                "¿Tuvieron los participantes menos días de los que da la ley?",
                "Did bidders have fewer days than the law gives them?",
            ),
            "process",
            ("días", "days"),
            &[(
                "ocds.tender.tender_period_start_date",
                "la fecha de publicación",
                "the date of publication",
            )],
        ),
        rule(
            "R013",
            "Casi todo por adjudicación directa",
            "Mostly direct awards",
            (
                "¿Qué parte de lo que compra esta oficina se adjudica sin concurso?",
                "What share of what this office buys is awarded without competition?",
            ),
            "buyer",
            ("% del monto", "% of the amount"),
            &[(
                "ocds.tender.procurement_method",
                "el tipo de procedimiento",
                "the procurement method",
            )],
        ),
        rule(
            "R059",
            "Contrato por encima de lo adjudicado",
            "Contract over award",
            (
                "¿Se firmó por más de lo que se adjudicó?",
                "Was it signed for more than was awarded?",
            ),
            "contract",
            ("% sobre lo adjudicado", "% over the award"),
            &[(
                "ocds.award.value_amount",
                "el monto adjudicado",
                "the award amount",
            )],
        ),
        rule(
            "MX69B",
            "Proveedor en la lista 69-B al firmar",
            "Supplier in list 69-B when signed",
            (
                "¿Estaba el proveedor en la lista el día del contrato?",
                "Was the supplier listed on the day of the contract?",
            ),
            "contract",
            ("", ""),
            &[(
                "ocds.contract.date_signed",
                "la fecha del contrato",
                "the date of the contract",
            )],
        ),
        rule(
            "R011",
            "Compras divididas",
            "Split purchases",
            (
                "¿Se repartió una compra en varias para no licitarla?",
                "Was one purchase split into several to avoid a tender?",
            ),
            "group",
            ("veces el máximo", "times the maximum"),
            &[(
                "direct_maximum",
                "la tabla de montos máximos para adjudicar de manera directa",
                "the table of maximum amounts for direct awards",
            )],
        ),
        rule(
            "W001",
            "Se gasta antes de construir",
            "Spending ahead of progress",
            (
                "¿Va el gasto muy por delante del avance físico?",
                "Is spending far ahead of physical progress?",
            ),
            "project",
            ("puntos", "points"),
            &[(
                "oc4ids.finance.physical_progress_basis",
                "si el avance es del año o acumulado",
                "whether progress is of the year or cumulative",
            )],
        ),
    ]
}

const SYSTEM: [(&str, &str); 11] = [
    (
        "file",
        "file_id INTEGER, sha256, path, part_id INTEGER, part, place, source, layout, format, encoding, delimiter, size_bytes INTEGER, records_found INTEGER, rows_read INTEGER, rows_set_aside INTEGER, edition_date, status, added_at",
    ),
    (
        "problem",
        "source, file_id INTEGER, part_id INTEGER, record INTEGER, position, \"column\", code, severity, found, \"action\", step",
    ),
    (
        "coverage",
        "place, source, layout, standard, \"table\", field, rows INTEGER, filled INTEGER, valid INTEGER, in_codelist INTEGER, mapped BOOLEAN",
    ),
    (
        "source_info",
        "source, place, title_es, title_en, publisher, url, license, publishes, covers, covers_note_es, covers_note_en, tax_basis",
    ),
    ("place_info", "place, name_es, name_en, kind, country"),
    (
        "flags.answer",
        "indicator, subject_kind, subject_id, source, place, name, answer, value, threshold, amount, currency, missing, note, detail",
    ),
    (
        "flags.flag",
        "flag_id, indicator, subject_kind, subject_id, source, place, name, value, threshold, amount, currency, note, detail, rule_version, first_seen, last_seen, closed_on",
    ),
    (
        "flags.evidence",
        "flag_id, indicator, subject_id, file_id INTEGER, part_id INTEGER, record INTEGER, element, role",
    ),
    (
        "release",
        "standard, source, place, subject, release_id, release_date, released, kind, tags, published, published_day, sequence INTEGER, timing, file_id INTEGER, part_id INTEGER, record INTEGER, position",
    ),
    (
        "\"change\"",
        "standard, source, place, subject, sequence INTEGER, release_id, release_date, released, timing, path, \"action\", \"before\", \"after\", file_id INTEGER, part_id INTEGER, record INTEGER, position",
    ),
    (
        "sanction.event",
        "sanction_id, status, published_where, date, document",
    ),
];

/// Makes the tables, and says who is who: one company by its tax number, and three more of its name.
pub async fn linked_tables() -> Tables {
    let mut tables = tables().await;
    let connection = tables.connection.get_mut();
    run(connection, "ATTACH ':memory:' AS links").await;
    let member = "kind, entity_id, mention_id, rule, strength, joined_by, table_name, role, source, place, subject_id, name, date, \
                  file_id INTEGER, part_id INTEGER, record INTEGER, element";
    for (name, columns) in [
        (
            "links.entity",
            "kind, entity_id, \"key\", strength, name, names INTEGER, rfc, mentions INTEGER, sources INTEGER, roles, homonyms INTEGER, warnings, distinct_key",
        ),
        ("links.member", member),
        (
            "links.pair",
            "kind, pair_id, a, b, rule, strength, decision, sharing INTEGER, different INTEGER, evidence",
        ),
    ] {
        run(connection, &format!("CREATE TABLE {name} ({columns})")).await;
        tables.present.insert(name.to_owned());
    }
    run(
        connection,
        &format!(
            "INSERT INTO links.member SELECT 'organization', CASE source WHEN '{VALLE}' THEN 'valle' ELSE 'arboleda' END, \
             'm' || record, 'rfc', 'certain', NULL, 'ocds.award_supplier', 'supplier', source, place, ocid, name, NULL, file_id, \
             part_id, record, element FROM ocds.award_supplier WHERE name LIKE 'Constructora%'"
        ),
    )
    .await;
    for sql in [
        "INSERT INTO links.member SELECT 'contract', 'twin', 'c' || id, 'ocid_and_number', 'certain', NULL, 'ocds.contract', 'contract', \
         source, place, ocid || '/' || id, title, NULL, file_id, part_id, record, element FROM ocds.contract WHERE id IN ('52', '56')",
        "INSERT INTO links.entity VALUES ('contract', 'twin', 'x', 'certain', 'x', 1, NULL, 2, 1, 'contract', 0, NULL, NULL)",
        "INSERT INTO links.member SELECT 'organization', 'valle', 't' || record, 'rfc', 'certain', NULL, 'ocds.tenderer', 'tenderer', \
         source, place, ocid, name, NULL, file_id, part_id, record, element FROM ocds.tenderer WHERE record IN (52, 53) AND id = 'T1'",
        "INSERT INTO links.entity VALUES \
         ('organization', 'valle', 'rfc:CEN010203XY1', 'certain', 'Constructora', 1, 'CEN010203XY1', 7, 1, 'supplier;tenderer', 3, 'homonyms', 'CEN010203XY1'), \
         ('organization', 'arboleda', 'name:x', 'assumed', 'Constructora', 1, NULL, 12, 1, 'supplier', 3, NULL, NULL), \
         ('organization', 'another', 'rfc:y', 'certain', 'Constructora Ajena', 1, NULL, 1, 1, 'tenderer', 3, NULL, 'y')",
        "INSERT INTO links.pair VALUES \
         ('organization', 'p1', 'arboleda', 'valle', 'same_name', 'possible', NULL, 3, 3, '{}'), \
         ('organization', 'p2', 'another', 'valle', 'same_name', 'different', NULL, 3, 3, '{}'), \
         ('organization', 'p3', 'other key', 'valle', 'person', 'certain', 'confirm', NULL, NULL, '{\"why\":\"la misma acta\",\"decided_at\":\"2020-05-04T10:00:00Z\"}')",
    ] {
        run(connection, sql).await;
    }
    tables
}

/// Makes the tables.
pub async fn tables() -> Tables {
    let mut connection =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().in_memory(true))
            .await
            .unwrap();
    let mut present = BTreeSet::new();
    for schema in ["ocds", "oc4ids", "sanction", "flags"] {
        run(&mut connection, &format!("ATTACH ':memory:' AS {schema}")).await;
    }
    for (name, columns) in SYSTEM {
        run(&mut connection, &format!("CREATE TABLE {name} ({columns})")).await;
        present.insert(name.replace('"', ""));
    }
    let engine = "source, place, layout, file_id INTEGER, part_id INTEGER, record INTEGER, element, edition_date, row_state";
    for standard in texts().standards {
        for table in &standard.tables {
            let mut columns = vec![engine.to_owned()];
            for field in &table.fields {
                columns.push(format!("\"{}\"", field.name));
                if field.kind == "date" {
                    columns.push(format!("\"{0}_precision\", \"{0}_zone\"", field.name));
                }
            }
            let name = format!("{}.{}", standard.code, table.name);
            run(
                &mut connection,
                &format!(
                    "CREATE TABLE {}.\"{}\" ({})",
                    standard.code,
                    table.name,
                    columns.join(", ")
                ),
            )
            .await;
            present.insert(name);
        }
    }
    for (name, columns) in [
        (
            "ocds.party",
            "ocid, id, name, identifier_scheme, identifier_id, identifier_legal_name, roles",
        ),
        ("ocds.award_supplier", "ocid, award_id, id, name"),
        (
            "sanction.sanction",
            "id, list, authority_name, identifier_scheme, identifier_id, name, name_key, status, is_suppressed BOOLEAN, term_start_date, term_end_date, term_text",
        ),
    ] {
        run(
            &mut connection,
            &format!("CREATE TABLE {name} ({engine}, {columns})"),
        )
        .await;
        present.insert(name.to_owned());
    }
    for (table, row) in rows() {
        let Value::Object(row) = row else {
            unreachable!("every row is an object")
        };
        let names: Vec<String> = row.keys().map(|name| format!("\"{name}\"")).collect();
        let values: Vec<String> = row.values().map(literal).collect();
        run(
            &mut connection,
            &format!(
                "INSERT INTO {table} ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            ),
        )
        .await;
    }
    Tables {
        connection: Mutex::new(connection),
        present,
        asked: Mutex::new(Vec::new()),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::Bool(claim) => i64::from(*claim).to_string(),
        Value::Number(number) => number.to_string(),
        other => format!(
            "'{}'",
            other
                .as_str()
                .unwrap_or(&other.to_string())
                .replace('\'', "''")
        ),
    }
}

async fn run(connection: &mut SqliteConnection, sql: &str) {
    if let Err(error) = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
    {
        panic!("{sql}: {error}");
    }
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    base
}

fn rows() -> Vec<(&'static str, Value)> {
    let mut rows = Vec::new();
    for (place, es, en) in [
        ("xx", "Federación inventada", "Invented federation"),
        ("xx-01", "Arboleda", "Arboleda"),
        ("xx-02", "Valle Hondo", "Valle Hondo"),
        ("xx-03", "Costa Larga", "Costa Larga"),
    ] {
        rows.push((
            "place_info",
            json!({"place": place, "name_es": es, "name_en": en, "kind": "state", "country": "xx"}),
        ));
    }
    for (source, place, es, en, covers, tax) in [
        (
            ARBOLEDA,
            "xx-01",
            "Contratos de Arboleda",
            "Contracts of Arboleda",
            "sample",
            "without_tax",
        ),
        (
            VALLE,
            "xx-02",
            "Contrataciones abiertas de Valle Hondo",
            "Open contracting of Valle Hondo",
            "all",
            "unknown",
        ),
        (
            FEDERAL,
            "xx",
            "Obras de la Federación",
            "Works of the Federation",
            "all",
            "unknown",
        ),
        (
            COSTA,
            "xx-03",
            "Obras de Costa Larga (OC4IDS)",
            "Works of Costa Larga (OC4IDS)",
            "all",
            "with_tax",
        ),
        (
            LIST,
            "xx",
            "Lista de contribuyentes",
            "List of taxpayers",
            "all",
            "unknown",
        ),
    ] {
        rows.push(("source_info", json!({"source": source, "place": place, "title_es": es, "title_en": en, "publisher": "Secretaría de la Transparencia", "url": "https://datos.example/obra_publica.csv", "license": "Libre uso", "publishes": "append", "covers": covers, "covers_note_es": "Las primeras 400 filas de cada año, ordenadas por dependencia: los porcentajes describen la muestra.", "covers_note_en": "The first 400 rows of each year, sorted by agency: shares describe the sample.", "tax_basis": tax})));
    }
    for (id, source, path, layout, found, read, aside, encoding, date) in [
        (
            1,
            ARBOLEDA,
            "descargas/contratos_arboleda_2015.csv",
            "1",
            1200,
            1198,
            2,
            "windows-1252",
            Some("2015-05-14"),
        ),
        (
            2,
            VALLE,
            "descargas/valle/releases.json",
            "release",
            63,
            63,
            0,
            "utf-8",
            Some("2020-03-17"),
        ),
        (
            3,
            FEDERAL,
            "descargas/opa_2015.csv",
            "2015",
            3140,
            3140,
            0,
            "utf-8",
            Some("2015-12-31"),
        ),
        (
            4,
            FEDERAL,
            "descargas/opa_2021.csv",
            "2021",
            1786,
            1786,
            0,
            "windows-1252",
            Some("2021-12-31"),
        ),
        (
            5,
            COSTA,
            "descargas/costa/obras.xlsx",
            "project",
            5,
            5,
            0,
            "",
            None,
        ),
        (
            6,
            LIST,
            "descargas/lista.csv",
            "1",
            9800,
            9795,
            5,
            "utf-8",
            Some("2022-06-30"),
        ),
    ] {
        let sha = if id == 1 {
            HASH.to_owned()
        } else {
            format!("{id}").repeat(64)
        };
        rows.push(("file", json!({"file_id": id, "sha256": sha, "path": path, "part_id": 0, "part": if id == 5 { "Hoja 1" } else { "" }, "place": "xx", "source": source, "layout": layout, "format": if id == 5 { "xlsx" } else { "csv" }, "encoding": encoding, "size_bytes": 123_456 * id, "records_found": found, "rows_read": read, "rows_set_aside": aside, "edition_date": date, "status": "read"})));
    }
    for (n, code, column, severity, found) in [
        (
            31,
            "rounded_number",
            "MONTO_TOTAL_INVERSION",
            "warning",
            "1.80123E+11",
        ),
        (4, "bad_date", "FECHA_FIN", "error", "0202-11-31"),
        (1, "unknown_value", "MONEDA", "notice", "TEST"),
        (2, "ragged_row", "", "error", "46 valores, 44 encabezados"),
    ] {
        for _ in 0..n {
            rows.push(("problem", json!({"source": FEDERAL, "code": code, "column": column, "severity": severity, "found": found, "action": "null", "step": "map"})));
        }
    }
    coverage(&mut rows);
    contracts(&mut rows);
    works(&mut rows);
    lists(&mut rows);
    history::rows(&mut rows);
    rows
}

fn coverage(rows: &mut Vec<(&'static str, Value)>) {
    let filled_of = |layout: &str, field: &str, total: u64| -> Option<u64> {
        match (layout, field) {
            (
                "2015" | "2021",
                "completion_end_date"
                | "completion_final_value_amount"
                | "physical_progress_basis"
                | "locality"
                | "ocid",
            ) => None,
            ("2015", "status") => None,
            (
                "project",
                "physical_progress"
                | "physical_progress_basis"
                | "other_id"
                | "contact_name"
                | "contact_email",
            ) => None,
            ("2015", "state_code") => Some(2441),
            ("2021", "state_code") => Some(1336),
            ("2015", "latitude" | "longitude") => Some(1613),
            ("2021", "latitude" | "longitude") => Some(1076),
            (
                "2021",
                "approved_amount" | "modified_amount" | "spent_amount" | "physical_progress",
            ) => Some(1499),
            ("2015", "description") => Some(0),
            ("1", "number_of_tenderers" | "tender_period_end_date" | "status" | "description") => {
                None
            }
            ("1", "tender_period_start_date") => Some(310),
            ("1", "date_signed") => Some(521),
            ("release", "procurement_law" | "payee_name") => Some(0),
            _ => Some(total),
        }
    };
    for standard in texts().standards {
        let layouts: &[(&str, &str, u64)] = match standard.code.as_str() {
            "ocds" => &[(ARBOLEDA, "1", 1198), (VALLE, "release", 63)],
            _ => &[
                (FEDERAL, "2015", 3140),
                (FEDERAL, "2021", 1786),
                (COSTA, "project", 5),
            ],
        };
        for (source, layout, total) in layouts {
            for table in &standard.tables {
                let unmapped = matches!(
                    (*layout, table.name.as_str()),
                    ("2015" | "2021", "budget_line" | "contracting_process")
                        | ("1", "award" | "transaction" | "tenderer")
                );
                let total = if table.name == "transaction" {
                    0
                } else {
                    *total
                };
                for field in &table.fields {
                    let filled = if unmapped {
                        None
                    } else {
                        filled_of(layout, &field.name, total)
                    };
                    rows.push(("coverage", json!({"place": "xx", "source": source, "layout": layout, "standard": standard.code, "table": table.name, "field": field.name, "rows": total, "filled": filled.unwrap_or(0), "valid": filled.unwrap_or(0), "mapped": filled.is_some()})));
                }
            }
        }
    }
}

fn contracts(rows: &mut Vec<(&'static str, Value)>) {
    let suppliers = [
        (
            "Constructora Ejemplo del Norte, S.A. de C.V.",
            "CEN010203XY1",
        ),
        (HOSTILE, ""),
        ("María Rosales Soto", "ROSM850101AB1"),
        ("Caminos y Puentes Imaginarios, S.A. de C.V.", ""),
    ];
    for n in 1..=70_u32 {
        let valle = n > 50;
        let (source, layout, file) = if valle {
            (VALLE, "release", 2)
        } else {
            (ARBOLEDA, "1", 1)
        };
        let ocid = if valle {
            format!("ocds-xx7/{n:03}")
        } else {
            format!("arboleda-10{n:04}")
        };
        let place = if valle { "xx-02" } else { "xx-01" };
        let engine = json!({"source": source, "place": place, "layout": layout, "file_id": file, "part_id": 0, "record": n, "element": "", "row_state": "current"});
        let (supplier, rfc) = suppliers[(n % 4) as usize];
        let method = ["open", "direct", "limited"][(n % 3) as usize];
        let title = format!("Rehabilitación del camino rural tramo {n}, segunda etapa");
        let dates = if n % 5 == 0 {
            json!({})
        } else {
            json!({"tender_period_start_date": format!("2015-03-{:02}", n % 9 + 1), "tender_period_start_date_precision": "minute", "tender_period_end_date": "2015-03-18", "tender_period_end_date_precision": "day"})
        };
        rows.push(("ocds.tender", with(with(engine.clone(), dates), json!({"ocid": ocid, "id": format!("LO-{n}"), "title": title, "procurement_method": method, "procurement_method_details": "Licitación Pública", "buyer_id": "CAM", "buyer_name": "Secretaría de Caminos y Puertos", "url": "https://compras.example/x?y=1&z=2"}))));
        let amount = format!("{}.560000", n * 98_765);
        if valle {
            rows.push(("ocds.award", with(engine.clone(), json!({"ocid": ocid, "id": "A1", "date": "2015-03-25", "date_precision": "day", "value_amount": amount, "value_currency": "MXN", "value_tax_basis": "unknown"}))));
            rows.push(("ocds.tenderer", with(engine.clone(), json!({"ocid": ocid, "id": "T1", "name": "Caminos y Puentes Imaginarios, S.A. de C.V."}))));
            rows.push(("ocds.tenderer", with(engine.clone(), json!({"ocid": ocid, "id": "T2", "name": "Otra Empresa Inventada, S.A. de C.V."}))));
        }
        rows.push(("ocds.award_supplier", with(engine.clone(), json!({"ocid": ocid, "award_id": "A1", "id": if valle { rfc } else { "" }, "name": supplier}))));
        if n % 10 != 9 {
            rows.push(("ocds.contract", with(engine.clone(), json!({"ocid": ocid, "id": format!("{n}"), "award_id": "A1", "title": title, "date_signed": if n % 4 == 0 { Value::Null } else { json!(format!("201{}-04-{:02}", n % 6, n % 28 + 1)) }, "date_signed_precision": "day", "period_start_date": "2015-05-01", "period_start_date_precision": "day", "period_end_date": "2015-09-30", "period_end_date_precision": "day", "value_amount": if n % 13 == 0 { Value::Null } else { json!(amount) }, "value_currency": "MXN", "value_tax_basis": if valle { "unknown" } else { "without_tax" }}))));
        }
        if n == 51 {
            rows.push(("ocds.\"transaction\"", with(engine.clone(), json!({"ocid": ocid, "contract_id": "51", "id": "1", "date": "2015-08-01", "date_precision": "day", "value_amount": "1000000.000000", "value_currency": "MXN", "payee_name": supplier}))));
        }
        let flag = |rows: &mut Vec<(&'static str, Value)>,
                    id: String,
                    rule: &str,
                    kind: &str,
                    subject: String,
                    answer: &str,
                    value: &str,
                    threshold: Value,
                    note: Value| {
            let common = json!({"indicator": rule, "subject_kind": kind, "subject_id": subject, "source": source, "place": "xx", "name": title, "value": value, "threshold": threshold, "amount": amount, "currency": "MXN", "note": note, "detail": "{\"published\":\"2015-03-02\",\"opened\":\"2015-03-11\",\"folio\":\"000123\"}"});
            rows.push((
                "flags.answer",
                with(common.clone(), json!({"answer": answer})),
            ));
            if answer == "flagged" {
                rows.push(("flags.flag", with(common, json!({"flag_id": id, "rule_version": "1", "first_seen": format!("2026-11-{:02}", n % 20 + 1), "last_seen": "2026-11-23", "closed_on": if n == 7 { json!("2026-11-20") } else { Value::Null }}))));
            }
            if answer == "flagged" || !note.is_null() {
                let more = if rule == "R003" && n == 3 { 25 } else { 1 };
                for extra in 0..more {
                    rows.push(("flags.evidence", json!({"flag_id": id, "indicator": rule, "subject_id": subject, "file_id": file, "part_id": 0, "record": n + extra, "element": "", "role": "tender"})));
                }
            }
        };
        if method == "open" {
            if n % 5 == 0 {
                rows.push(("flags.answer", json!({"indicator": "R003", "subject_kind": "process", "subject_id": ocid, "source": source, "name": title, "answer": "not_computable", "missing": "ocds.tender.tender_period_start_date"})));
            } else {
                let days = 17 - n % 9;
                let flagged = days < 15;
                flag(
                    rows,
                    format!("{n:016x}"),
                    "R003",
                    "process",
                    ocid.clone(),
                    if flagged { "flagged" } else { "clear" },
                    &format!("{days}.000000"),
                    json!("15.000000"),
                    Value::Null,
                );
            }
        }
        if valle && n % 3 == 0 {
            flag(
                rows,
                format!("{:016x}", n + 0x1000),
                "R059",
                "contract",
                format!("{ocid}/{n}"),
                "flagged",
                "16.300000",
                json!("0.000000"),
                json!("tax_basis"),
            );
        } else {
            rows.push(("flags.answer", json!({"indicator": "R059", "subject_kind": "contract", "subject_id": format!("{ocid}/{n}"), "source": source, "name": title, "answer": if valle { "clear" } else { "not_computable" }, "missing": if valle { Value::Null } else { json!("ocds.award.value_amount") }, "value": if valle { json!("-3.000000") } else { Value::Null }})));
        }
        let later = n == 4 || n == 8;
        flag(
            rows,
            format!("{:016x}", n + 0x2000),
            "MX69B",
            "contract",
            format!("{ocid}/{n}"),
            "clear",
            "0",
            Value::Null,
            if later {
                json!("listed_later")
            } else {
                Value::Null
            },
        );
    }
    for (n, source) in [(1, ARBOLEDA), (2, VALLE)] {
        rows.push(("flags.answer", json!({"indicator": "R011", "subject_kind": "group", "subject_id": format!("{source}/CAM/{n}"), "source": source, "name": "Secretaría de Caminos", "answer": "not_computable", "missing": "direct_maximum"})));
        let common = json!({"indicator": "R013", "subject_kind": "buyer", "subject_id": format!("{source}/CAM"), "source": source, "name": "Secretaría de Caminos y Puertos", "value": "78.300000", "threshold": "60.000000", "amount": "9876543.210000", "currency": "MXN"});
        rows.push((
            "flags.answer",
            with(common.clone(), json!({"answer": "flagged"})),
        ));
        rows.push(("flags.flag", with(common, json!({"flag_id": format!("{:016x}", 0x3000 + n), "rule_version": "1", "first_seen": "2026-11-23", "last_seen": "2026-11-23"}))));
        rows.push(("flags.evidence", json!({"flag_id": format!("{:016x}", 0x3000 + n), "indicator": "R013", "subject_id": format!("{source}/CAM"), "file_id": 1, "part_id": 0, "record": 13, "element": "", "role": "contract"})));
    }
}

fn works(rows: &mut Vec<(&'static str, Value)>) {
    for n in 1..=24_u32 {
        let (source, layout, file) = if n > 20 {
            (COSTA, "project", 5)
        } else {
            (
                FEDERAL,
                if n > 10 { "2021" } else { "2015" },
                if n > 10 { 4 } else { 3 },
            )
        };
        let place = if n > 20 { "xx-03" } else { "xx" };
        let engine = json!({"source": source, "place": place, "layout": layout, "file_id": file, "part_id": 0, "record": n, "element": "", "row_state": "current"});
        let id = format!("{}", 44_000 + n);
        let title = format!(
            "Modernización de la carretera Puerto Bello – San Ramón, kilómetros {n} a {}",
            n + 8
        );
        rows.push(("oc4ids.project", with(engine.clone(), json!({"id": id, "title": title, "description": "Ampliación a doce metros de corona, con dos carriles y acotamientos, en terreno plano y lomerío suave.", "type": "Infraestructura económica", "sector": "Comunicaciones y transportes", "period_start_date": "2014-01-01", "period_start_date_precision": "month", "period_end_date": "2015-12-01", "period_end_date_precision": "month", "budget_amount": "7598855786.540000", "budget_currency": "MXN", "public_authority_name": "Dirección General de Carreteras", "contact_name": "Juan Pérez", "contact_email": "juan@example.org"}))));
        if n <= 20 {
            for year in [2014, 2015] {
                rows.push(("oc4ids.finance", with(engine.clone(), json!({"project_id": id, "year": year, "approved_amount": "120000000.000000", "modified_amount": "100000000.000000", "spent_amount": format!("{}.000000", n * 4_900_000), "currency": "MXN", "physical_progress": format!("{}.500000", n * 3), "physical_progress_basis": if n > 10 { json!("cumulative") } else { Value::Null }}))));
            }
        }
        if n % 2 == 0 {
            rows.push(("oc4ids.location", with(engine.clone(), json!({"project_id": id, "id": "1", "state_code": "07", "state_name": "Costa Larga", "locality": "Puerto Bello", "latitude": 16.75, "longitude": -93.11}))));
        }
        if n > 20 {
            rows.push(("oc4ids.budget_line", with(engine.clone(), json!({"project_id": id, "id": "1", "description": "Terracerías", "amount": "20459221.190000", "currency": "MXN"}))));
            rows.push((
                "oc4ids.contracting_process",
                with(
                    engine.clone(),
                    json!({"project_id": id, "id": "p1", "ocid": "ocds-xx7/051"}),
                ),
            ));
            rows.push((
                "oc4ids.contracting_process",
                with(
                    engine.clone(),
                    json!({"project_id": id, "id": "p2", "ocid": "ocds-xx7/999"}),
                ),
            ));
        }
        let common = json!({"indicator": "W001", "subject_kind": "project", "subject_id": id, "source": source, "place": "xx", "name": title});
        if n <= 10 || n > 20 {
            rows.push(("flags.answer", with(common, json!({"answer": "not_computable", "missing": "oc4ids.finance.physical_progress_basis"}))));
        } else {
            let common = with(
                common,
                json!({"value": format!("{}.400000", n * 2), "threshold": "20.000000", "amount": "4900000.000000", "currency": "MXN"}),
            );
            rows.push((
                "flags.answer",
                with(common.clone(), json!({"answer": "flagged"})),
            ));
            rows.push(("flags.flag", with(common, json!({"flag_id": format!("{:016x}", 0x4000 + n), "rule_version": "1", "first_seen": "2026-11-23", "last_seen": "2026-11-23"}))));
            rows.push(("flags.evidence", json!({"flag_id": format!("{:016x}", 0x4000 + n), "indicator": "W001", "subject_id": id, "file_id": 4, "part_id": 0, "record": n, "element": "", "role": "project"})));
        }
    }
}

fn lists(rows: &mut Vec<(&'static str, Value)>) {
    let engine = json!({"source": LIST, "place": "xx", "layout": "1", "file_id": 6, "part_id": 0, "record": 878, "element": "", "row_state": "current"});
    rows.push(("sanction.sanction", with(engine.clone(), json!({"id": "s1", "list": "sat_69b", "identifier_id": "CPI990101AA1", "name": "CAMINOS Y PUENTES IMAGINARIOS, S.A. DE C.V.", "name_key": "CAMINOS Y PUENTES IMAGINARIOS, S.A. DE C.V.", "status": "definitive", "is_suppressed": false}))));
    for (status, date) in [("presumed", "2016-02-01"), ("definitive", "2017-08-15")] {
        rows.push((
            "sanction.event",
            json!({"sanction_id": "s1", "status": status, "published_where": "dof", "date": date}),
        ));
    }
    rows.push(("sanction.sanction", with(engine.clone(), json!({"id": "s2", "list": "sfp", "authority_name": "Secretaría de la Función Pública", "identifier_id": "CEN010203XY1", "name": "CONSTRUCTORA EJEMPLO DEL NORTE", "name_key": "CONSTRUCTORA EJEMPLO DEL NORTE", "status": "barred", "is_suppressed": false, "term_text": "2 años 6 meses"}))));
    rows.push(("sanction.sanction", with(engine, json!({"id": "s3", "list": "sat_69b", "name": "MARÍA ROSALES SOTO", "name_key": "MARÍA ROSALES SOTO", "status": "definitive", "is_suppressed": true}))));
}

pub fn options(invented: bool) -> Options {
    Options {
        invented,
        run: "2026-11-23-1".into(),
        code_version: "0.1.0".into(),
        code_url: "https://example.org/cotejo".into(),
        contact: "avisos@example.org".into(),
        license: "CC BY 4.0".into(),
        ..Options::default()
    }
}

/// Builds the documents of the sample into a folder.
pub async fn build(folder: &Path, invented: bool) -> (PathBuf, Built) {
    let path = folder.join("documents.db");
    let tables = tables().await;
    let built = portal::build(&tables, &Cells, &texts(), &options(invented), &path)
        .await
        .unwrap();
    (path, built)
}

pub fn languages() -> [Lang; 2] {
    [Lang::Es, Lang::En]
}
