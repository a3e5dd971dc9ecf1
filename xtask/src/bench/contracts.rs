//! A table of invented contracts as large as one asks: 30 columns, about 590 bytes a row, quotes, accents and some
//! quoted line breaks, as in the registers that offices publish. The same size gives the same bytes.

use std::io::{Result, Write};

const COLUMNS: [&str; 30] = [
    "Expediente",
    "Referencia",
    "Clave de unidad",
    "Unidad compradora",
    "Dependencia",
    "Siglas",
    "Orden de gobierno",
    "Título",
    "Descripción",
    "Tipo de contratación",
    "Procedimiento",
    "Participación",
    "Carácter",
    "Publicación",
    "Fallo",
    "Inicio",
    "Término",
    "Importe",
    "Moneda",
    "Estatus",
    "RFC",
    "Proveedor",
    "Tamaño de la empresa",
    "País",
    "Estado",
    "Municipio",
    "Código postal",
    "Partida",
    "Convenios",
    "Anuncio",
];
const OFFICES: [(&str, &str); 6] = [
    (
        "Secretaría de Caminos y Puentes del Estado de Arenal",
        "SCPEA",
    ),
    (
        "Instituto de Salud y Asistencia de la Región de Lagunilla",
        "ISARL",
    ),
    ("Comisión de Aguas y Saneamiento de Peñas Altas", "CASPA"),
    ("H. Ayuntamiento de San Ñuflo de la Cañada", "HASÑC"),
    (
        "Secretaría de Educación, Cultura y Niñez del Estado de Arenal",
        "SECNA",
    ),
    ("Organismo de Energía y Alumbrado de la Costa", "OEAC"),
];
const OBJECTS: [&str; 7] = [
    "Suministro de cemento, varilla y grava para caminos rurales",
    "Servicio de comedor en hospitales regionales",
    "Reconstrucción del drenaje pluvial de la avenida Benito Ñáñez",
    "Compra de mobiliario escolar de nivel básico",
    "Renta de maquinaria pesada con operador y combustible",
    "Servicio de vigilancia en edificios públicos",
    "Estudio de impacto ambiental del acueducto norte",
];
const DETAILS: [&str; 6] = [
    "según el anexo \"B-2\", partidas 1 y 3",
    "en los municipios de la sierra",
    "ejercicio fiscal vigente; incluye traslado",
    "primera etapa, recursos estatales",
    "para atender la temporada de lluvias y sus daños",
    "en oficinas centrales y delegaciones foráneas",
];
const NAMES: [&str; 8] = [
    "Edificaciones Tzitzio",
    "Abarrotes Güicho",
    "Ingenios Peña Nevada",
    "Transportes Ñandú",
    "Laboratorios Xalitla",
    "Consultores del Río",
    "Obras Muñiz",
    "Textiles Coyolxóchitl",
];
const FORMS: [&str; 4] = ["S.A. de C.V.", "SA de CV", "S. de R.L. de C.V.", "S.C."];
const STATES: [(&str, &str); 4] = [
    ("Arenal", "San Ñuflo de la Cañada"),
    ("Lagunilla", "Peñón Blanco"),
    ("Peñas Altas", "Cumbres de Átoyac"),
    ("Costa Serena", "Puerto Güero"),
];
const KINDS: [&str; 4] = [
    "ADQUISICIONES",
    "SERVICIOS",
    "OBRA PÚBLICA",
    "ARRENDAMIENTOS",
];
const PROCEDURES: [&str; 3] = [
    "Licitación pública",
    "Adjudicación directa",
    "Invitación a tres personas",
];

/// Writes rows until `bytes` are reached; the last row may go over.
pub(super) fn write(mut out: impl Write, bytes: u64) -> Result<()> {
    let mut line = Vec::new();
    let mut dice = Dice(0x00C0_7E10);
    end_row(&mut line, COLUMNS.iter().map(ToString::to_string));
    let mut written = 0;
    let mut number = 0;
    loop {
        out.write_all(&line)?;
        written += line.len() as u64;
        if written >= bytes {
            return out.flush();
        }
        line.clear();
        end_row(&mut line, row(number, &mut dice));
        number += 1;
    }
}

fn row(number: u64, dice: &mut Dice) -> [String; 30] {
    let (office, letters) = dice.one_of(&OFFICES);
    let (state, town) = dice.one_of(&STATES);
    // Sixty thousand suppliers: names come back, as in a real register.
    let supplier = dice.below(60_000);
    let unit = format!("{:03}UC{:04}", dice.below(80), dice.below(900));
    let day = dice.below(3_000);
    let detail = dice.one_of(&DETAILS);
    let mut description = format!(
        "{} {detail}. {}",
        dice.one_of(&OBJECTS),
        dice.one_of(&DETAILS)
    );
    if dice.below(400) == 0 {
        // A line break inside quotes: what splitting at line ends takes for a row.
        description.push_str("\nSe anexa la relación de bienes.");
    }
    // A product of two: many small amounts, few large ones.
    let cents = (dice.below(20_000) + 1) * (dice.below(90_000) + 1);
    let form = FORMS[(supplier % 4) as usize];
    [
        format!("{}", 2_000_000 + number),
        format!("LP-{unit}-N{}-{}", dice.below(999) + 1, 2014 + day / 372),
        unit.clone(),
        format!("{letters} Compras #{unit}"),
        office.to_owned(),
        letters.to_owned(),
        dice.one_of(&["Federal", "Estatal", "Municipal"]).to_owned(),
        dice.one_of(&OBJECTS).to_owned(),
        description,
        dice.one_of(&KINDS).to_owned(),
        dice.one_of(&PROCEDURES).to_owned(),
        dice.one_of(&["Electrónica", "Presencial", "Mixta"])
            .to_owned(),
        dice.one_of(&["Nacional", "Internacional"]).to_owned(),
        date(day),
        date(day + 12 + dice.below(20)),
        date(day + 40 + dice.below(15)),
        date(day + 130 + dice.below(400)),
        format!("{}.{:02}", cents / 100, cents % 100),
        if dice.below(40) == 0 { "USD" } else { "MXN" }.to_owned(),
        dice.one_of(&["Vigente", "Terminado", "Rescindido"])
            .to_owned(),
        format!(
            "XEJ{:02}{:02}{:02}{:03}",
            supplier % 100,
            supplier % 12 + 1,
            supplier % 28 + 1,
            supplier / 60
        ),
        format!("{} {supplier}, {form}", NAMES[(supplier % 8) as usize]),
        dice.one_of(&["Micro", "Pequeña", "Mediana", ""]).to_owned(),
        "MX".to_owned(),
        state.to_owned(),
        town.to_owned(),
        format!("{:05}", 1_000 + dice.below(90_000)),
        format!("{}", 21_001 + dice.below(30_000)),
        format!("{}", u64::from(dice.below(12) == 0)),
        format!(
            "https://compras.invalid/anuncio/{}/{unit}",
            2_000_000 + number
        ),
    ]
}

/// A date of a calendar with twelve months of 31 days, cut to 28, so that every date exists.
fn date(day: u64) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        2014 + day / 372,
        day % 372 / 31 + 1,
        (day % 31 + 1).min(28)
    )
}

fn end_row(line: &mut Vec<u8>, cells: impl IntoIterator<Item = String>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        if cell.contains([',', '"', '\n']) {
            line.push(b'"');
            line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        } else {
            line.extend_from_slice(cell.as_bytes());
        }
    }
    line.extend_from_slice(b"\r\n");
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): small, and the same
/// everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_thirty_cells_and_the_weight_of_a_real_register() {
        let mut bytes = Vec::new();
        write(&mut bytes, 1_000_000).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.len() >= 1_000_000 && text.len() < 1_002_000);
        // Record ends are CRLF; a line break inside quotes is a bare LF.
        let records: Vec<_> = text.split_terminator("\r\n").collect();
        let cells = |record: &str| {
            let outside = record
                .split('"')
                .step_by(2)
                .map(|part| part.matches(',').count())
                .sum::<usize>();
            outside + 1
        };
        assert!(
            records.iter().all(|record| cells(record) == 30),
            "a record without 30 cells"
        );
        let weight = text.len() / records.len();
        assert!((540..640).contains(&weight), "{weight} bytes a row");
    }
}
