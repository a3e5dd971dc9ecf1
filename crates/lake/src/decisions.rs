//! What people decided about links. Decisions are an input of every run, so they outlive all tables.

use crate::catalogue::Catalogue;
use crate::error::Error;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A decision about two entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkDecision {
    /// What is linked: `organization`, `process`, `contract`.
    pub kind: String,
    /// The key of one entity (`rfc:…`, `name:<source>:…`).
    pub a: String,
    /// The key of the other, after `a` in order of text.
    pub b: String,
    /// What the first was called then.
    pub a_name: String,
    /// What the second was called then.
    pub b_name: String,
    /// `confirm`, `reject` or `undo`.
    pub decision: String,
    /// Who decided.
    pub who: String,
    /// Why.
    pub why: String,
    /// When (ISO, UTC).
    pub decided_at: String,
}

impl LinkDecision {
    /// The same decision with `a` before `b`.
    pub fn ordered(mut self) -> LinkDecision {
        if self.a > self.b {
            std::mem::swap(&mut self.a, &mut self.b);
            std::mem::swap(&mut self.a_name, &mut self.b_name);
        }
        self
    }
}

const COLUMNS: &str = "kind, a, b, a_name, b_name, decision, who, why, decided_at";

impl Catalogue {
    /// Keeps a decision.
    ///
    /// Errors: the two keys are equal, or the decision is none of the three.
    pub async fn decide_link(&self, decision: &LinkDecision) -> Result<(), Error> {
        let decision = decision.clone().ordered();
        let mut write = self.pool().begin_with("BEGIN IMMEDIATE").await?;
        let sql = "INSERT INTO people_link_decision
            (kind, a, b, a_name, b_name, decision, who, why, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let insert = sqlx::query(sql)
            .bind(decision.kind)
            .bind(decision.a)
            .bind(decision.b)
            .bind(decision.a_name)
            .bind(decision.b_name)
            .bind(decision.decision)
            .bind(decision.who)
            .bind(decision.why)
            .bind(decision.decided_at);
        insert.execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// The decisions that hold, in the order in which they were taken: of each pair the latest, if it was not taken back.
    pub async fn link_decisions(&self) -> Result<Vec<LinkDecision>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM people_link_decision WHERE decision_id IN
             (SELECT max(decision_id) FROM people_link_decision GROUP BY kind, a, b)
             AND decision <> 'undo' ORDER BY decision_id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(decision).collect())
    }
}

fn decision(row: &SqliteRow) -> LinkDecision {
    LinkDecision {
        kind: row.get(0),
        a: row.get(1),
        b: row.get(2),
        a_name: row.get(3),
        b_name: row.get(4),
        decision: row.get(5),
        who: row.get(6),
        why: row.get(7),
        decided_at: row.get(8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(a: &str, b: &str, decision: &str) -> LinkDecision {
        LinkDecision {
            kind: "organization".to_string(),
            a: a.to_string(),
            b: b.to_string(),
            a_name: format!("name of {a}"),
            b_name: format!("name of {b}"),
            decision: decision.to_string(),
            who: "a person".to_string(),
            why: "asked the company".to_string(),
            decided_at: "2020-01-01T00:00:00Z".to_string(),
        }
    }

    #[tokio::test]
    async fn the_latest_decision_about_a_pair_holds_whichever_is_named_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.db");
        let catalogue = Catalogue::open(&path).await.unwrap();
        for decision in [
            made("x", "y", "confirm"),
            made("z", "x", "reject"),
            made("y", "x", "reject"),
        ] {
            catalogue.decide_link(&decision).await.unwrap();
        }
        let held: Vec<_> = catalogue.link_decisions().await.unwrap();
        let told: Vec<_> = held
            .iter()
            .map(|held| (held.a.as_str(), held.b.as_str(), held.decision.as_str()))
            .collect();
        assert_eq!(told, [("x", "z", "reject"), ("x", "y", "reject")]);
        assert_eq!(held[0].b_name, "name of z");
        catalogue
            .decide_link(&made("x", "y", "undo"))
            .await
            .unwrap();
        drop(catalogue);
        let catalogue = Catalogue::open(&path).await.unwrap();
        assert_eq!(catalogue.link_decisions().await.unwrap().len(), 1);
        let itself = catalogue.decide_link(&made("x", "x", "confirm")).await;
        assert!(itself.is_err(), "nothing is compared with itself");
    }
}
