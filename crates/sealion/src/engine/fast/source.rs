//! What the decoder asks of a reader of Ion: values of an envelope, one by one.

use std::borrow::Cow;

use sealion_ion::{Batch, Blob32, Mark, Pass, Reader, Reason, Slot, Timestamp, Type};

use crate::blocks::time::Time;

/// A field of a struct: its name and where its value stands.
pub(super) type Field<'a> = (Cow<'a, str>, usize);

/// A reader that stands somewhere in a piece. What was found by [`field`](Source::field) or
/// [`item`](Source::item) is read, hashed, entered or skipped before the next is asked for. Nulls and
/// annotations are none of QLDB's, and are passed on.
pub(super) trait Source<'a> {
    /// A place to come back to.
    type Mark;

    /// The next value at top level; `None` at the end.
    fn top(&mut self) -> Result<Option<usize>, Pass>;
    /// The next field of the struct entered last; at its end `None`, and the struct is left. A name
    /// that is none of QLDB's may come as anything but one of those.
    fn field(&mut self) -> Result<Option<Field<'a>>, Pass>;
    /// The same, for a struct whose names may be anything.
    fn named(&mut self) -> Result<Option<Field<'a>>, Pass>;
    /// Where the next item of the list entered last stands; at its end `None`, and the list is left.
    fn item(&mut self) -> Result<Option<usize>, Pass>;
    /// Enters the value just found, which must be of this type.
    fn enter(&mut self, kind: Type) -> Result<(), Pass>;
    /// Goes past the value just found, which is part of one that was hashed.
    fn skip_hashed(&mut self) -> Result<(), Pass>;
    /// Goes past the value just found, reading all of it.
    fn skip(&mut self) -> Result<(), Pass>;
    fn text(&mut self) -> Result<Cow<'a, str>, Pass>;
    fn uint(&mut self) -> Result<u64, Pass>;
    fn blob32(&mut self) -> Result<Blob32, Pass>;
    fn time(&mut self) -> Result<Time, Pass>;
    /// Asks for the hash of the value just found.
    fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass>;
    /// Leaves the struct entered last, which was hashed and ends here, whatever is left of it.
    fn leave_hashed(&mut self, end: usize) -> Result<(), Pass>;
    /// Before the value just found.
    fn mark(&self) -> Self::Mark;
    /// Back to where the mark was taken, to read the value found there once more. No container
    /// was entered since.
    fn rewind(&mut self, mark: Self::Mark) -> Result<(), Pass>;
    /// How far it has come: past what was read, hashed, skipped or left.
    fn offset(&self) -> usize;
}

/// A field's name, if it is one, and where its value stands.
type NameAndPlace<'a> = (Option<Cow<'a, str>>, usize);

/// Any Ion that `sealion-ion` reads, text or binary.
pub(super) struct General<'a> {
    reader: Reader<'a>,
    /// The type of the value just found.
    found: Type,
}

impl<'a> General<'a> {
    pub(super) fn new(reader: Reader<'a>) -> General<'a> {
        General {
            reader,
            found: Type::Null,
        }
    }

    /// Finds the next value, which must be plain; its name and place.
    fn next(&mut self) -> Result<Option<NameAndPlace<'a>>, Pass> {
        let Some(value) = self.reader.next()? else {
            return Ok(None);
        };
        if value.null || value.annotated {
            return pass(value.offset, Reason::Kind);
        }
        self.found = value.kind;
        Ok(Some((value.field, value.offset)))
    }

    /// Goes to a place at top level of Ion text.
    pub(super) fn seek(&mut self, at: usize) -> Result<(), Pass> {
        self.reader.seek(at, 0)
    }
}

impl<'a> Source<'a> for General<'a> {
    type Mark = (Mark<'a>, Type);

    fn top(&mut self) -> Result<Option<usize>, Pass> {
        Ok(self.next()?.map(|(_, at)| at))
    }

    fn field(&mut self) -> Result<Option<Field<'a>>, Pass> {
        match self.next()? {
            Some((Some(name), at)) => Ok(Some((name, at))),
            Some((None, at)) => pass(at, Reason::Place),
            None => self.reader.leave().map(|()| None),
        }
    }

    fn named(&mut self) -> Result<Option<Field<'a>>, Pass> {
        self.field()
    }

    fn item(&mut self) -> Result<Option<usize>, Pass> {
        match self.next()? {
            Some((_, at)) => Ok(Some(at)),
            None => self.reader.leave().map(|()| None),
        }
    }

    fn enter(&mut self, kind: Type) -> Result<(), Pass> {
        match self.found == kind {
            true => self.reader.enter(),
            false => pass(self.reader.offset(), Reason::Kind),
        }
    }

    fn skip_hashed(&mut self) -> Result<(), Pass> {
        self.reader.skip_hashed()
    }

    fn skip(&mut self) -> Result<(), Pass> {
        self.reader.skip()
    }

    /// Of a string. A symbol in its place is left to the reference.
    fn text(&mut self) -> Result<Cow<'a, str>, Pass> {
        match self.found == Type::String {
            true => self.reader.text(),
            false => pass(self.reader.offset(), Reason::Kind),
        }
    }

    fn uint(&mut self) -> Result<u64, Pass> {
        self.reader.uint()
    }

    fn blob32(&mut self) -> Result<Blob32, Pass> {
        self.reader.blob32()
    }

    fn time(&mut self) -> Result<Time, Pass> {
        self.reader.timestamp().map(time)
    }

    fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass> {
        self.reader.hash_into(batch)
    }

    fn mark(&self) -> Self::Mark {
        (self.reader.mark(), self.found)
    }

    fn leave_hashed(&mut self, _: usize) -> Result<(), Pass> {
        self.reader.leave()
    }

    fn rewind(&mut self, (mark, found): Self::Mark) -> Result<(), Pass> {
        self.found = found;
        self.reader.back(mark)
    }

    fn offset(&self) -> usize {
        self.reader.offset()
    }
}

pub(super) fn time(found: Timestamp) -> Time {
    let digits = u32::from(found.fraction_digits);
    let nanoseconds = match digits {
        0..=9 => found.fraction * 10u64.pow(9 - digits),
        _ => found.fraction / 10u64.pow(digits - 9),
    };
    let date = (
        u32::from(found.year),
        u32::from(found.month),
        u32::from(found.day),
    );
    let time = (
        u32::from(found.hour),
        u32::from(found.minute),
        u32::from(found.second),
    );
    Time::from_utc(date, time, nanoseconds as u32)
}

pub(super) fn pass<T>(offset: usize, reason: Reason) -> Result<T, Pass> {
    Err(Pass { offset, reason })
}
