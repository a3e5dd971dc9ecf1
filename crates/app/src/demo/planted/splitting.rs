//! Purchases cut in pieces, each small enough to be awarded directly.
//!
//! The invented laws allow direct awards up to 400,000 in Cobalto, 350,000 in Quimera and 500,000 in the
//! supply agency; Lunaria publishes no maximum. Those figures stand in the packs, not here.

use crate::demo::States;
use crate::demo::buying::Office;
use crate::demo::calendar::Day;
use crate::demo::companies::{Company, Register};
use crate::demo::truth::Ledger;
use crate::demo::written::{Cents, pesos};

/// Plants the stories; each has a company of its own.
pub fn plant(states: &mut States, register: &mut Register, story: &mut Ledger) {
    let day = Day::of;
    let office = &mut states.cobalto;
    let uniforms = [
        (day(2024, 4, 8), pesos(150_000)),
        (day(2024, 4, 11), pesos(140_000)),
        (day(2024, 4, 17), pesos(145_000)),
    ];
    story.flagged(
        pieces(office, 0, &register.company(), &uniforms),
        "Tres adjudicaciones a la misma empresa en nueve días suman 435,000.",
        "Three awards to the same company in nine days add up to 435,000.",
    );
    let halves = [
        (day(2024, 9, 12), pesos(230_000)),
        (day(2024, 9, 12), pesos(210_000)),
    ];
    story.flagged(
        pieces(office, 1, &register.company(), &halves),
        "Dos contratos firmados el mismo día suman 440,000.",
        "Two contracts signed on the same day add up to 440,000.",
    );
    let month = [
        (day(2025, 8, 1), pesos(226_000)),
        (day(2025, 8, 28), pesos(224_500)),
    ];
    story.flagged(
        pieces(office, 2, &register.company(), &month),
        "Dos contratos con 27 días entre ellos suman 450,500.",
        "Two contracts 27 days apart add up to 450,500.",
    );
    let cent = [
        (day(2023, 5, 15), pesos(200_000)),
        (day(2023, 5, 18), pesos(200_000) + 1),
    ];
    story.flagged(
        pieces(office, 3, &register.company(), &cent),
        "Dos contratos pasan el máximo por un centavo.",
        "Two contracts pass the maximum by one cent.",
    );
    let exact = [
        (day(2023, 6, 12), pesos(200_000)),
        (day(2023, 6, 15), pesos(200_000)),
    ];
    story.clear(
        pieces(office, 3, &register.company(), &exact),
        "Dos contratos suman justo el máximo: 400,000.",
        "Two contracts add up to exactly the maximum: 400,000.",
    );
    let below = [
        (day(2024, 10, 1), pesos(130_000)),
        (day(2024, 10, 7), pesos(125_000)),
        (day(2024, 10, 11), pesos(128_000)),
    ];
    story.clear(
        pieces(office, 4, &register.company(), &below),
        "Tres contratos en diez días suman 383,000.",
        "Three contracts in ten days add up to 383,000.",
    );
    let apart = [
        (day(2024, 2, 5), pesos(180_000)),
        (day(2024, 3, 27), pesos(180_000)),
        (day(2024, 5, 20), pesos(180_000)),
    ];
    story.clear(
        pieces(office, 5, &register.company(), &apart),
        "Tres contratos suman 540,000, con más de siete semanas entre uno y otro.",
        "Three contracts add up to 540,000, with over seven weeks between them.",
    );
    let five_weeks = [
        (day(2024, 1, 10), pesos(250_000)),
        (day(2024, 2, 14), pesos(250_000)),
    ];
    story.clear(
        pieces(office, 6, &register.company(), &five_weeks),
        "Dos contratos con cinco semanas entre ellos suman 500,000.",
        "Two contracts five weeks apart add up to 500,000.",
    );
    let exception = [
        (day(2025, 3, 10), pesos(900_000)),
        (day(2025, 3, 14), pesos(150_000)),
    ];
    story.clear(
        pieces(office, 7, &register.company(), &exception),
        "Uno de los dos pasa el máximo por sí solo, a la vista de todos: eso no es fraccionar.",
        "One of the two passes the maximum by itself, in plain sight: that is not splitting.",
    );

    let office = &mut states.quimera;
    let fridays = [
        (day(2024, 11, 1), pesos(95_000)),
        (day(2024, 11, 8), pesos(95_000)),
        (day(2024, 11, 15), pesos(95_000)),
        (day(2024, 11, 22), pesos(95_000)),
    ];
    story.flagged(
        pieces(office, 0, &register.company(), &fridays),
        "Cuatro viernes seguidos, 95,000 cada vez.",
        "Four Fridays in a row, 95,000 each time.",
    );
    let shared = register.company();
    let two = [
        (day(2025, 5, 6), pesos(180_000)),
        (day(2025, 5, 13), pesos(40_000)),
    ];
    let first = pieces(office, 1, &shared, &two);
    let second = pieces(office, 2, &shared, &two);
    for ministry in [first, second] {
        story.clear(
            ministry,
            "La misma empresa vende 220,000 a cada una de dos secretarías en una semana: son dos compradores.",
            "The same company sells 220,000 to each of two ministries in one week: they are two buyers.",
        );
    }

    let office = &mut states.suministros;
    let thirds = [
        (day(2025, 6, 3), pesos(170_000)),
        (day(2025, 6, 12), pesos(170_000)),
        (day(2025, 6, 23), pesos(170_000)),
    ];
    story.flagged(
        pieces(office, 0, &register.company(), &thirds),
        "Tres compras de 170,000 en veinte días.",
        "Three purchases of 170,000 in twenty days.",
    );
    let invited = register.company();
    let small = [
        (day(2025, 2, 18), pesos(240_000)),
        (day(2025, 2, 25), pesos(30_000)),
    ];
    let mixed = pieces(office, 1, &invited, &small);
    office.invitation(1, &invited, day(2025, 2, 3), pesos(380_000));
    story.clear(
        mixed,
        "Dos compras directas y una invitación a la misma empresa suman 650,000: solo 270,000 fueron directas.",
        "Two direct purchases and an invitation to one company add up to 650,000: only 270,000 were direct.",
    );

    let office = &mut states.lunaria;
    let lawless = [
        (day(2024, 7, 2), pesos(320_000)),
        (day(2024, 7, 4), pesos(310_000)),
    ];
    story.unknown(
        pieces(office, 0, &register.company(), &lawless),
        "Dos contratos en tres días; Lunaria no publica hasta cuánto se puede adjudicar directamente.",
        "Two contracts in three days; Lunaria does not publish how much may be awarded directly.",
    );
}

/// Awards the pieces and says the group.
fn pieces(
    office: &mut Office,
    buyer: usize,
    supplier: &Company,
    pieces: &[(Day, Cents)],
) -> String {
    for (day, amount) in pieces {
        office.direct(buyer, supplier, *day, *amount);
    }
    office.group_id(buyer, supplier)
}
