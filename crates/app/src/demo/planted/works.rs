//! Works paid well before they are built.

use crate::demo::States;
use crate::demo::truth::Ledger;
use crate::demo::written::{Written, pesos};

/// Plants the stories.
pub fn plant(states: &mut States, story: &mut Ledger) {
    let works = &mut states.obras_cobalto;
    story.flagged(
        works.planted(pesos(24_000_000), 8_500, 3_000),
        "Se ha pagado el 85 por ciento y se ha construido el 30.",
        "85 percent was paid and 30 was built.",
    );
    story.flagged(
        works.planted(pesos(9_000_000), 10_000, 0),
        "Está pagada por completo y nadie ha empezado.",
        "It is paid in full and nobody has begun.",
    );
    story.flagged(
        works.planted(pesos(12_000_000), 6_100, 4_000),
        "Lo pagado va 21 puntos por delante de lo construido.",
        "Payments are 21 points ahead of construction.",
    );
    story.flagged(
        works.planted(pesos(50_000_000), 9_250, 6_800),
        "Va 24 puntos y medio por delante.",
        "It is 24 and a half points ahead.",
    );
    story.clear(
        works.planted(pesos(15_000_000), 6_000, 4_000),
        "Va veinte puntos por delante, ni uno más: un anticipo grande.",
        "It is twenty points ahead and not one more: a large advance payment.",
    );
    story.clear(
        works.planted(pesos(18_000_000), 5_950, 4_000),
        "Va 19.5 puntos por delante.",
        "It is 19.5 points ahead.",
    );
    story.clear(
        works.planted(pesos(30_000_000), 2_000, 7_500),
        "Está construida en tres cuartos y apenas se ha pagado una quinta parte.",
        "It is three quarters built and only a fifth was paid.",
    );
    let silent = works.planted(pesos(11_000_000), 9_000, 0);
    works.last().progress = Written::Blank;
    story.unknown(
        silent,
        "Pagada en un 90 por ciento; la casilla del avance está vacía.",
        "90 percent paid; the cell for progress is empty.",
    );
    let worded = works.planted(pesos(7_000_000), 8_000, 1_000);
    works.last().progress = Written::Unreadable("muy avanzada");
    story.unknown(
        worded,
        "En el avance dice «muy avanzada».",
        "The cell for progress says “well advanced”.",
    );
    let unbudgeted = works.planted(pesos(6_000_000), 9_000, 2_000);
    works.last().modified = Written::Blank;
    works.last().approved = 0;
    story.unknown(
        unbudgeted,
        "Se gasta sin presupuesto publicado: no hay contra qué comparar.",
        "Money is spent without a published budget: there is nothing to compare it with.",
    );

    let works = &mut states.caminos;
    story.unknown(
        works.planted(pesos(33_000_000), 9_800, 500),
        "El instituto publica lo pagado y no lo construido.",
        "The institute publishes what was paid and not what was built.",
    );

    let works = &mut states.obras_quimera;
    story.unknown(
        works.planted(pesos(20_000_000), 9_500, 1_000),
        "Quimera publica un avance sin decir de qué; esta obra está pagada y sin construir.",
        "Quimera publishes a progress without saying of what; this work is paid and not built.",
    );
}
