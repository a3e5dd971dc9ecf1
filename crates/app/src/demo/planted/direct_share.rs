//! Units that award almost everything directly.

use crate::demo::States;
use crate::demo::buying::Office;
use crate::demo::calendar::Day;
use crate::demo::truth::Ledger;
use crate::demo::written::pesos;

/// Plants the stories; each unit buys in one year only.
pub fn plant(states: &mut States, story: &mut Ledger) {
    let office = &mut states.cobalto;
    let always = unit(office, "Comisión de Festejos del Mineral", 24, 1);
    story.flagged(
        office.buyer_id(always, 2024),
        "De 25 contratos, 24 son adjudicaciones directas.",
        "Of 25 contracts, 24 are direct awards.",
    );
    let mostly = unit(office, "Instituto de Innovación Minera", 21, 4);
    story.flagged(
        office.buyer_id(mostly, 2024),
        "De 25 contratos, 21 son adjudicaciones directas: algo más de cuatro de cada cinco.",
        "Of 25 contracts, 21 are direct awards: a little over four in five.",
    );
    let edge = unit(office, "Patronato del Museo del Cobalto", 20, 5);
    story.clear(
        office.buyer_id(edge, 2024),
        "De 25 contratos, 20 son directos: cuatro de cada cinco, ni uno más.",
        "Of 25 contracts, 20 are direct: four in five, and not one more.",
    );
    let usual = unit(office, "Coordinación de Bibliotecas", 15, 10);
    story.clear(
        office.buyer_id(usual, 2024),
        "De 25 contratos, 15 son directos.",
        "Of 25 contracts, 15 are direct.",
    );
    let few = unit(office, "Consejo del Paisaje", 8, 0);
    story.unknown(
        office.buyer_id(few, 2024),
        "Ocho contratos, todos directos: son muy pocos para decir algo.",
        "Eight contracts, all direct: too few to say anything.",
    );

    let office = &mut states.lunaria;
    let always = unit(office, "Fideicomiso de la Playa Nácar", 18, 2);
    story.flagged(
        office.buyer_id(always, 2024),
        "De 20 contratos, 18 son directos; la unidad solo se conoce por su nombre.",
        "Of 20 contracts, 18 are direct; the unit is known by its name only.",
    );
    let edge = unit(office, "Instituto de la Niñez Ribereña", 16, 4);
    story.clear(
        office.buyer_id(edge, 2024),
        "De 20 contratos, 16 son directos: cuatro de cada cinco.",
        "Of 20 contracts, 16 are direct: four in five.",
    );

    let office = &mut states.quimera;
    let always = unit(office, "Agencia de Espectáculos del Valle", 27, 3);
    story.flagged(
        office.buyer_id(always, 2024),
        "De 30 contratos, 27 son directos.",
        "Of 30 contracts, 27 are direct.",
    );

    let office = &mut states.suministros;
    let small = unit(office, "Almacén Foráneo Norte", 9, 1);
    story.flagged(
        office.buyer_id(small, 2024),
        "Diez contratos, nueve directos: pocos, pero bastantes para mirar.",
        "Ten contracts, nine direct: few, but enough to look at.",
    );
    let smaller = unit(office, "Almacén Foráneo Sur", 8, 2);
    story.clear(
        office.buyer_id(smaller, 2024),
        "Diez contratos, ocho directos.",
        "Ten contracts, eight direct.",
    );

    let office = &states.compras_directas;
    story.unknown(
        office.buyer_id(0, 2024),
        "El archivo solo trae adjudicaciones directas: no se puede saber qué parte del total son.",
        "The file holds direct awards only: nobody can know what share of all contracts they are.",
    );
}

/// A unit with so many direct awards and tenders in 2024, each to another company.
fn unit(office: &mut Office, name: &str, direct: i64, tenders: i64) -> usize {
    let buyer = office.add_buyer(name);
    for turn in 0..direct {
        let supplier = office.supplier(turn as usize * 3 + buyer);
        let day = Day::of(2024, 1, 16).plus(turn * 11).working();
        office.direct(buyer, &supplier, day, pesos(28_000 + 1_750 * turn));
    }
    for turn in 0..tenders {
        let published = Day::of(2024, 2, 6).plus(turn * 17).working();
        office.tender(buyer, published, 24, pesos(700_000 + 85_000 * turn));
    }
    buyer
}
