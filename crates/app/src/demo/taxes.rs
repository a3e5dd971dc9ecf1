//! An invented tax office and its list of companies whose invoices it doubts.

use super::calendar::Day;
use super::companies::{Company, Register};
use super::random::Random;

/// A phase of a listing: when the portal published it, and the gazette after it.
#[derive(Clone, Debug, Default)]
pub struct Phase {
    /// Days on the portal, the newest first when there are two.
    pub portal: Vec<Day>,
    /// Days in the gazette, in the same order.
    pub gazette: Vec<Day>,
}

impl Phase {
    /// A phase published once; the gazette follows weeks later.
    pub fn on(day: Day, gazette_after: i64) -> Phase {
        Phase {
            portal: vec![day],
            gazette: vec![day.plus(gazette_after)],
        }
    }

    /// A phase published twice.
    pub fn twice(newest: Day, oldest: Day) -> Phase {
        Phase {
            portal: vec![newest, oldest],
            gazette: vec![newest.plus(20), oldest.plus(20)],
        }
    }

    /// No such phase.
    pub fn none() -> Phase {
        Phase::default()
    }
}

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Who is listed; none when a court ordered the identity suppressed.
    pub company: Option<Company>,
    /// The present situation, as the list says it.
    pub situation: &'static str,
    /// Presumed.
    pub presumed: Phase,
    /// Rebutted by the company.
    pub rebutted: Phase,
    /// Definitive.
    pub definitive: Phase,
    /// Cleared by a court.
    pub ruled: Phase,
}

/// The list, with companies that sell to nobody in the demonstration.
pub fn ordinary(register: &mut Register, scale: u32, seed: u64) -> Vec<Listing> {
    let mut random = Random::for_purpose(seed, "tax list");
    (0..180 * scale)
        .map(|place| {
            let company = register.company();
            let presumed = Day::of(2019, 2, 1).plus(random.between(0, 2_300)).working();
            let next = presumed.plus(random.between(90, 300)).working();
            let later = next.plus(random.between(200, 500)).working();
            let first = Phase::on(presumed, random.between(6, 40));
            let second = Phase::on(next, random.between(6, 40));
            let none = Phase::none;
            let is_suppressed = place % 90 == 41;
            let (situation, rebutted, definitive, ruled) = match random.between(1, 10) {
                1 => ("Presunto", none(), none(), none()),
                2 => ("Desvirtuado", second, none(), none()),
                3 => ("Sentencia Favorable", none(), second, Phase::on(later, 25)),
                _ => ("Definitivo", none(), second, none()),
            };
            let company = (!is_suppressed).then_some(company);
            Listing {
                company,
                situation,
                presumed: first,
                rebutted,
                definitive,
                ruled,
            }
        })
        .collect()
}
