//! Tenders that leave bidders little time.

use crate::demo::States;
use crate::demo::calendar::Day;
use crate::demo::truth::Ledger;
use crate::demo::written::{Written, pesos};

/// Plants the stories.
pub fn plant(states: &mut States, story: &mut Ledger) {
    let office = &mut states.cobalto;
    let hurried = office.tender(0, Day::of(2024, 3, 4), 9, pesos(4_250_000));
    story.flagged(
        office.process_id(hurried),
        "Publica la convocatoria el lunes 4 de marzo y abre las ofertas nueve días después.",
        "Publishes the call on Monday 4 March and opens the offers nine days later.",
    );
    let fortnight = office.tender(1, Day::of(2024, 5, 7), 14, pesos(2_100_000));
    story.flagged(
        office.process_id(fortnight),
        "Da catorce días: uno menos que los que pide la ley inventada de Cobalto.",
        "Gives fourteen days, one fewer than Cobalto's invented law asks.",
    );
    let just_enough = office.tender(2, Day::of(2024, 5, 8), 15, pesos(2_300_000));
    story.clear(
        office.process_id(just_enough),
        "Da quince días, justo los que pide la ley inventada.",
        "Gives fifteen days, exactly what the invented law asks.",
    );
    let one_more = office.tender(3, Day::of(2025, 2, 10), 16, pesos(1_900_000));
    story.clear(
        office.process_id(one_more),
        "Da dieciséis días.",
        "Gives sixteen days.",
    );
    let misdated = office.tender(4, Day::of(2024, 2, 12), 10, pesos(3_000_000));
    office.processes[misdated].published = Written::Unreadable("31/02/2024");
    story.unknown(
        office.process_id(misdated),
        "La fecha de publicación dice 31 de febrero: nadie puede saber el plazo.",
        "The publication date says 31 February: nobody can know the period.",
    );
    let unopened = office.tender(5, Day::of(2024, 6, 3), 10, pesos(3_400_000));
    office.processes[unopened].opened = Written::Blank;
    story.unknown(
        office.process_id(unopened),
        "La oficina dejó vacía la fecha de apertura.",
        "The office left the opening date empty.",
    );

    let office = &mut states.lunaria;
    let old_law = office.tender(0, Day::of(2023, 4, 11), 11, pesos(5_000_000));
    story.clear(
        office.process_id(old_law),
        "Once días en 2023, cuando la ley inventada de Lunaria pedía diez.",
        "Eleven days in 2023, when Lunaria's invented law asked for ten.",
    );
    let new_law = office.tender(0, Day::of(2024, 4, 9), 11, pesos(5_200_000));
    story.flagged(
        office.process_id(new_law),
        "Los mismos once días en 2024, cuando la ley ya pedía doce.",
        "The same eleven days in 2024, when the law already asked for twelve.",
    );
    let kept_new_law = office.tender(1, Day::of(2024, 9, 3), 12, pesos(2_750_000));
    story.clear(
        office.process_id(kept_new_law),
        "Doce días en 2024: cumple la ley nueva.",
        "Twelve days in 2024: it keeps the new law.",
    );
    let weekend = office.tender(2, Day::of(2025, 3, 7), 4, pesos(7_800_000));
    story.flagged(
        office.process_id(weekend),
        "Publica un viernes y abre el martes siguiente.",
        "Publishes on a Friday and opens on the next Tuesday.",
    );

    let office = &mut states.quimera;
    let undated = office.tender(0, Day::of(2024, 8, 6), 6, pesos(6_100_000));
    story.unknown(
        office.process_id(undated),
        "Quimera no publica la fecha de convocatoria de ninguna licitación; esta dio seis días.",
        "Quimera publishes the date of no call at all; this one gave six days.",
    );

    let office = &mut states.suministros;
    let week = office.tender(0, Day::of(2023, 10, 2), 8, pesos(3_900_000));
    story.flagged(
        office.process_id(week),
        "Abre las ofertas ocho días después de publicar.",
        "Opens the offers eight days after publishing.",
    );
    let kept = office.tender(1, Day::of(2025, 4, 1), 15, pesos(3_100_000));
    story.clear(
        office.process_id(kept),
        "Quince días: los que pide su ley inventada.",
        "Fifteen days: what its invented law asks.",
    );
}
