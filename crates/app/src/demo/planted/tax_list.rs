//! Contracts with companies on the invented tax list, before, during and after their listing.

use crate::demo::States;
use crate::demo::buying::Office;
use crate::demo::calendar::Day;
use crate::demo::companies::{Company, Register};
use crate::demo::taxes::{Listing, Phase};
use crate::demo::truth::Ledger;
use crate::demo::written::{Written, pesos};

/// Plants the stories.
pub fn plant(states: &mut States, register: &mut Register, story: &mut Ledger) {
    let day = Day::of;
    let list = &mut states.tax_list;
    let presumed = listed(
        list,
        register,
        "Presunto",
        [on(2024, 3, 4), none(), none(), none()],
    );
    let late = listed(
        list,
        register,
        "Presunto",
        [on(2024, 11, 4), none(), none(), none()],
    );
    let definitive = listed(
        list,
        register,
        "Definitivo",
        [on(2022, 5, 9), none(), on(2023, 1, 16), none()],
    );
    let rebutted = listed(
        list,
        register,
        "Desvirtuado",
        [on(2022, 3, 7), on(2023, 2, 13), none(), none()],
    );
    let ruled = listed(
        list,
        register,
        "Sentencia Favorable",
        [on(2020, 2, 3), none(), on(2020, 9, 7), on(2023, 6, 5)],
    );
    let relisted = listed(
        list,
        register,
        "Definitivo",
        [
            on(2020, 5, 4),
            none(),
            Phase::twice(day(2023, 9, 18), day(2020, 10, 5)),
            on(2021, 11, 8),
        ],
    );

    let office = &mut states.cobalto;
    story.flagged(
        sale(office, 0, &presumed, day(2024, 6, 12)),
        "La empresa estaba en la lista como presunta desde hacía tres meses.",
        "The company had been listed as presumed for three months.",
    );
    story.flagged(
        sale(office, 1, &presumed, day(2024, 3, 20)),
        "El portal ya la había publicado; la gaceta lo haría semanas después.",
        "The portal had already published it; the gazette would do so weeks later.",
    );
    story.flagged(
        sale(office, 2, &presumed, day(2024, 3, 4)),
        "El contrato se firmó el mismo día en que el portal publicó la lista.",
        "The contract was signed on the very day the portal published the list.",
    );
    story.clear(
        sale(office, 3, &presumed, day(2024, 3, 1)),
        "El contrato se firmó el viernes; la lista se publicó el lunes siguiente.",
        "The contract was signed on Friday; the list came out on the next Monday.",
    );
    story.with_note("listed_later");
    story.clear(
        sale(office, 4, &late, day(2024, 5, 15)),
        "La empresa entró a la lista cinco meses después de firmar.",
        "The company was listed five months after signing.",
    );
    story.with_note("listed_later");
    story.clear(
        sale(office, 5, &rebutted, day(2023, 1, 17)),
        "Se firmó entre la presunción y el día en que la empresa la desvirtuó.",
        "Signed between the presumption and the day the company rebutted it.",
    );
    story.with_note("cleared_since");
    let unsigned = sale_of(office, 6, &definitive, day(2024, 8, 13));
    office.processes[unsigned].contracts[0].signed = Written::Blank;
    story.flagged(
        office.contract_id(unsigned),
        "Falta la fecha de firma; el contrato empezó cuando la empresa ya era definitiva.",
        "The date of signature is missing; the contract began when the company was already definitive.",
    );
    let hidden = unnamed(
        "Identidad suprimida por orden de un tribunal imaginario",
        "XXXXXXXXXXXX",
    );
    story.clear(
        sale(office, 7, &hidden, day(2024, 9, 10)),
        "La oficina publica una identidad suprimida; la lista tiene renglones suprimidos, y nadie los une.",
        "The office publishes a suppressed identity; the list has suppressed rows, and nobody joins them.",
    );
    story.unknown(
        sale(office, 8, &unnamed("", ""), day(2024, 9, 17)),
        "La oficina dejó vacíos el nombre y el RFC del proveedor.",
        "The office left the supplier's name and tax key empty.",
    );

    let office = &mut states.quimera;
    story.flagged(
        sale(office, 0, &definitive, day(2025, 2, 11)),
        "La empresa era definitiva desde dos años antes.",
        "The company had been definitive for two years.",
    );
    story.clear(
        sale(office, 1, &rebutted, day(2024, 4, 23)),
        "La empresa ya había desvirtuado la presunción.",
        "The company had already rebutted the presumption.",
    );
    story.with_note("cleared");
    story.flagged(
        sale(office, 2, &relisted, day(2024, 2, 20)),
        "Un tribunal la sacó de la lista y la autoridad la volvió a poner antes de esta firma.",
        "A court took it off the list and the authority put it back before this signature.",
    );
    story.clear(
        sale(office, 3, &relisted, day(2023, 3, 14)),
        "Se firmó después de la sentencia favorable y antes de que la volvieran a listar.",
        "Signed after the favourable ruling and before it was listed again.",
    );
    story.with_note("cleared");

    let office = &mut states.suministros;
    story.flagged(
        sale(office, 0, &definitive, day(2023, 3, 7)),
        "Definitiva desde enero; contrato en marzo.",
        "Definitive since January; contract in March.",
    );
    story.clear(
        sale(office, 1, &ruled, day(2024, 10, 8)),
        "Un tribunal dio la razón a la empresa el año anterior.",
        "A court had found for the company the year before.",
    );
    story.with_note("cleared");
    story.clear(
        sale(office, 2, &ruled, day(2023, 5, 9)),
        "Se firmó semanas antes de la sentencia favorable, cuando la empresa aún era definitiva.",
        "Signed weeks before the favourable ruling, when the company was still definitive.",
    );
    story.with_note("cleared_since");

    let office = &mut states.lunaria;
    story.clear(
        sale(office, 1, &definitive, day(2024, 7, 16)),
        "Lunaria no publica RFC: coincide el nombre, y eso es solo una posibilidad.",
        "Lunaria publishes no tax keys: the name matches, which is only a possibility.",
    );
    story.with_note("possible_match");
    story.clear(
        sale(office, 2, &late, day(2024, 8, 20)),
        "Coincide solo el nombre, y la lista es posterior al contrato.",
        "Only the name matches, and the list came after the contract.",
    );
    story.with_note("listed_later");
}

fn on(year: i64, month: i64, day: i64) -> Phase {
    Phase::on(Day::of(year, month, day), 31)
}

fn none() -> Phase {
    Phase::none()
}

/// A supplier whose cells say this and no more.
fn unnamed(name: &str, rfc: &str) -> Company {
    Company {
        name: name.to_string(),
        plain_name: String::new(),
        rfc: rfc.to_string(),
    }
}

/// Lists a company of its own: presumed, rebutted, definitive, cleared by a court.
fn listed(
    list: &mut Vec<Listing>,
    register: &mut Register,
    situation: &'static str,
    [presumed, rebutted, definitive, ruled]: [Phase; 4],
) -> Company {
    let company = register.company();
    let listing = Listing {
        company: Some(company.clone()),
        situation,
        presumed,
        rebutted,
        definitive,
        ruled,
    };
    // In the middle, so that the list does not give itself away by its end.
    list.insert(list.len() / 2, listing);
    company
}

fn sale(office: &mut Office, buyer: usize, supplier: &Company, signed: Day) -> String {
    let process = sale_of(office, buyer, supplier, signed);
    office.contract_id(process)
}

/// A tender of two months before, won by this company and signed on this day.
fn sale_of(office: &mut Office, buyer: usize, supplier: &Company, signed: Day) -> usize {
    let buyer = buyer % office.buyers.len();
    let process = office.tender(buyer, signed.plus(-56), 25, pesos(1_320_000));
    let sold = &mut office.processes[process];
    sold.awarded = signed.plus(-8);
    sold.contracts[0].supplier = supplier.clone();
    sold.contracts[0].signed = Written::Value(signed);
    sold.contracts[0].start = signed.plus(1);
    process
}
