//! One whole value of Ion binary, handed to a sink as it is read. As with text, depth is bounded by a limit and not
//! by the thread's stack.

use super::header::{Container, Cursor};
use super::symbols::Symbols;
use super::value::Head;
use crate::hasher::{self, Sink};
use crate::pass::{pass, Pass, Reason};

/// A container that is open.
#[derive(Clone, Copy)]
struct Frame {
    container: Container,
    annotated: bool,
    end: usize,
}

/// What a walk needs besides the bytes: memory, which it uses again and again.
#[derive(Default)]
pub(super) struct Walker {
    frames: Vec<Frame>,
    pub(super) scratch: Vec<u8>,
}

/// Nothing in it outlives one value, so a copy begins with nothing.
impl Clone for Walker {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Walker {
    /// Reads the value at which the cursor stands, annotations first, to its end before `limit`. At most `depth_max`
    /// levels.
    pub(super) fn value<'a, S: Sink>(
        &mut self,
        cursor: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        self.frames.clear();
        if !self.one(cursor, limit, symbols, depth_max, sink)? {
            return pass(cursor.at, Reason::Place);
        }
        while let Some(frame) = self.frames.last().copied() {
            let is_struct = frame.container == Container::Struct;
            if cursor.at < frame.end {
                if is_struct {
                    self.field(cursor, frame.end, symbols, depth_max, sink)?;
                } else {
                    self.one(cursor, frame.end, symbols, depth_max, sink)?;
                }
                continue;
            }
            self.frames.pop();
            if is_struct {
                sink.close_struct();
            } else {
                sink.close();
            }
            if frame.annotated {
                sink.close();
            }
            self.end_field(sink);
        }
        Ok(())
    }

    /// A value has ended: if it was a field's, so has the field.
    #[inline]
    fn end_field<S: Sink>(&self, sink: &mut S) {
        if self
            .frames
            .last()
            .is_some_and(|frame| frame.container == Container::Struct)
        {
            sink.end_field();
        }
    }

    /// A name and a value, or a name and a pad, which are no field; nor need that name have a text.
    fn field<'a, S: Sink>(
        &mut self,
        cursor: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        let start = cursor.at;
        let id = cursor.var_uint(limit)?;
        if cursor.is_pad() {
            cursor.head(limit, symbols)?;
            return Ok(());
        }
        sink.field();
        let name = symbols.text(id, start)?;
        hasher::text(hasher::SYMBOL, &name, sink, &mut self.scratch)?;
        self.one(cursor, limit, symbols, depth_max, sink)?;
        Ok(())
    }

    /// Reads a whole scalar, or the beginning of a container. False for a pad, which is neither.
    #[inline]
    fn one<'a, S: Sink>(
        &mut self,
        cursor: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<bool, Pass> {
        let start = cursor.at;
        let mut head = cursor.head(limit, symbols)?;
        let mut wrapper_end = None;
        if let Head::Annotations {
            annotations_end,
            end,
        } = head
        {
            sink.open(hasher::ANNOTATED);
            while cursor.at < annotations_end {
                let at = cursor.at;
                let text = symbols.text(cursor.var_uint(annotations_end)?, at)?;
                hasher::text(hasher::SYMBOL, &text, sink, &mut self.scratch)?;
            }
            head = cursor.head(end, symbols)?;
            wrapper_end = Some(end);
        }
        let (container, value_end) = match head {
            Head::Scalar(scalar) => {
                hasher::scalar(&scalar, sink, &mut self.scratch)?;
                (None, cursor.at)
            }
            Head::Container(container, end) => (Some(container), end),
            Head::Pad if wrapper_end.is_none() => return Ok(false),
            Head::Pad | Head::Annotations { .. } => return pass(start, Reason::TypeCode),
        };
        if wrapper_end.is_some_and(|end| end != value_end) {
            return pass(start, Reason::Length);
        }
        let annotated = wrapper_end.is_some();
        let Some(container) = container else {
            if annotated {
                sink.close();
            }
            self.end_field(sink);
            return Ok(true);
        };
        if self.frames.len() >= depth_max {
            return pass(start, Reason::Depth);
        }
        self.frames.push(Frame {
            container,
            annotated,
            end: value_end,
        });
        if container == Container::Struct {
            sink.open_struct();
        } else {
            sink.open(container.tq());
        }
        Ok(true)
    }
}

impl Cursor<'_> {
    /// Whether a pad begins here.
    #[inline]
    pub(super) fn is_pad(&self) -> bool {
        self.bytes.get(self.at).is_some_and(|byte| *byte < 0x0F)
    }
}
