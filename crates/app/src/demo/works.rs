//! Public works: what they cost, what was spent and how far they got, before any layout.
//!
//! Ordinary works spend about as fast as they advance.

use super::calendar::Day;
use super::random::Random;
use super::words::{TOWNS, UNITS, WORKS};
use super::written::{Cents, Written, pesos};

/// A public work.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its key in the office.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `Construcción`, `Rehabilitación` or `Ampliación`.
    pub kind: &'static str,
    /// The municipality.
    pub town: &'static str,
    /// Degrees north; the demonstration builds at sea, where no real work stands.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The year of the figures.
    pub year: i64,
    /// The total budget first approved.
    pub approved: Cents,
    /// The total budget as last modified.
    pub modified: Written<Cents>,
    /// All that was spent so far.
    pub spent: Cents,
    /// Hundredths of a percent built so far.
    pub progress: Written<i64>,
    /// When it began.
    pub start: Day,
    /// When it should end.
    pub end: Day,
    /// Who builds.
    pub unit: &'static str,
    /// `En ejecución`, `Terminada` or `Suspendida`.
    pub status: &'static str,
}

/// The works of an office.
pub struct Programme {
    /// What its keys begin with.
    pub series: &'static str,
    /// Its works.
    pub works: Vec<Work>,
    random: Random,
}

impl Programme {
    /// An office with its ordinary works.
    pub fn new(series: &'static str, count: u32, seed: u64) -> Programme {
        let random = Random::for_purpose(seed, series);
        let mut programme = Programme {
            series,
            works: Vec::new(),
            random,
        };
        for _ in 0..count {
            programme.ordinary();
        }
        programme
    }

    /// A planted work: its budget, the percentages spent and built in hundredths. Says its key.
    pub fn planted(&mut self, budget: Cents, spent: i64, built: i64) -> String {
        self.work(budget, spent, built);
        self.works[self.works.len() - 1].key.clone()
    }

    /// The last work added, for a story that changes one of its cells.
    pub fn last(&mut self) -> &mut Work {
        let last = self.works.len() - 1;
        &mut self.works[last]
    }

    fn ordinary(&mut self) {
        let budget = self.random.between(pesos(600_000), pesos(90_000_000));
        let built = match self.random.between(1, 10) {
            1 => 0,
            2..=4 => 10_000,
            _ => self.random.between(300, 9_900),
        };
        let ahead = self.random.between(-1_500, 900);
        self.work(budget, (built + ahead).clamp(0, 10_000), built);
        if self.random.chance(3) {
            self.last().progress = Written::Blank;
        }
    }

    fn work(&mut self, budget: Cents, spent: i64, built: i64) {
        let place = self.works.len() as i64 + 1;
        let what = self.random.pick(&WORKS);
        let town = self.random.pick(&TOWNS);
        let kind = match what.split(' ').next() {
            Some("Construcción") => "Construcción",
            Some("Ampliación") => "Ampliación",
            _ => "Rehabilitación",
        };
        let start = Day::of(2024, 1, 15)
            .plus(self.random.between(0, 500))
            .working();
        self.works.push(Work {
            key: format!("{}-{place:05}", self.series),
            name: format!("{what}, en {town}"),
            kind,
            town,
            latitude: 23.5 + self.random.between(0, 9_999) as f64 / 10_000.0,
            longitude: -93.5 + self.random.between(0, 9_999) as f64 / 10_000.0,
            year: 2025,
            approved: budget - budget * self.random.between(0, 80) / 1_000,
            modified: Written::Value(budget),
            // Divided before it is multiplied: `pesos` budgets are whole, so nothing is lost at the edges.
            spent: budget / 10_000 * spent,
            progress: Written::Value(built),
            start,
            end: start.plus(self.random.between(90, 600)),
            unit: UNITS[self.random.index(UNITS.len())],
            status: if built == 10_000 {
                "Terminada"
            } else {
                "En ejecución"
            },
        });
    }
}
