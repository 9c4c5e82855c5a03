//! gzip and zstd, known by their first bytes.

use std::io::{self, BufReader, Cursor, Read};

use super::encoding::utf8;

/// The input, decompressed if it is compressed, text as UTF-8; and whether it was
/// compressed.
///
/// # Errors
/// If its first bytes cannot be read, or it is zstd and this build lacks it.
pub(crate) fn decompressed(
    input: Box<dyn Read + Send>,
) -> io::Result<(Box<dyn Read + Send>, bool)> {
    let (input, compressed) = expanded(input)?;
    Ok((utf8(input)?, compressed))
}

fn expanded(mut input: Box<dyn Read + Send>) -> io::Result<(Box<dyn Read + Send>, bool)> {
    let mut head = Vec::with_capacity(4);
    (&mut input).take(4).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(input);
    if head.starts_with(&[0x1F, 0x8B]) {
        // A file may hold several gzip members end to end.
        let decoder = flate2::bufread::MultiGzDecoder::new(BufReader::new(whole));
        return Ok((Box::new(decoder), true));
    }
    if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        return Ok((zstd_decoder(whole)?, true));
    }
    Ok((Box::new(whole), false))
}

#[cfg(feature = "zstd")]
fn zstd_decoder(input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(zstd::stream::read::Decoder::new(input)?))
}

#[cfg(not(feature = "zstd"))]
fn zstd_decoder(_: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    Err(io::Error::other(
        "the file is zstd-compressed and this build cannot read that: decompress it first",
    ))
}
