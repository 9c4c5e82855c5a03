//! A journal export as the service left it in S3 (Developer Guide, "Journal export output in QLDB").
//!
//! ```text
//! <prefix>/<yyyy>/<mm>/<dd>/<hh>/<strandId>.<first>-<last>.<ext>    blocks, first and last included
//! <prefix>/<exportId>.started.manifest                             what was asked for
//! <prefix>/<exportId>.<strandId>.completed.manifest                the objects' keys, in order
//! ```

use super::{json, Error, Sink};
use crate::block::{fields, list};
use crate::ion::{binary, spell, text};
use crate::time::timestamp;
use crate::{Block, Rng};
use flate2::{write::GzEncoder, Compression};
use ion_rs::Element;
use std::io::Write;

/// When the export was asked for, 2025-07-30T23:00:00Z: the day before the service ended. Object keys name the hour.
const ASKED_MS: u64 = 1_753_916_400_000;
const HOUR: &str = "2025/07/30/23";

/// How blocks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Ion text, a block a line.
    Text,
    /// Ion text, indented.
    Pretty,
    /// Ion text as hard to read as it may legally be.
    Spelled,
    /// Ion binary, one symbol table an object.
    Binary,
    /// Ion binary as hard to read as it may legally be: several symbol tables, pads, numbers with leading zeros.
    SpelledBinary,
    /// JSON Lines.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Pretty,
        Self::Spelled,
        Self::Binary,
        Self::SpelledBinary,
        Self::Json,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Pretty => "pretty",
            Self::Spelled => "spelled",
            Self::Binary => "binary",
            Self::SpelledBinary => "spelled-binary",
            Self::Json => "json",
        }
    }

    /// The value of the request's `OutputFormat`.
    #[must_use]
    pub fn output_format(self) -> &'static str {
        match self {
            Self::Text | Self::Pretty | Self::Spelled => "ION_TEXT",
            Self::Binary | Self::SpelledBinary => "ION_BINARY",
            Self::Json => "JSON",
        }
    }

    /// These values in this format, each text with a line feed behind it.
    ///
    /// # Errors
    /// If a value cannot be encoded in binary.
    pub fn encode(self, values: &[Element], rng: &Rng) -> Result<Vec<u8>, Error> {
        match self {
            Self::Binary => return Ok(binary::encode(values)?),
            Self::SpelledBinary => return Ok(binary::spelled(values, &mut rng.clone())),
            Self::Text | Self::Pretty | Self::Spelled | Self::Json => {}
        }
        let mut out = String::new();
        for (index, value) in values.iter().enumerate() {
            match self {
                Self::Pretty => text::pretty(value, &mut out),
                Self::Spelled => spell::spell(value, &mut rng.fork(index as u64), &mut out),
                Self::Json => json::down_convert(value, &mut out),
                _ => text::compact(value, &mut out),
            }
            out.push('\n');
        }
        Ok(out.into_bytes())
    }
}

/// An export's settings. Everything about it follows from these and the blocks.
#[derive(Clone, Debug)]
pub struct Export {
    /// The ledger's name, in the manifest.
    pub ledger: String,
    /// What keys begin with, without a slash at the end.
    pub prefix: String,
    /// The export's id, 22 base-62 characters.
    pub export_id: String,
    /// How blocks and manifests are written.
    pub format: Format,
    /// Whether data objects are compressed, as people do afterwards, in several gzip members each.
    pub gzip: bool,
    /// Where spellings come from.
    pub rng: Rng,
}

impl Export {
    /// An export in this format, all else from the seed.
    #[must_use]
    pub fn new(format: Format, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork(format as u64);
        let export_id = rng.id();
        let (ledger, prefix) = ("vehicle-registration".to_owned(), "ledger".to_owned());
        Self {
            ledger,
            prefix,
            export_id,
            format,
            gzip: false,
            rng,
        }
    }

    /// Where an object of this key lies: people who compressed their archives added `.gz`, and left the manifests as
    /// they were.
    #[must_use]
    pub fn file_name(&self, key: &str) -> String {
        format!("{key}{}", if self.gzip { ".gz" } else { "" })
    }

    /// One data object of these blocks, which stand in a row: its key, as manifests name it, and its bytes.
    ///
    /// # Errors
    /// If a block cannot be encoded.
    ///
    /// # Panics
    /// If there is no block.
    pub fn object(&self, blocks: &[Block]) -> Result<(String, Vec<u8>), Error> {
        let (first, last) = (&blocks[0].address, &blocks[blocks.len() - 1].address);
        let extension = if self.format == Format::Json {
            "json"
        } else {
            "ion"
        };
        let (prefix, strand) = (&self.prefix, &first.strand_id);
        let range = format!("{}-{}", first.sequence_no, last.sequence_no);
        let key = format!("{prefix}/{HOUR}/{strand}.{range}.{extension}");
        let bytes = self.encode(blocks)?;
        let bytes = if self.gzip { gzip(&bytes)? } else { bytes };
        Ok((key, bytes))
    }

    /// The blocks in the export's format. Spellings depend on nothing but seed and sequence number, so an object
    /// can be written on any thread.
    fn encode(&self, blocks: &[Block]) -> Result<Vec<u8>, Error> {
        let rng = |block: &Block| self.rng.fork(block.address.sequence_no);
        if matches!(self.format, Format::Binary | Format::SpelledBinary) {
            // Symbol tables go across blocks.
            let elements: Vec<Element> = blocks.iter().map(Block::to_element).collect();
            return self
                .format
                .encode(&elements, &blocks.first().map_or(self.rng.clone(), rng));
        }
        let mut out = Vec::new();
        for block in blocks {
            out.extend(self.format.encode(&[block.to_element()], &rng(block))?);
        }
        Ok(out)
    }

    /// The two manifests, keys and bytes: what was asked for, and what came of it.
    ///
    /// # Errors
    /// If they cannot be encoded.
    pub fn manifests(
        &self,
        strand_id: &str,
        keys: &[String],
    ) -> Result<[(String, Vec<u8>); 2], Error> {
        let string = |text: &str| Element::string(text);
        let started = fields([
            ("ledgerName", string(&self.ledger)),
            ("exportId", string(&self.export_id)),
            ("inclusiveStartTime", Element::timestamp(timestamp(0))),
            ("exclusiveEndTime", Element::timestamp(timestamp(ASKED_MS))),
            ("bucket", string("archive")),
            ("prefix", string(&self.prefix)),
            ("objectEncryptionType", string("NO_ENCRYPTION")),
            ("outputFormat", string(self.format.output_format())),
        ]);
        let completed = fields([("keys", list(keys.iter().map(|key| string(key))))]);
        let (prefix, id) = (&self.prefix, &self.export_id);
        Ok([
            (
                format!("{prefix}/{id}.started.manifest"),
                self.format.encode(&[started], &self.rng)?,
            ),
            (
                format!("{prefix}/{id}.{strand_id}.completed.manifest"),
                self.format.encode(&[completed], &self.rng)?,
            ),
        ])
    }

    /// Writes the whole export, `blocks_per_object` blocks an object.
    ///
    /// # Errors
    /// If a block cannot be encoded or a file not written.
    pub fn write(
        &self,
        blocks: &[Block],
        blocks_per_object: usize,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let mut keys = Vec::new();
        for blocks in blocks.chunks(blocks_per_object.max(1)) {
            let (key, bytes) = self.object(blocks)?;
            sink.put(&self.file_name(&key), &bytes)?;
            keys.push(key);
        }
        let strand = blocks
            .first()
            .map_or("", |block| block.address.strand_id.as_str());
        for (key, bytes) in self.manifests(strand, &keys)? {
            sink.put(&key, &bytes)?;
        }
        Ok(())
    }
}

/// Bytes of an object in one gzip member: small, so that members end in the middle of blocks.
const MEMBER: usize = 1 << 20;

/// The bytes as a gzip file of several members (RFC 1952 allows it and `cat a.gz b.gz` makes it): at least two, if
/// there are two bytes.
///
/// # Errors
/// Never, into memory.
pub fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for member in bytes.chunks(MEMBER.min(bytes.len().div_ceil(2)).max(1)) {
        let mut encoder = GzEncoder::new(&mut out, Compression::fast());
        encoder.write_all(member)?;
        encoder.finish()?;
    }
    Ok(out)
}
