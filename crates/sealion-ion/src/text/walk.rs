//! One whole value of Ion text, handed to a sink as it is read. Nested values are kept on a stack of our own: depth
//! is bounded by a limit, not by the thread's stack.

use super::lexer::{Lexer, Word};
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
        let end = container.end();
        if !fresh && container != Container::Sexp {
            if let Some(next) = self.tight(b',') {
                self.at += 1;
                return Ok(next != end);
            }
        }
        let before = self.at;
        self.blanks()?;
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
        if self.tight(b':').is_some() {
            self.at += 1;
            return Ok(());
        }
        self.any_colon()
    }

    #[inline(never)]
    fn any_colon(&mut self) -> Result<(), Pass> {
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
        outer: &mut Lexer<'_>,
        depth_max: usize,
        sink: &mut S,
    ) -> Result<(), Pass> {
        // A lexer of our own, whose place no function outside has a pointer to, can live in registers.
        let mut lexer = *outer;
        self.frames.clear();
        let mut innermost: Option<Frame> = None;
        loop {
            let (begun, annotated) = self.head(&mut lexer, sink)?;
            let mut fresh = false;
            if let Some(container) = begun {
                let depth = self.frames.len() + usize::from(innermost.is_some());
                if depth >= depth_max {
                    return pass(lexer.at, Reason::Depth);
                }
                self.frames.extend(innermost);
                innermost = Some(Frame {
                    container,
                    annotated,
                });
                lexer.at += 1;
                fresh = true;
                if container == Container::Struct {
                    sink.open_struct();
                } else {
                    sink.open(container.tq());
                }
            } else if annotated {
                sink.close();
            }
            loop {
                let Some(frame) = innermost else {
                    outer.at = lexer.at;
                    return Ok(());
                };
                let is_struct = frame.container == Container::Struct;
                if is_struct && !fresh {
                    sink.end_field();
                }
                if lexer.more(frame.container, fresh)? {
                    if is_struct {
                        sink.field();
                        self.name(&mut lexer, sink)?;
                        lexer.colon()?;
                    }
                    break;
                }
                lexer.at += 1;
                innermost = self.frames.pop();
                if is_struct {
                    sink.close_struct();
                } else {
                    sink.close();
                }
                if frame.annotated {
                    sink.close();
                }
                fresh = false;
            }
        }
    }

    /// The name of a field.
    #[inline(always)]
    fn name<S: Sink>(&mut self, lexer: &mut Lexer<'_>, sink: &mut S) -> Result<(), Pass> {
        let usual = match lexer.peek() {
            b'\'' => lexer.plain_quoted(),
            _ => lexer.identifier(),
        };
        if let Some((rest, len)) = usual {
            sink.clean(hasher::SYMBOL, rest, len);
        } else {
            lexer.at = self.other_name(*lexer, sink)?;
        }
        Ok(())
    }

    /// A name with escapes, in other quotes, or of unusual letters. Gives the place behind it.
    #[inline(never)]
    fn other_name<S: Sink>(&mut self, mut lexer: Lexer<'_>, sink: &mut S) -> Result<usize, Pass> {
        let name = lexer.field_name()?;
        hasher::text(hasher::SYMBOL, &name, sink, &mut self.scratch)?;
        Ok(lexer.at)
    }

    /// Reads a whole scalar, or up to a container, which it gives; and says whether there were annotations, whose frame
    /// then is still open.
    #[inline(always)]
    fn head<S: Sink>(
        &mut self,
        lexer: &mut Lexer<'_>,
        sink: &mut S,
    ) -> Result<(Option<Container>, bool), Pass> {
        let start = lexer.at;
        let mut annotated = false;
        loop {
            // Most values are of a few plain kinds: they take no detour over a scalar.
            match lexer.peek() {
                b'"' => {
                    if let Some((rest, len)) = lexer.plain_string() {
                        sink.clean(hasher::STRING, rest, len);
                        return Ok((None, annotated));
                    }
                }
                b'0'..=b'9' | b'-' => {
                    if let Some(short) = lexer.usual() {
                        sink.short(short);
                        return Ok((None, annotated));
                    }
                }
                b'a'..=b'z' | b'A'..=b'Z' => {
                    if let Some(word) = lexer.usual_word() {
                        let (tq, rest, len) = match word {
                            Word::Bare(tq) => (tq, lexer.bytes, 0),
                            Word::Symbol(rest, len) => (hasher::SYMBOL, rest, len),
                            Word::Annotation(rest, len) => {
                                if !annotated {
                                    sink.open(hasher::ANNOTATED);
                                }
                                sink.clean(hasher::SYMBOL, rest, len);
                                lexer.blanks()?;
                                annotated = true;
                                within_bounds(start, lexer.at)?;
                                continue;
                            }
                        };
                        sink.clean(tq, rest, len);
                        return Ok((None, annotated));
                    }
                }
                b'\'' => {
                    if let Some((rest, len)) = lexer.quoted_symbol() {
                        sink.clean(hasher::SYMBOL, rest, len);
                        return Ok((None, annotated));
                    }
                }
                b'{' if lexer.is_lob() => {
                    if let Some(hash) = lexer.hash_blob() {
                        sink.whole(hasher::BLOB, &hash, hash.len());
                        return Ok((None, annotated));
                    }
                }
                b'{' => return Ok((Some(Container::Struct), annotated)),
                b'[' => return Ok((Some(Container::List), annotated)),
                b'(' => return Ok((Some(Container::Sexp), annotated)),
                _ => {}
            }
            let is_annotation;
            (lexer.at, is_annotation) = self.other_scalar(*lexer, annotated, sink)?;
            if !is_annotation {
                return Ok((None, annotated));
            }
            annotated = true;
            within_bounds(start, lexer.at)?;
        }
    }

    /// A scalar of any kind, or an annotation. Gives the place behind it, and whether it was the latter.
    #[inline(never)]
    fn other_scalar<S: Sink>(
        &mut self,
        mut lexer: Lexer<'_>,
        annotated: bool,
        sink: &mut S,
    ) -> Result<(usize, bool), Pass> {
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
                hasher::text(hasher::SYMBOL, text, sink, &mut self.scratch)?;
                return Ok((lexer.at, true));
            }
        }
        hasher::scalar(scalar, sink, &mut self.scratch)?;
        Ok((lexer.at, false))
    }
}

/// Whether annotations from `start` on are not too long yet.
#[inline(always)]
fn within_bounds(start: usize, at: usize) -> Result<(), Pass> {
    if at - start > ANNOTATIONS_MAX {
        return pass(start, Reason::Unexpected);
    }
    Ok(())
}
