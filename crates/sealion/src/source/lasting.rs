//! An input whose last word stands.
//!
//! Readers differ in what they answer when they are asked again behind an error: flate2 says of a
//! member whose checksum was wrong that it is at its end. Whoever cuts values asks again, and would
//! take such a file for a whole one.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

/// Gives what `input` gives. Once that failed, it fails for ever, in the same words; once that was
/// at its end, so it is for ever. Interruptions are no failures: it asks again at once.
pub(crate) struct Lasting<R> {
    input: R,
    given: u64,
    end: Option<Result<(), Failure>>,
}

impl<R> Lasting<R> {
    pub(crate) fn new(input: R) -> Lasting<R> {
        Lasting {
            input,
            given: 0,
            end: None,
        }
    }

    /// Bytes given so far.
    pub(crate) fn given(&self) -> u64 {
        self.given
    }

    /// How it ended, if it did: all was given, or it failed.
    pub(crate) fn end(&self) -> Option<&Result<(), Failure>> {
        self.end.as_ref()
    }
}

impl<R: Read> Read for Lasting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // No answer to this says anything of an end.
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match &self.end {
                Some(Ok(())) => return Ok(0),
                Some(Err(failure)) => return Err(failure.again()),
                None => {}
            }
            match self.input.read(buffer) {
                Ok(0) => self.end = Some(Ok(())),
                Ok(count) => {
                    self.given += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.end = Some(Err(Failure::of(error))),
            }
        }
    }
}

/// An error that can be given any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Failure(Arc<io::Error>);

impl Failure {
    pub(crate) fn of(error: io::Error) -> Failure {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        match inner {
            Some(Failure(error)) => Failure(error.clone()),
            None => Failure(Arc::new(error)),
        }
    }

    /// The error once more: of the same kind, in the same words.
    pub(crate) fn again(&self) -> io::Error {
        io::Error::new(self.0.kind(), self.clone())
    }

    /// Whether what failed first was a `T`.
    pub(crate) fn is<T: Error + 'static>(&self) -> bool {
        self.0.get_ref().is_some_and(|inner| inner.is::<T>())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its answers in turn, then that it is at its end.
    struct Script(Vec<Result<&'static [u8], ErrorKind>>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let bytes = self.0.remove(0)?;
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }

    fn answers(script: Vec<Result<&'static [u8], ErrorKind>>) -> Vec<Result<usize, ErrorKind>> {
        let mut input = Lasting::new(Script(script));
        let mut ask = || input.read(&mut [0; 8]).map_err(|error| error.kind());
        (0..4).map(|_| ask()).collect()
    }

    #[test]
    fn a_failure_is_given_for_ever() {
        let kind = ErrorKind::InvalidData;
        assert_eq!(
            answers(vec![Ok(b"ab"), Err(kind), Ok(b"cd")]),
            [Ok(2), Err(kind), Err(kind), Err(kind)]
        );
    }

    #[test]
    fn an_end_is_an_end() {
        assert_eq!(
            answers(vec![Ok(b"ab"), Ok(b""), Ok(b"cd")]),
            [Ok(2), Ok(0), Ok(0), Ok(0)]
        );
    }

    #[test]
    fn an_interruption_is_passed_over() {
        let again = ErrorKind::Interrupted;
        assert_eq!(
            answers(vec![
                Err(again),
                Ok(b"ab"),
                Err(again),
                Err(again),
                Ok(b"c")
            ]),
            [Ok(2), Ok(1), Ok(0), Ok(0)]
        );
    }

    #[test]
    fn an_empty_buffer_ends_nothing() {
        let mut input = Lasting::new(&b"ab"[..]);
        assert_eq!(input.read(&mut []).unwrap(), 0);
        assert_eq!(input.read(&mut [0; 2]).unwrap(), 2);
        assert!(input.end().is_none());
    }

    #[test]
    fn a_failure_keeps_its_words_however_often_it_is_wrapped() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from_raw_os_error(5))
            }
        }
        let words = io::Error::from_raw_os_error(5).to_string();
        let mut input = Lasting::new(Lasting::new(Lasting::new(Broken)));
        for _ in 0..3 {
            let error = input.read(&mut [0]).unwrap_err();
            assert_eq!(error.to_string(), words);
        }
    }
}
