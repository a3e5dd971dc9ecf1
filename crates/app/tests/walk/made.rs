//! Small files of invented data, in layouts the built-in packs know. Nothing here was copied from a published file.

use rust_xlsxwriter::Workbook;

/// The columns of a yearly CompraNet file.
const COMPRANET: [&str; 39] = [
    "GOBIERNO",
    "SIGLAS",
    "DEPENDENCIA",
    "CLAVEUC",
    "NOMBRE_DE_LA_UC",
    "RESPONSABLE",
    "NUMERO_EXPEDIENTE",
    "TITULO_EXPEDIENTE",
    "PLANTILLA_EXPEDIENTE",
    "NUMERO_PROCEDIMIENTO",
    "EXP_F_FALLO",
    "PROC_F_PUBLICACION",
    "FECHA_APERTURA_PROPOSICIONES",
    "CARACTER",
    "TIPO_CONTRATACION",
    "TIPO_PROCEDIMIENTO",
    "FORMA_PROCEDIMIENTO",
    "CODIGO_CONTRATO",
    "TITULO_CONTRATO",
    "FECHA_INICIO",
    "FECHA_FIN",
    "IMPORTE_CONTRATO",
    "MONEDA",
    "ESTATUS_CONTRATO",
    "ARCHIVADO",
    "RAMO",
    "CLAVE_PROGRAMA",
    "APORTACION_FEDERAL",
    "FECHA_CELEBRACION",
    "CONTRATO_MARCO",
    "COMPRA_CONSOLIDADA",
    "PLURIANUAL",
    "CLAVE_CARTERA_SHCP",
    "ESTRATIFICACION_MUC",
    "PROVEEDOR_CONTRATISTA",
    "ESTRATIFICACION_MPC",
    "ESTATUS_EMPRESA",
    "CUENTA_ADMINISTRADA_POR",
    "ANUNCIO",
];

/// The columns of the complete 69-B list.
const LIST_69B: [&str; 20] = [
    "No",
    "RFC",
    "Nombre del Contribuyente",
    "Situación del contribuyente",
    "Número y fecha de oficio global de presunción SAT",
    "Publicación página SAT presuntos",
    "Número y fecha de oficio global de presunción DOF",
    "Publicación DOF presuntos",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT",
    "Publicación página SAT desvirtuados",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF",
    "Publicación DOF desvirtuados",
    "Número y fecha de oficio global de definitivos SAT",
    "Publicación página SAT definitivos",
    "Número y fecha de oficio global de definitivos DOF",
    "Publicación DOF definitivos",
    "Número y fecha de oficio global de sentencia favorable SAT",
    "Publicación página SAT sentencia favorable",
    "Número y fecha de oficio global de sentencia favorable DOF",
    "Publicación DOF sentencia favorable",
];

/// A header and its rows.
#[derive(Clone)]
pub struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    /// Contracts `from` to `from + count`, each of a process of its own.
    ///
    /// Of three contracts one is a direct award, one a tender of 10 days, one a tender of 20.
    pub fn contracts(from: usize, count: usize) -> Rows {
        let header = COMPRANET.iter().map(|header| header.to_string()).collect();
        Rows {
            header,
            rows: (from..from + count).map(contract).collect(),
        }
    }

    /// Sets the cell under `header` of the row at `index` (from 0).
    pub fn set(&mut self, index: usize, header: &str, value: &str) {
        let column = self
            .header
            .iter()
            .position(|known| known == header)
            .expect("a header of the layout");
        self.rows[index][column] = value.to_string();
    }

    /// Gives a column another name.
    pub fn rename(&mut self, header: &str, name: &str) {
        let column = self
            .header
            .iter()
            .position(|known| known == header)
            .expect("a header of the layout");
        self.header[column] = name.to_string();
    }

    /// As CSV with commas.
    pub fn csv(&self) -> String {
        let line = |cells: &Vec<String>| {
            cells
                .iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(",")
                + "\n"
        };
        std::iter::once(&self.header)
            .chain(&self.rows)
            .map(line)
            .collect()
    }

    /// As a workbook of one sheet; `more` are further cells: row and column from 0, and the text.
    ///
    /// A row of `more` beyond the sheet's last repeats the first record, so that it is a record too.
    pub fn xlsx(&self, more: &[(u32, u16, &str)]) -> Vec<u8> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let last = self.rows.len() as u32;
        let far = more
            .iter()
            .filter(|(row, ..)| *row > last)
            .map(|(row, ..)| (*row, &self.rows[0]));
        let near = (0..).zip(std::iter::once(&self.header).chain(&self.rows));
        for (row, cells) in near.chain(far) {
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet
                    .write_string(row, column, cell)
                    .expect("a cell within the sheet");
            }
        }
        for (row, column, text) in more {
            sheet
                .write_string(*row, *column, *text)
                .expect("a cell within the sheet");
        }
        workbook.save_to_buffer().expect("a workbook in memory")
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}

fn contract(n: usize) -> Vec<String> {
    let (template, kind, closing) = match n % 3 {
        0 => (
            "03. Adjudicación Directa Nacional LAASSP",
            "Adjudicación Directa Federal",
            "",
        ),
        1 => (
            "01. Licitación Pública Nacional LAASSP",
            "Licitación Pública",
            "2014-03-11 12:00",
        ),
        _ => (
            "01. Licitación Pública Nacional LAASSP",
            "Licitación Pública",
            "2014-03-21 12:00",
        ),
    };
    let office = n % 2 + 1;
    let cell = |header: &&str| match *header {
        "GOBIERNO" => "APF".to_string(),
        "SIGLAS" => format!("OFI-{office}"),
        "DEPENDENCIA" => format!("Oficina Inventada {office}"),
        "CLAVEUC" => format!("0{office}ZZZ00{office}"),
        "NOMBRE_DE_LA_UC" => format!("OFI-{office}-Unidad de compras"),
        "RESPONSABLE" => "Persona Inventada".to_string(),
        "NUMERO_EXPEDIENTE" => (900_000 + n).to_string(),
        "TITULO_EXPEDIENTE" | "TITULO_CONTRATO" => format!("Servicio inventado número {n}"),
        "PLANTILLA_EXPEDIENTE" => template.to_string(),
        "NUMERO_PROCEDIMIENTO" => format!("LA-0{office}ZZZ00{office}-N{n}-2014"),
        "EXP_F_FALLO" => "2014-03-24 00:00:00 GMT".to_string(),
        "PROC_F_PUBLICACION" if !closing.is_empty() => "2014-03-01 10:00".to_string(),
        "FECHA_APERTURA_PROPOSICIONES" => closing.to_string(),
        "CARACTER" => "Nacional".to_string(),
        "TIPO_CONTRATACION" => "Servicios".to_string(),
        "TIPO_PROCEDIMIENTO" => kind.to_string(),
        "FORMA_PROCEDIMIENTO" => "Mixta".to_string(),
        "CODIGO_CONTRATO" => (700_000 + n).to_string(),
        "FECHA_INICIO" => "2014-04-01".to_string(),
        "FECHA_FIN" => "2014-12-31".to_string(),
        "IMPORTE_CONTRATO" => format!("{}.50", 1_000 + n),
        "MONEDA" => "MXN".to_string(),
        "ESTATUS_CONTRATO" => "Activo".to_string(),
        "ARCHIVADO" => "No".to_string(),
        "FECHA_CELEBRACION" => "2014-03-28 00:00:00 GMT".to_string(),
        "CONTRATO_MARCO" | "COMPRA_CONSOLIDADA" | "PLURIANUAL" => "0".to_string(),
        "PROVEEDOR_CONTRATISTA" => format!("PROVEEDOR INVENTADO {} SA DE CV", n % 40),
        "ESTATUS_EMPRESA" => "Habilitado".to_string(),
        "CUENTA_ADMINISTRADA_POR" => "UC".to_string(),
        "ANUNCIO" => format!("https://example.org/anuncio/{n}"),
        _ => String::new(),
    };
    COMPRANET.iter().map(cell).collect()
}

/// The file number under which contract `n` of [`Rows::contracts`] is a process.
pub fn process(n: usize) -> String {
    format!("compranet-{}", 900_000 + n)
}

/// A 69-B list of `count` invented listings, two lines above its header.
///
/// Suppliers of [`Rows::contracts`] are on it, presumed since 2013, by name: their contracts carry no tax number.
pub fn list_69b(count: usize) -> String {
    let blanks = ",".repeat(LIST_69B.len() - 1);
    let mut text = format!(
        "Información actualizada al 30 de junio de 2020{blanks}\nListado inventado{blanks}\n{}\n",
        LIST_69B.join(",")
    );
    for n in 1..=count {
        let mut cells = vec![String::new(); LIST_69B.len()];
        cells[0] = n.to_string();
        cells[1] = format!("PIN1001{:02}AA{}", n % 28 + 1, n % 10);
        cells[2] = format!("PROVEEDOR INVENTADO {n} S.A. de C.V.").replace(',', " ");
        cells[3] = "Presunto".to_string();
        cells[4] = format!("500-{n} de fecha 1 de febrero de 2013");
        cells[5] = "01/02/2013".to_string();
        cells[7] = "20/02/2013".to_string();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// An invented OCDS release of an office without a folder of its own; its contract exceeds its award by a tenth.
pub fn release(n: usize) -> String {
    let release = serde_json::json!({
        "ocid": format!("ocds-inventado-{n:04}"),
        "id": format!("{n}"),
        "date": "2019-06-01T00:00:00Z",
        "tag": ["contract"],
        "buyer": { "id": "OFICINA-3", "name": "Oficina Inventada 3" },
        "tender": {
            "id": format!("T-{n}"),
            "title": format!("Obra inventada número {n}"),
            "procurementMethod": "open",
            "tenderPeriod": { "startDate": "2019-01-10T00:00:00Z", "endDate": "2019-01-20T00:00:00Z" },
        },
        "awards": [{
            "id": format!("A-{n}"),
            "suppliers": [{ "id": format!("P-{n}"), "name": format!("PROVEEDOR INVENTADO {n}") }],
            "value": { "amount": 1000 + n, "currency": "MXN" },
        }],
        "contracts": [{
            "id": format!("C-{n}"),
            "awardID": format!("A-{n}"),
            "dateSigned": "2019-02-01T00:00:00Z",
            "value": { "amount": 1100 + n, "currency": "MXN" },
        }],
    });
    release.to_string()
}

/// An invented OC4IDS project of an office without a folder of its own.
pub fn project(n: usize) -> String {
    let project = serde_json::json!({
        "id": format!("oc4ids-inventado-{n:04}"),
        "title": format!("Puente inventado número {n}"),
        "status": "implementation",
        "period": { "startDate": "2018-01-01T00:00:00Z", "endDate": "2019-12-31T00:00:00Z" },
        "budget": { "amount": { "amount": 5_000_000 + n, "currency": "MXN" } },
    });
    project.to_string()
}

/// A ZIP of these entries: name, bytes as stored, how they are packed, bytes they unpack to, and their checksum.
pub struct Entry<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The bytes in the archive.
    pub packed: Vec<u8>,
    /// 0 as they are, 8 deflated.
    pub method: u16,
    /// What it says it unpacks to.
    pub size: u32,
    /// CRC-32 of what it unpacks to.
    pub checksum: u32,
}

impl<'a> Entry<'a> {
    /// Bytes as they are.
    pub fn stored(name: &'a str, content: &[u8]) -> Entry<'a> {
        Entry {
            name,
            packed: content.to_vec(),
            method: 0,
            size: content.len() as u32,
            checksum: crc32(content),
        }
    }

    /// `mib` MiB of zeros. The checksum is not right: nobody should come to the end of it.
    pub fn zeros(name: &'a str, mib: u32) -> Entry<'a> {
        Entry {
            name,
            packed: deflated_zeros(mib),
            method: 8,
            size: mib << 20,
            checksum: 0,
        }
    }
}

/// An archive, byte by byte.
pub fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let start = archive.len() as u32;
        let mut common = Vec::new();
        [20, 0, entry.method, 0, 0x21]
            .iter()
            .for_each(|n: &u16| common.extend(n.to_le_bytes())); // 1 January 1980.
        [entry.checksum, entry.packed.len() as u32, entry.size]
            .iter()
            .for_each(|n| common.extend(n.to_le_bytes()));
        common.extend((entry.name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(entry.name.as_bytes());
        archive.extend(&entry.packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let (start, count) = (archive.len() as u32, entries.len() as u16);
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\x00\x00\x00\x00");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

/// One block with the fixed codes of DEFLATE: a zero, then "258 times the byte before" until there are enough.
fn deflated_zeros(mib: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1, 1); // The last block,
    bits.push(0b01, 2); // with fixed codes.
    bits.code(0b0011_0000, 8); // The byte 0.
    for _ in 0..(u64::from(mib) << 20).div_ceil(258) {
        bits.code(0b1100_0101, 8); // Length 258,
        bits.code(0, 5); // distance 1.
    }
    bits.code(0, 7); // The end.
    bits.finish()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    /// Bits of a number, lowest first.
    fn push(&mut self, value: u32, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push((self.held & 0xff) as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Bits of a code, highest first.
    fn code(&mut self, value: u32, count: u32) {
        (0..count)
            .rev()
            .for_each(|bit| self.push((value >> bit) & 1, 1));
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push((self.held & 0xff) as u8);
        }
        self.bytes
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    let add = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(!0, add)
}
