//! Contracts for more than was awarded.

use crate::demo::States;
use crate::demo::buying::Office;
use crate::demo::calendar::Day;
use crate::demo::truth::Ledger;
use crate::demo::written::{Cents, Written, pesos};

/// Plants the stories.
pub fn plant(states: &mut States, story: &mut Ledger) {
    let office = &mut states.lunaria;
    story.flagged(
        grown(office, 3, pesos(2_500_000), pesos(2_800_000)),
        "Se adjudica por 2,500,000 y se firma por 2,800,000.",
        "Awarded for 2,500,000 and signed for 2,800,000.",
    );
    story.flagged(
        grown(office, 4, pesos(1_000_000), pesos(1_010_000)),
        "El contrato pasa la adjudicación por uno por ciento.",
        "The contract passes the award by one percent.",
    );
    story.clear(
        grown(office, 5, pesos(1_000_000), pesos(1_005_000)),
        "El contrato pasa la adjudicación por medio por ciento, ni un peso más.",
        "The contract passes the award by half a percent, and not a peso more.",
    );
    story.clear(
        grown(office, 6, pesos(3_200_000), pesos(3_209_600)),
        "Tres milésimas más: centavos y redondeos.",
        "Three thousandths more: cents and rounding.",
    );
    story.clear(
        grown(office, 7, pesos(4_000_000), pesos(3_840_000)),
        "El contrato sale cuatro por ciento más barato.",
        "The contract comes out four percent cheaper.",
    );
    let unsaid = office.tender(8, Day::of(2024, 4, 16), 22, pesos(1_450_000));
    office.processes[unsaid].contracts[0].award = Written::Unreadable("Por definir");
    story.unknown(
        office.contract_id(unsaid),
        "En el monto adjudicado dice «Por definir».",
        "The award amount says “to be defined”.",
    );

    let office = &mut states.quimera;
    story.flagged(
        grown(office, 3, pesos(8_000_000), pesos(10_000_000)),
        "Ocho millones en el fallo, diez en el contrato.",
        "Eight million in the award, ten in the contract.",
    );
    story.clear(
        grown(office, 4, pesos(5_000_000), pesos(5_020_000)),
        "Cuatro milésimas más.",
        "Four thousandths more.",
    );

    let office = &mut states.suministros;
    story.flagged(
        grown(office, 2, pesos(1_500_000), pesos(1_740_000)),
        "Dieciséis por ciento más: puede ser el impuesto, pues la agencia no dice si lo incluye.",
        "Sixteen percent more: it may be the tax, as the agency does not say whether it is included.",
    );
    story.with_note("tax_basis");
    story.flagged(
        grown(office, 3, pesos(2_000_000), pesos(2_060_000)),
        "Tres por ciento más que lo adjudicado.",
        "Three percent more than awarded.",
    );
    story.clear(
        grown(office, 4, pesos(2_000_000), pesos(2_000_000)),
        "El contrato y la adjudicación son iguales.",
        "Contract and award are equal.",
    );
    let silent = office.tender(1, Day::of(2024, 5, 14), 20, pesos(980_000));
    office.processes[silent].contracts[0].award = Written::Blank;
    story.unknown(
        office.contract_id(silent),
        "La adjudicación se publicó sin monto.",
        "The award was published without an amount.",
    );

    let office = &mut states.cobalto;
    let unpublished = grown(office, 8, pesos(6_000_000), pesos(7_500_000));
    story.unknown(
        unpublished,
        "Cobalto no publica el monto adjudicado; este contrato creció un cuarto y nadie lo puede ver.",
        "Cobalto does not publish the award amount; this contract grew by a quarter and nobody can see it.",
    );
}

/// A tender with an award and a contract of these amounts; says the contract.
fn grown(office: &mut Office, buyer: usize, award: Cents, amount: Cents) -> String {
    let buyer = buyer % office.buyers.len();
    let process = office.tender(buyer, Day::of(2024, 6, 11), 23, amount);
    office.processes[process].contracts[0].award = Written::Value(award);
    office.contract_id(process)
}
