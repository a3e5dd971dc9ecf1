//! `cotejo link`

use crate::print::{Form, Printer, objects};
use crate::{exit, pipeline};
use anyhow::Result;
use clap::{Args, Subcommand};
use lake::functions::{name_key, parse_rfc, stable_id};
use lake::{Catalogue, Engine, LinkDecision, Reader};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// Shows who is linked with whom and why, and keeps what people decide: the same, or not the same. `cotejo run` applies it.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo link list \"LURMA INTEGRAL\"\n  cotejo link show LIN140805IN5\n  \
                  cotejo link confirm 3f0c1d2e4a5b6c7d LIN140805IN5 --why \"same address in the public register\"\n  \
                  cotejo link reject 3f0c1d2e4a5b6c7d 9a8b7c6d5e4f3a2b --why \"another company of that name\"\n\n\
                  An entity is named by its id, its RFC or its name."
)]
pub struct Link {
    #[command(subcommand)]
    what: What,
    /// What is linked: organization, process or contract.
    #[arg(long, global = true, default_value = "organization")]
    kind: String,
    /// Why it was decided so: what you looked at. A link you confirm shows it on its page.
    #[arg(long, global = true)]
    why: Option<String>,
    /// Who decides; the name of the system's user when left out.
    #[arg(long, global = true)]
    who: Option<String>,
    /// Rows of a list.
    #[arg(long, global = true, default_value_t = 100)]
    limit: u32,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// Lists possible pairs nobody has decided about; those on an official list first.
    List {
        /// Only of entities whose name holds this.
        name: Option<String>,
    },
    /// Shows an entity: its mentions, how each was linked, and what it may be the same as.
    Show {
        /// Its id, its RFC or its name.
        entity: String,
    },
    /// Keeps that two entities are the same.
    Confirm {
        /// One.
        a: String,
        /// The other.
        b: String,
    },
    /// Keeps that two entities are not the same.
    Reject {
        /// One.
        a: String,
        /// The other.
        b: String,
    },
    /// Takes a decision back.
    Undo {
        /// One.
        a: String,
        /// The other.
        b: String,
    },
    /// Lists the decisions that hold.
    Decisions,
}

/// An entity that a person named.
struct Named {
    id: String,
    key: String,
    name: String,
    distinct_key: Option<String>,
}

impl Link {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        if !packs.links.contains_key(&self.kind) {
            let known: Vec<&str> = packs.links.keys().map(String::as_str).collect();
            let message = format!(
                "there is no kind `{}`; there are {}",
                self.kind,
                known.join(", ")
            );
            return Err(exit::usage(message));
        }
        let catalogue = Catalogue::open(&workspace.catalogue()).await?;
        match &self.what {
            What::Decisions => {
                let decisions = self.decisions(&catalogue).await?;
                self.print_rows(decisions.iter().map(told).collect())?;
            }
            What::Undo { a, b } => self.undo(&catalogue, a, b).await?,
            What::List { name } => {
                let reader = self.reader(&workspace).await?;
                self.print(reader.engine(), &self.list(name.as_deref()))
                    .await?;
            }
            What::Show { entity } => {
                let reader = self.reader(&workspace).await?;
                self.show(reader.engine(), entity).await?;
            }
            What::Confirm { a, b } | What::Reject { a, b } => {
                let reader = self.reader(&workspace).await?;
                let confirm = matches!(self.what, What::Confirm { .. });
                self.decide(reader.engine(), &catalogue, [a, b], confirm)
                    .await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn reader(&self, workspace: &lake::Workspace) -> Result<Reader> {
        let reader = Reader::open(workspace).await?;
        let entity = lake::TableName::new("links", "entity");
        match reader.manifest.tables.contains_key(&entity) {
            true => Ok(reader),
            false => Err(exit::usage(
                "nothing is linked here yet: `cotejo run` does it",
            )),
        }
    }

    async fn decisions(&self, catalogue: &Catalogue) -> Result<Vec<LinkDecision>> {
        let mut decisions = catalogue.link_decisions().await?;
        decisions.retain(|decision| decision.kind == self.kind);
        Ok(decisions)
    }

    fn list(&self, name: Option<&str>) -> String {
        let within = name.map_or_else(String::new, |name| {
            let key = literal(&name_key(name));
            format!(" AND (strpos(name_key(one.name), {key}) > 0 OR strpos(name_key(other.name), {key}) > 0)")
        });
        format!(
            "SELECT a, a_name, a_roles, b, b_name, b_roles, rule, sharing, different, warnings FROM (
                SELECT pair.a, one.name AS a_name, one.roles AS a_roles, pair.b, other.name AS b_name, other.roles AS b_roles,
                    pair.rule, pair.sharing, pair.different, nullif(concat_ws(';', one.warnings, other.warnings), '') AS warnings,
                    CASE WHEN strpos(concat(one.roles, other.roles), 'listed') > 0 AND one.roles <> other.roles THEN 0 ELSE 1 END AS turn
                FROM links.pair AS pair
                JOIN links.entity AS one ON one.entity_id = pair.a AND one.kind = pair.kind
                JOIN links.entity AS other ON other.entity_id = pair.b AND other.kind = pair.kind
                WHERE pair.kind = {} AND pair.strength = 'possible' AND pair.decision IS NULL{within}
             ) AS possible ORDER BY turn, a_name, b_name, a, b LIMIT {}",
            literal(&self.kind),
            self.limit
        )
    }

    async fn show(&self, engine: &Engine, entity: &str) -> Result<()> {
        let found = self.find(engine, entity).await?;
        let (kind, id) = (literal(&self.kind), literal(&found.id));
        let limit = self.limit;
        let queries = [
            (
                "entity",
                format!(
                    "SELECT entity_id, name, strength, rfc, mentions, sources, roles, homonyms, warnings FROM links.entity
                     WHERE kind = {kind} AND entity_id = {id}"
                ),
            ),
            (
                "members",
                format!(
                    "SELECT rule, strength, joined_by, role, source, subject_id, name, file_id, part_id, record, element
                     FROM links.member WHERE kind = {kind} AND entity_id = {id}
                     ORDER BY role, source, subject_id, mention_id LIMIT {limit}"
                ),
            ),
            (
                "pairs",
                format!(
                    "SELECT pair.strength, pair.rule, pair.decision, other.entity_id, other.name, other.roles, other.mentions, other.warnings,
                        pair.sharing, pair.different, pair.evidence
                     FROM links.pair AS pair JOIN links.entity AS other
                        ON other.kind = pair.kind AND other.entity_id = CASE WHEN pair.a = {id} THEN pair.b ELSE pair.a END
                     WHERE pair.kind = {kind} AND (pair.a = {id} OR pair.b = {id})
                     ORDER BY pair.strength, other.name, other.entity_id LIMIT {limit}"
                ),
            ),
        ];
        let mut all = Map::new();
        for (what, sql) in queries {
            if self.json {
                all.insert(
                    what.to_string(),
                    Value::from_iter(rows(engine, &sql).await?),
                );
            } else {
                println!("{what}");
                self.print(engine, &sql).await?;
                println!();
            }
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&Value::Object(all))?);
        }
        Ok(())
    }

    async fn decide(
        &self,
        engine: &Engine,
        catalogue: &Catalogue,
        names: [&String; 2],
        confirm: bool,
    ) -> Result<()> {
        let Some(why) = self.why.clone().filter(|why| !why.trim().is_empty()) else {
            return Err(exit::usage(
                "a decision needs its reason: --why \"what you looked at\"",
            ));
        };
        let (a, b) = (
            self.find(engine, names[0]).await?,
            self.find(engine, names[1]).await?,
        );
        if a.id == b.id {
            return Err(exit::usage(format!(
                "`{}` and `{}` are one entity already ({}); `cotejo link show {}` says why",
                names[0], names[1], a.id, a.id
            )));
        }
        if confirm
            && let (Some(one), Some(other)) = (&a.distinct_key, &b.distinct_key)
            && one != other
        {
            return Err(exit::usage(format!(
                "{one} and {other} are two valid tax numbers, so two taxpayers: they are never joined"
            )));
        }
        let decision = LinkDecision {
            kind: self.kind.clone(),
            a: a.key,
            b: b.key,
            a_name: a.name,
            b_name: b.name,
            decision: if confirm { "confirm" } else { "reject" }.to_string(),
            who: self.who(),
            why,
            decided_at: lake::now(),
        };
        self.keep(catalogue, decision).await
    }

    async fn undo(&self, catalogue: &Catalogue, a: &str, b: &str) -> Result<()> {
        let is = |asked: &str, key: &str, name: &str| {
            asked == stable_id(key)
                || asked == key
                || parse_rfc(asked)
                    .0
                    .is_some_and(|rfc| key == format!("rfc:{rfc}"))
                || (!name.is_empty() && name_key(asked) == name_key(name))
        };
        let mut found = self.decisions(catalogue).await?;
        found.retain(|held| {
            let both =
                |a: &str, b: &str| is(a, &held.a, &held.a_name) && is(b, &held.b, &held.b_name);
            both(a, b) || both(b, a)
        });
        match <[LinkDecision; 1]>::try_from(found) {
            Ok([mut decision]) => {
                decision.decision = "undo".to_string();
                decision.who = self.who();
                decision.why = self.why.clone().unwrap_or_default();
                decision.decided_at = lake::now();
                self.keep(catalogue, decision).await
            }
            Err(found) => Err(exit::usage(format!(
                "{} decisions about `{a}` and `{b}` hold; `cotejo link decisions` lists them with their ids",
                found.len()
            ))),
        }
    }

    async fn keep(&self, catalogue: &Catalogue, decision: LinkDecision) -> Result<()> {
        let decision = decision.ordered();
        catalogue.decide_link(&decision).await?;
        if self.json {
            return self.print_rows(vec![told(&decision)]);
        }
        println!(
            "{}: {} and {}. The next `cotejo run` applies it.",
            decision.decision, decision.a_name, decision.b_name
        );
        Ok(())
    }

    fn who(&self) -> String {
        let user = || std::env::var("USER").unwrap_or_else(|_| "unknown".to_string());
        self.who.clone().unwrap_or_else(user)
    }

    /// The one entity a person named.
    ///
    /// Errors: none, or several, with their ids.
    async fn find(&self, engine: &Engine, asked: &str) -> Result<Named> {
        let kind = literal(&self.kind);
        let text = literal(asked);
        let rfc = parse_rfc(asked).0.unwrap_or_default();
        let key = literal(&name_key(asked));
        let mut ways = vec![format!(
            "entity_id = {text} OR key = {text} OR key = concat('rfc:', {})",
            literal(&rfc)
        )];
        if asked.len() >= 6 {
            ways.push(format!("starts_with(entity_id, {text})"));
        }
        if !name_key(asked).is_empty() {
            ways.push(format!("name_key(name) = {key}"));
        }
        for way in ways {
            let sql = format!(
                "SELECT entity_id, key, name, roles, distinct_key FROM links.entity WHERE kind = {kind} AND ({way})
                 ORDER BY entity_id LIMIT 11"
            );
            let found = rows(engine, &sql).await?;
            let cell = |row: &Value, name: &str| row[name].as_str().unwrap_or("").to_string();
            match found.as_slice() {
                [] => continue,
                [one] => {
                    return Ok(Named {
                        id: cell(one, "entity_id"),
                        key: cell(one, "key"),
                        name: cell(one, "name"),
                        distinct_key: one["distinct_key"].as_str().map(str::to_string),
                    });
                }
                several => {
                    let lines: Vec<String> = several
                        .iter()
                        .take(10)
                        .map(|row| {
                            format!(
                                "  {}  {} ({})",
                                cell(row, "entity_id"),
                                cell(row, "name"),
                                cell(row, "roles")
                            )
                        })
                        .collect();
                    return Err(exit::usage(format!(
                        "`{asked}` names several; say which by its id:\n{}",
                        lines.join("\n")
                    )));
                }
            }
        }
        Err(exit::usage(format!(
            "nothing is linked under `{asked}`; `cotejo link list NAME` lists ids"
        )))
    }

    async fn print(&self, engine: &Engine, sql: &str) -> Result<()> {
        let form = if self.json { Form::Json } else { Form::Table };
        let mut printer = Printer::new(std::io::stdout().lock(), form);
        for batch in engine.rows("link", sql).await? {
            printer.batch(&batch)?;
        }
        printer.finish()
    }

    fn print_rows(&self, rows: Vec<Map<String, Value>>) -> Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&rows)?);
            return Ok(());
        }
        for row in rows {
            let cell = |name: &str| row[name].as_str().unwrap_or("").to_string();
            println!(
                "{}  {} {}  {} {}\n    {}, {}: {}",
                cell("decision"),
                cell("a"),
                cell("a_name"),
                cell("b"),
                cell("b_name"),
                cell("decided_at"),
                cell("who"),
                cell("why")
            );
        }
        Ok(())
    }
}

/// A decision as a row; entities by their ids.
fn told(decision: &LinkDecision) -> Map<String, Value> {
    let row = json!({
        "decision": decision.decision,
        "kind": decision.kind,
        "a": stable_id(&decision.a),
        "a_name": decision.a_name,
        "b": stable_id(&decision.b),
        "b_name": decision.b_name,
        "who": decision.who,
        "why": decision.why,
        "decided_at": decision.decided_at,
    });
    match row {
        Value::Object(row) => row,
        _ => Map::new(),
    }
}

async fn rows(engine: &Engine, sql: &str) -> Result<Vec<Value>> {
    let batches = engine.rows("link", sql).await?;
    Ok(batches
        .iter()
        .flat_map(objects)
        .map(Value::Object)
        .collect())
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
