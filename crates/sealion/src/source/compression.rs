//! gzip and zstd, known by their first bytes.
//!
//! A compressed file is at its end where its last member or frame is, whose checksum and length were
//! compared. Whatever follows must be one more of them, and is an error if it is not. As `gzip` does,
//! zeros up to the end are passed over, since tapes and disks are filled up with them; but a file of
//! which the end was never written, after a crash, looks just like that, so they are told.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::atomic::AtomicU64;
use std::sync::Arc;

use super::encoding::utf8;
use super::members::Members;
use super::Lasting;

type Input = Box<dyn Read + Send>;

/// Zeros that follow compressed data, counted as they are passed over.
pub(crate) type Zeros = Arc<AtomicU64>;

/// The input, decompressed if it is compressed, text as UTF-8; and if it was compressed, how many
/// zeros behind that were passed over so far. Neither decompressors nor whoever reads are told twice of an error in
/// different words, or of an end behind one.
///
/// # Errors
/// If its first bytes cannot be read, or it is zstd and this build lacks it.
pub(crate) fn decompressed(input: Input) -> io::Result<(Lasting<Input>, Option<Zeros>)> {
    let (input, compressed) = expanded(Lasting::new(input))?;
    Ok((Lasting::new(utf8(input)?), compressed))
}

fn expanded(mut input: Lasting<Input>) -> io::Result<(Input, Option<Zeros>)> {
    let mut head = Vec::with_capacity(4);
    (&mut input).take(4).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(input);
    match head[..] {
        // A file may hold several gzip members end to end.
        [0x1F, 0x8B, ..] => {
            let zeros = Zeros::default();
            let members = Members::new(BufReader::new(whole), zeros.clone());
            Ok((Box::new(Lasting::new(members)), Some(zeros)))
        }
        // A frame, or one that is skipped: some programs begin with such.
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
            let decoder = Lasting::new(zstd_decoder(whole)?);
            Ok((Box::new(decoder), Some(Zeros::default())))
        }
        _ => Ok((Box::new(whole), None)),
    }
}

#[cfg(feature = "zstd")]
fn zstd_decoder(input: impl Read + Send + 'static) -> io::Result<Input> {
    Ok(Box::new(zstd::stream::read::Decoder::new(input)?))
}

#[cfg(not(feature = "zstd"))]
fn zstd_decoder(_: impl Read + Send + 'static) -> io::Result<Input> {
    Err(io::Error::other(
        "the file is zstd-compressed and this build cannot read that: decompress it first",
    ))
}

#[cfg(test)]
mod tests;
