//! One whole value of Ion text, handed to a sink as it is read. Nested values are kept on a stack of our own: depth
//! is bounded by a limit, not by the thread's stack.

use super::lexer::Lexer;
use crate::hasher::{self, Sink};
use crate::pass::{pass, Pass, Reason};
use crate::scalar::{Scalar, Type};

/// Bytes of the longest sequence of annotations. Other readers stop at 64 KiB.
const ANNOTATIONS_MAX: usize = 1 << 15;

/// A container of Ion text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    List,
    Sexp,
    Struct,
}

impl Container {
    fn end(self) -> u8 {
        match self {
            Self::List => b']',
            Self::Sexp => b')',
            Self::Struct => b'}',
        }
    }

    fn tq(self) -> u8 {
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

/// A container that is open.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    container: Container,
    annotated: bool,
}

impl<'a> Lexer<'a> {
    /// The container that begins here, if one does.
    #[inline]
    pub(super) fn container(&self) -> Option<Container> {
        match self.peek() {
            b'{' if !self.is_lob() => Some(Container::Struct),
            b'[' => Some(Container::List),
            b'(' => Some(Container::Sexp),
            _ => None,
        }
    }

    /// Goes to the next value or field of a container, past the comma before it. False if the container ends; then
    /// stands before its bracket. `fresh` says that the container has just begun.
    #[inline(always)]
    pub(super) fn more(&mut self, container: Container, fresh: bool) -> Result<bool, Pass> {
        let before = self.at;
        self.blanks()?;
        let end = container.end();
        if self.peek() == end {
            return Ok(false);
        }
        if fresh {
            return Ok(true);
        }
        if container == Container::Sexp {
            // Values that touch are legal in places. They are rare, and where one ends is not plain.
            return if self.at > before {
                Ok(true)
            } else {
                self.unexpected()
            };
        }
        if !self.eat(b',') {
            return self.unexpected();
        }
        self.blanks()?;
        Ok(self.peek() != end)
    }

    /// The colon behind a field's name, and the blanks around it.
    #[inline(always)]
    pub(super) fn colon(&mut self) -> Result<(), Pass> {
        self.blanks()?;
        if !self.eat(b':') {
            return self.unexpected();
        }
        self.blanks()
    }
}

/// What a walk needs besides the text: memory, which it uses again and again.
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
    /// Reads the value at which the lexer stands, annotations first, to its end. At most `depth_max` levels.
    pub(super) fn value<S: Sink>(
        &mut self,
        lexer: &mut Lexer<'_>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        self.frames.clear();
        loop {
            let mut fresh = self.head(lexer, depth_max, sink)?;
            loop {
                let Some(Frame {
                    container,
                    annotated,
                }) = self.frames.last().copied()
                else {
                    return Ok(());
                };
                let is_struct = container == Container::Struct;
                if is_struct && !fresh {
                    sink.end_field();
                }
                if lexer.more(container, fresh)? {
                    if is_struct {
                        sink.field();
                        self.name(lexer, sink)?;
                        lexer.colon()?;
                    }
                    break;
                }
                lexer.at += 1;
                self.frames.pop();
                if is_struct {
                    sink.close_struct();
                } else {
                    sink.close();
                }
                if annotated {
                    sink.close();
                }
                fresh = false;
            }
        }
    }

    /// The name of a field.
    #[inline(always)]
    fn name<S: Sink>(&mut self, lexer: &mut Lexer<'_>, sink: &mut S) -> Result<(), Pass> {
        if let Some(name) = lexer.identifier() {
            sink.clean(hasher::SYMBOL, name);
            return Ok(());
        }
        let name = &lexer.field_name();
        match name {
            Ok(name) => hasher::text(hasher::SYMBOL, name, sink, &mut self.scratch),
            Err(pass) => Err(*pass),
        }
    }

    /// Reads a whole scalar, or the beginning of a container; true for the latter.
    #[inline(always)]
    fn head<S: Sink>(
        &mut self,
        lexer: &mut Lexer<'_>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<bool, Pass> {
        let start = lexer.at;
        let mut annotated = false;
        loop {
            if let Some(container) = lexer.container() {
                if self.frames.len() >= depth_max {
                    return pass(lexer.at, Reason::Depth);
                }
                self.frames.push(Frame {
                    container,
                    annotated,
                });
                lexer.at += 1;
                if container == Container::Struct {
                    sink.open_struct();
                } else {
                    sink.open(container.tq());
                }
                return Ok(true);
            }
            // Most values are strings, and most strings plain: they take no detour over a scalar.
            if lexer.peek() == b'"' {
                if let Some(text) = lexer.plain_string() {
                    sink.clean(hasher::STRING, text);
                    if annotated {
                        sink.close();
                    }
                    return Ok(false);
                }
            }
            // Looked at where it lies: moving it costs more than reading it.
            let scalar = &lexer.scalar();
            let scalar = match scalar {
                Ok(scalar) => scalar,
                Err(pass) => return Err(*pass),
            };
            if let Scalar::Symbol(text) = scalar {
                if lexer.eat_annotation_mark()? {
                    if !annotated {
                        sink.open(hasher::ANNOTATED);
                    }
                    annotated = true;
                    hasher::text(hasher::SYMBOL, text, sink, &mut self.scratch)?;
                    if lexer.at - start > ANNOTATIONS_MAX {
                        return pass(start, Reason::Unexpected);
                    }
                    continue;
                }
            }
            hasher::scalar(scalar, sink, &mut self.scratch)?;
            if annotated {
                sink.close();
            }
            return Ok(false);
        }
    }
}
