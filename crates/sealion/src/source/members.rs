//! The members of a gzip file, end to end, and the zeros with which tapes and disks fill it up.

use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use flate2::bufread::GzDecoder;

/// Reads all members. Each is held to its checksum and length before the next is looked at.
pub(super) struct Members<R> {
    at: At<R>,
    /// Zeros behind the last member: there is nothing else to say of them than that they were there.
    zeros: Arc<AtomicU64>,
}

enum At<R> {
    Member(Box<GzDecoder<R>>),
    Zeros(R),
    End,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(input: R, zeros: Arc<AtomicU64>) -> Members<R> {
        let at = At::Member(Box::new(GzDecoder::new(input)));
        Members { at, zeros }
    }

    /// What follows a member.
    fn next_member(mut input: R) -> io::Result<At<R>> {
        Ok(match input.fill_buf()?.first() {
            None => At::End,
            Some(0) => At::Zeros(input),
            Some(_) => At::Member(Box::new(GzDecoder::new(input))),
        })
    }

    /// Passes over zeros, behind which nothing may follow.
    fn pass(&self, input: &mut R) -> io::Result<()> {
        loop {
            let bytes = input.fill_buf()?;
            let length = bytes.len();
            if length == 0 {
                return Ok(());
            }
            if bytes.iter().any(|byte| *byte != 0) {
                let words = "zeros follow the gzip data, and behind them something else";
                return Err(io::Error::new(io::ErrorKind::InvalidData, words));
            }
            self.zeros.fetch_add(length as u64, Ordering::Relaxed);
            input.consume(length);
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.at, At::End) {
                At::Member(mut decoder) => match decoder.read(buffer)? {
                    0 => self.at = Self::next_member(decoder.into_inner())?,
                    count => {
                        self.at = At::Member(decoder);
                        return Ok(count);
                    }
                },
                At::Zeros(mut input) => self.pass(&mut input)?,
                At::End => return Ok(0),
            }
        }
    }
}
