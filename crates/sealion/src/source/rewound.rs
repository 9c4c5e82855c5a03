//! An input to which bytes can be given back.

use std::io::{self, Read};

/// Bytes that were read before, perhaps an error that was met behind them, then the input.
pub(crate) struct Rewound<R> {
    bytes: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    input: R,
}

impl<R> Rewound<R> {
    pub(crate) fn new(input: R) -> Rewound<R> {
        Rewound {
            bytes: Vec::new(),
            at: 0,
            error: None,
            input,
        }
    }

    /// Gives back what was read last: `parts`, in order, and the error behind them.
    pub(super) fn give_back<'b>(
        &mut self,
        parts: impl IntoIterator<Item = &'b [u8]>,
        error: Option<io::Error>,
    ) {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&self.bytes[self.at..]);
        (self.bytes, self.at) = (bytes, 0);
        self.error = error.or(self.error.take());
    }
}

impl<R: Read> Read for Rewound<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if !rest.is_empty() {
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.at += count;
            return Ok(count);
        }
        if self.at > 0 {
            (self.bytes, self.at) = (Vec::new(), 0);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_comes_again_in_order() {
        let mut input = Rewound::new(&b"abcdefgh"[..]);
        let mut three = [0; 3];
        input.read_exact(&mut three).unwrap();
        input.give_back([&b"a"[..], b"bc"], Some(io::Error::other("broken")));
        let mut one = [0];
        input.read_exact(&mut one).unwrap();
        assert_eq!(&one, b"a");
        input.give_back([&b"a"[..]], None);
        let mut rest = Vec::new();
        assert!(input.read_to_end(&mut rest).is_err());
        assert_eq!(rest, b"abc");
        input.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"abcdefgh");
    }
}
