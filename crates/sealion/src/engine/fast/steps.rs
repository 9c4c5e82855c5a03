//! Ion binary that is read as what QLDB writes there, and nothing else.

use std::borrow::Cow;

use sealion_ion::{Batch, Blob32, Pass, Reason, Slot, Steps, Type};

use super::source::{pass, time, Field, Source};
use crate::blocks::time::Time;

impl<'a> Source<'a> for Steps<'a> {
    type Mark = usize;

    fn top(&mut self) -> Result<Option<usize>, Pass> {
        Steps::top(self)
    }

    #[inline]
    fn field(&mut self) -> Result<Option<Field<'a>>, Pass> {
        let found = Steps::field(self)?;
        Ok(found.map(|(name, at)| (Cow::Borrowed(name), at)))
    }

    fn named(&mut self) -> Result<Option<Field<'a>>, Pass> {
        Source::field(self)
    }

    #[inline]
    fn item(&mut self) -> Result<Option<usize>, Pass> {
        Steps::item(self)
    }

    #[inline]
    fn enter(&mut self, kind: Type) -> Result<(), Pass> {
        Steps::enter(self, kind)
    }

    fn skip_hashed(&mut self) -> Result<(), Pass> {
        Steps::skip_hashed(self)
    }

    fn skip(&mut self) -> Result<(), Pass> {
        Steps::skip(self)
    }

    #[inline]
    fn text(&mut self) -> Result<Cow<'a, str>, Pass> {
        Steps::text(self)
    }

    #[inline]
    fn uint(&mut self) -> Result<u64, Pass> {
        Steps::uint(self)
    }

    #[inline]
    fn blob32(&mut self) -> Result<Blob32, Pass> {
        Steps::blob32(self)
    }

    #[inline]
    fn time(&mut self) -> Result<Time, Pass> {
        self.timestamp().map(time)
    }

    fn hash_into(&mut self, batch: &mut Batch) -> Result<Slot, Pass> {
        Steps::hash_into(self, batch)
    }

    fn mark(&self) -> Self::Mark {
        Steps::offset(self)
    }

    fn leave_hashed(&mut self, end: usize) -> Result<(), Pass> {
        self.back(end);
        match Steps::field(self)? {
            None => Ok(()),
            Some((_, at)) => pass(at, Reason::Place),
        }
    }

    fn rewind(&mut self, mark: Self::Mark) -> Result<(), Pass> {
        self.back(mark);
        Ok(())
    }

    fn offset(&self) -> usize {
        Steps::offset(self)
    }
}
