//! Type descriptors, lengths, and the numbers that lengths and symbols are written in.

use crate::hasher;
use crate::pass::{pass, Pass, Reason};
use crate::scalar::Type;

/// Bytes of the longest VarUInt, VarInt or symbol number that is read: 56 bits of value, leading zeros included.
const NUMBER_BYTES_MAX: usize = 8;

/// Behind a descriptor: the length is in the next byte, or in more.
const NEXT: u8 = 0x10;
/// A struct in order, or nothing.
const OTHER: u8 = 0x80;

/// What each descriptor says of the length: that itself, 0 to 13, or one of the above.
static LENGTHS: [u8; 256] = lengths();

const fn lengths() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0x12..=0x1E | 0xD1 | 0xF0..=0xFF => OTHER,
            // Booleans and nulls have no body.
            0x10 | 0x11 => 0,
            other => match other & 0xF {
                14 => NEXT,
                15 => 0,
                len => len,
            },
        };
        byte += 1;
    }
    table
}

/// A container of Ion binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    List,
    Sexp,
    Struct,
}

impl Container {
    /// The one of this type code.
    #[inline(always)]
    pub(super) fn of_code(code: u8) -> Option<Self> {
        match code {
            0xB => Some(Self::List),
            0xC => Some(Self::Sexp),
            0xD => Some(Self::Struct),
            _ => None,
        }
    }

    pub(super) fn tq(self) -> u8 {
        match self {
            Self::List => hasher::LIST,
            Self::Sexp => hasher::SEXP,
            Self::Struct => hasher::STRUCT,
        }
    }

    pub(super) fn kind(self) -> Type {
        match self {
            Self::List => Type::List,
            Self::Sexp => Type::Sexp,
            Self::Struct => Type::Struct,
        }
    }
}

/// What a type descriptor says: high half the type, low half the length or something else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Offset of the descriptor.
    pub(super) start: usize,
    /// The high half: 0 to 14.
    pub(super) code: u8,
    /// The low half: 15 stands for null.
    pub(super) low: u8,
    /// Where the value ends. Its body begins where the cursor stands.
    pub(super) end: usize,
}

/// A place in Ion binary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte before `end`.
    #[inline]
    pub(super) fn byte(&mut self, end: usize) -> Result<u8, Pass> {
        match self.bytes.get(self.at) {
            Some(byte) if self.at < end => {
                self.at += 1;
                Ok(*byte)
            }
            Some(_) => pass(self.at, Reason::Length),
            None => pass(self.bytes.len(), Reason::Truncated),
        }
    }

    /// All bytes up to `end`, which is in the input.
    #[inline]
    pub(super) fn body(&mut self, end: usize) -> &'a [u8] {
        let body = self.bytes.get(self.at..end).unwrap_or(&[]);
        self.at = end;
        body
    }

    /// The bytes up to `end`, as the beginning of the rest of the input, and their number.
    #[inline(always)]
    pub(super) fn run(&self, end: usize) -> (&'a [u8], usize) {
        (self.bytes.get(self.at..).unwrap_or(&[]), end - self.at)
    }

    /// Seven bits a byte, the highest first, the last byte marked by its top bit.
    #[inline(always)]
    pub(super) fn var_uint(&mut self, end: usize) -> Result<u64, Pass> {
        let first = self.byte(end)?;
        if first & 0x80 != 0 {
            return Ok(u64::from(first & 0x7F));
        }
        self.more(u64::from(first), end)
    }

    /// As [`var_uint`](Self::var_uint), with the sign in the second highest bit of the first byte. Says whether it is
    /// negative apart from the magnitude, for there is a negative zero.
    pub(super) fn var_int(&mut self, end: usize) -> Result<(bool, u64), Pass> {
        let first = self.byte(end)?;
        let bits = u64::from(first & 0x3F);
        let magnitude = if first & 0x80 != 0 {
            bits
        } else {
            self.more(bits, end)?
        };
        Ok((first & 0x40 != 0, magnitude))
    }

    /// The bytes after the first.
    fn more(&mut self, mut value: u64, end: usize) -> Result<u64, Pass> {
        let start = self.at;
        for _ in 1..NUMBER_BYTES_MAX {
            let byte = self.byte(end)?;
            value = value << 7 | u64::from(byte & 0x7F);
            if byte & 0x80 != 0 {
                return Ok(value);
            }
        }
        pass(start, Reason::Number)
    }

    /// A descriptor and the length behind it. The value must end before `limit`, which is in the input.
    #[inline(always)]
    pub(super) fn header(&mut self, limit: usize) -> Result<Header, Pass> {
        let start = self.at;
        // Nearly all lengths are in the descriptor, or in one byte behind it.
        if let Some([descriptor, next, ..]) = self.bytes.get(start..) {
            let (code, low) = (descriptor >> 4, descriptor & 0xF);
            let len = LENGTHS[usize::from(*descriptor)];
            // Which of the two is a toss-up, so it takes no branch.
            let is_next = len >> 4 & 1;
            let mask = 0u8.wrapping_sub(is_next);
            let at = start + 1 + usize::from(is_next);
            let end = at + usize::from(len & 0xF | next & 0x7F & mask);
            let more = (len | !next & mask) & 0x80;
            if more == 0 && end <= limit {
                self.at = at;
                return Ok(Header {
                    start,
                    code,
                    low,
                    end,
                });
            }
        }
        self.any_header(limit)
    }

    /// The same, in all generality.
    #[inline(never)]
    fn any_header(&mut self, limit: usize) -> Result<Header, Pass> {
        let start = self.at;
        let descriptor = self.byte(limit)?;
        let (code, low) = (descriptor >> 4, descriptor & 0xF);
        let len = match (code, low) {
            (0xF, _) | (1, 2..=14) => return pass(start, Reason::TypeCode),
            (1, _) | (_, 15) => 0,
            // A struct of "one byte" is one whose fields stand in order of their symbols, and not empty.
            (0xD, 1) => match self.var_uint(limit)? {
                0 => return pass(start, Reason::Length),
                len => len,
            },
            (_, 14) => self.var_uint(limit)?,
            (_, len) => u64::from(len),
        };
        match usize::try_from(len)
            .ok()
            .and_then(|len| self.at.checked_add(len))
        {
            Some(end) if end <= limit => Ok(Header {
                start,
                code,
                low,
                end,
            }),
            Some(_) if limit == self.bytes.len() => pass(limit, Reason::Truncated),
            _ => pass(start, Reason::Length),
        }
    }

    /// The unsigned number in all bytes up to `end`.
    pub(super) fn symbol_id(&mut self, end: usize) -> Result<u64, Pass> {
        let start = self.at;
        let body = self.body(end);
        if body.len() > NUMBER_BYTES_MAX {
            return pass(start, Reason::Number);
        }
        Ok(body.iter().fold(0, |id, byte| id << 8 | u64::from(*byte)))
    }
}
