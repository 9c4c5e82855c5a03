//! One whole value of Ion binary, handed to a sink as it is read. As with text, depth is bounded by a limit and not
//! by the thread's stack.

use super::header::{Container, Cursor};
use super::symbols::Symbols;
use super::value::Head;
use crate::hasher::{self, Sink};
use crate::pass::{pass, Pass, Reason};
use crate::scan;

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

/// What was read of a value.
enum One {
    /// All of it.
    Whole,
    /// Nothing: it was a pad.
    Pad,
    /// Up to the body of a container.
    Begun(Frame),
}

impl Walker {
    /// Reads the value at which the cursor stands, annotations first, to its end before `limit`. At most `depth_max`
    /// levels.
    pub(super) fn value<'a, S: Sink>(
        &mut self,
        outer: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        // A cursor of our own, whose place no function outside has a pointer to, can live in registers.
        let mut cursor = *outer;
        self.frames.clear();
        let mut innermost: Option<Frame> = None;
        loop {
            let start = cursor.at;
            let (limit, in_struct) = match innermost {
                Some(frame) => (frame.end, frame.container == Container::Struct),
                None => (limit, false),
            };
            if in_struct && !self.field(&mut cursor, limit, symbols, sink)? {
                // A name and a pad, which are no field; nor need that name have a text.
            } else {
                match self.one(&mut cursor, limit, symbols, sink)? {
                    One::Whole if in_struct => sink.end_field(),
                    One::Whole => {}
                    One::Pad if innermost.is_none() => return pass(cursor.at, Reason::Place),
                    One::Pad => {}
                    One::Begun(frame) => {
                        let depth = self.frames.len() + usize::from(innermost.is_some());
                        if depth >= depth_max {
                            return pass(start, Reason::Depth);
                        }
                        self.frames.extend(innermost);
                        innermost = Some(frame);
                        if frame.container == Container::Struct {
                            sink.open_struct();
                        } else {
                            sink.open(frame.container.tq());
                        }
                    }
                }
            }
            while let Some(frame) = innermost {
                if cursor.at < frame.end {
                    break;
                }
                innermost = self.frames.pop();
                if frame.container == Container::Struct {
                    sink.close_struct();
                } else {
                    sink.close();
                }
                if frame.annotated {
                    sink.close();
                }
                if innermost.is_some_and(|outer| outer.container == Container::Struct) {
                    sink.end_field();
                }
            }
            if innermost.is_none() {
                outer.at = cursor.at;
                return Ok(());
            }
        }
    }

    /// The name of a field; false if there is no field but a pad, which then has been read.
    #[inline(always)]
    fn field<'a, S: Sink>(
        &mut self,
        cursor: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        sink: &mut S,
    ) -> Result<bool, Pass> {
        let start = cursor.at;
        let id = cursor.var_uint(limit)?;
        if cursor.is_pad() {
            cursor.at = pad(*cursor, limit)?;
            return Ok(false);
        }
        sink.field();
        let name = symbols.get(id, start)?;
        if name.clean {
            sink.clean(hasher::SYMBOL, name.rest, name.text.len());
        } else {
            hasher::framed(hasher::SYMBOL, name.as_text(start).bytes, sink);
        }
        Ok(true)
    }

    /// Reads a whole scalar, a pad, or the beginning of a container.
    #[inline(always)]
    fn one<'a, S: Sink>(
        &mut self,
        cursor: &mut Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        sink: &mut S,
    ) -> Result<One, Pass> {
        // Most values are of a few plain kinds: they take no detour over a scalar.
        let mut ahead = *cursor;
        let header = ahead.header(limit)?;
        let container = match header.code {
            code if header.low == 15 => {
                if let Some(tq) = hasher::null_of_code(code) {
                    sink.clean(tq, cursor.bytes, 0);
                    cursor.at = header.end;
                    return Ok(One::Whole);
                }
                None
            }
            8 => {
                let (rest, len) = ahead.run(header.end);
                if scan::is_plain(rest, len) {
                    sink.clean(hasher::STRING, rest, len);
                    cursor.at = header.end;
                    return Ok(One::Whole);
                }
                None
            }
            2..=6 => {
                if let Some(short) = ahead.usual(&header) {
                    sink.short(short);
                    cursor.at = header.end;
                    return Ok(One::Whole);
                }
                None
            }
            0xA => {
                let (rest, len) = ahead.run(header.end);
                sink.whole(hasher::BLOB, rest, len);
                cursor.at = header.end;
                return Ok(One::Whole);
            }
            1 if header.low <= 1 => {
                sink.clean(hasher::FALSE | header.low, cursor.bytes, 0);
                cursor.at = header.end;
                return Ok(One::Whole);
            }
            7 => {
                let offset = ahead.at;
                let symbol = symbols.get(ahead.symbol_id(header.end)?, offset)?;
                if symbol.clean {
                    sink.clean(hasher::SYMBOL, symbol.rest, symbol.text.len());
                    cursor.at = header.end;
                    return Ok(One::Whole);
                }
                None
            }
            0xB => Some(Container::List),
            0xC => Some(Container::Sexp),
            0xD => Some(Container::Struct),
            _ => None,
        };
        if let Some(container) = container {
            cursor.at = ahead.at;
            return Ok(One::Begun(Frame {
                container,
                annotated: false,
                end: header.end,
            }));
        }
        let one;
        (cursor.at, one) = self.other(*cursor, limit, symbols, sink)?;
        Ok(one)
    }

    /// The same for values of any kind, annotations first. Gives the place behind what was read.
    #[inline(never)]
    fn other<'a, S: Sink>(
        &mut self,
        mut cursor: Cursor<'a>,
        limit: usize,
        symbols: &Symbols<'a>,
        sink: &mut S,
    ) -> Result<(usize, One), Pass> {
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
        let annotated = wrapper_end.is_some();
        let (one, value_end) = match head {
            Head::Scalar(scalar) => {
                hasher::scalar(&scalar, sink, &mut self.scratch)?;
                (One::Whole, cursor.at)
            }
            Head::Container(container, end) => {
                let frame = Frame {
                    container,
                    annotated,
                    end,
                };
                (One::Begun(frame), end)
            }
            Head::Pad if !annotated => return Ok((cursor.at, One::Pad)),
            Head::Pad | Head::Annotations { .. } => return pass(start, Reason::TypeCode),
        };
        if wrapper_end.is_some_and(|end| end != value_end) {
            return pass(start, Reason::Length);
        }
        if annotated && matches!(one, One::Whole) {
            sink.close();
        }
        Ok((cursor.at, one))
    }
}

/// The place behind the pad that stands here.
#[inline(never)]
fn pad(mut cursor: Cursor<'_>, limit: usize) -> Result<usize, Pass> {
    Ok(cursor.header(limit)?.end)
}

impl Cursor<'_> {
    /// Whether a pad begins here.
    #[inline]
    pub(super) fn is_pad(&self) -> bool {
        self.bytes.get(self.at).is_some_and(|byte| *byte < 0x0F)
    }
}
