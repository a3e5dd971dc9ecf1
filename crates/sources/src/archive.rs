//! Unpacks ZIP and GZIP under limits, one entry at a time, into temporary files.
//!
//! It refuses to write anywhere but there: names of entries are only told, never used as paths.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};

use flate2::read::MultiGzDecoder;
use tempfile::NamedTempFile;
use zip::ZipArchive;

use crate::encoding::read_full;
use crate::error::Error;
use crate::open::Source;
use crate::reading::Limits;

/// Below this size no ratio is suspicious: 16 MiB of zeros harm nobody.
const RATIO_FROM: u64 = 16 << 20;

/// What may still be unpacked from one file.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    ratio: u64,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Budget {
            left: limits.unpacked_bytes,
            ratio: limits.ratio,
        }
    }

    /// Whether a workbook of this size may be opened.
    pub(crate) fn allows(&self, packed: u64, unpacked: u64) -> bool {
        unpacked <= self.left && (unpacked <= RATIO_FROM || unpacked / self.ratio <= packed)
    }
}

/// What came out of an entry.
pub(crate) enum Unpacked {
    /// The whole of it, or what came out before it broke, and why it broke.
    File(NamedTempFile, Option<String>),
    /// It grew over the limits.
    TooLarge,
}

/// Unpacks one stream of `packed` bytes.
pub(crate) fn unpack(
    mut stream: impl Read,
    packed: u64,
    budget: &mut Budget,
    source: &Source<'_>,
) -> Result<Unpacked, Error> {
    let temporary = |e| Error::Temporary {
        doing: "unpacking",
        source: e,
    };
    let mut file = NamedTempFile::new().map_err(temporary)?;
    let mut buffer = vec![0; 256 << 10];
    let mut written = 0u64;
    loop {
        let n = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) if is_of_the_disk(&e) => return Err(source.error(e)),
            Err(e) => {
                file.flush().map_err(temporary)?;
                return Ok(Unpacked::File(file, Some(e.to_string())));
            }
        };
        written += n as u64;
        if n as u64 > budget.left
            || (written > RATIO_FROM && written / budget.ratio > packed.max(1))
        {
            return Ok(Unpacked::TooLarge);
        }
        budget.left -= n as u64;
        file.write_all(&buffer[..n]).map_err(temporary)?;
    }
    file.flush().map_err(temporary)?;
    Ok(Unpacked::File(file, None))
}

/// Errors with a number of the system come from the disk; the others from the bytes.
fn is_of_the_disk(e: &io::Error) -> bool {
    e.raw_os_error().is_some()
}

/// A GZIP stream over a file.
pub(crate) fn gunzip(file: File) -> impl Read {
    MultiGzDecoder::new(BufReader::with_capacity(256 << 10, file))
}

/// A ZIP archive, its entries in order.
pub(crate) struct Zip {
    archive: ZipArchive<BufReader<File>>,
    size: u64,
}

/// One entry of a ZIP, before it is unpacked.
pub(crate) struct Entry {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
    pub(crate) folder: bool,
    pub(crate) encrypted: bool,
    /// Whether its name would leave the folder.
    pub(crate) leaves: bool,
}

impl Zip {
    /// Opens an archive; what is wrong with it is the text of the inner error.
    pub(crate) fn open(file: File) -> Result<Result<Zip, String>, io::Error> {
        let size = file.metadata()?.len();
        match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => Ok(Ok(Zip { archive, size })),
            Err(zip::result::ZipError::Io(e)) if is_of_the_disk(&e) => Err(e),
            Err(e) => Ok(Err(e.to_string())),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.archive.len()
    }

    /// What the directory says of an entry.
    pub(crate) fn entry(&mut self, index: usize) -> Result<Entry, String> {
        let size = self.size;
        let entry = self
            .archive
            .by_index_raw(index)
            .map_err(|e| e.to_string())?;
        let name = entry_name(entry.name_raw(), entry.name().ok().as_deref());
        Ok(Entry {
            index,
            packed: entry.compressed_size().min(size),
            unpacked: entry.size(),
            folder: entry.is_dir(),
            encrypted: entry.encrypted(),
            leaves: leaves(&name),
            name,
        })
    }

    /// The stream of an entry.
    pub(crate) fn stream(&mut self, entry: &Entry) -> Result<impl Read + '_, String> {
        self.archive
            .by_index(entry.index)
            .map_err(|e| e.to_string())
    }
}

/// UTF-8 when it is, whatever the flag says: many programs forget it. Otherwise as the library reads it (CP437).
fn entry_name(raw: &[u8], decoded: Option<&str>) -> String {
    match (std::str::from_utf8(raw), decoded) {
        (Ok(name), _) => name.to_owned(),
        (Err(_), Some(name)) => name.to_owned(),
        (Err(_), None) => String::from_utf8_lossy(raw).into_owned(),
    }
}

/// Absolute paths, drive letters and steps upwards.
fn leaves(name: &str) -> bool {
    let name = name.replace('\\', "/");
    name.starts_with('/')
        || name.as_bytes().get(1) == Some(&b':')
        || name.contains('\0')
        || name.split('/').any(|step| step == "..")
}

/// The name of the first entry, from its local header: all a truncated archive still tells.
pub(crate) fn first_name(file: &mut File) -> Option<String> {
    use std::io::{Seek, SeekFrom};
    let mut head = [0; 512];
    file.seek(SeekFrom::Start(0)).ok()?;
    let n = read_full(file, &mut head).ok()?;
    let length = u16::from_le_bytes([*head.get(26)?, *head.get(27)?]) as usize;
    let name = head[..n].get(30..30 + length)?;
    Some(String::from_utf8_lossy(name).into_owned())
}
