//! Files that were put together of objects of an export in another order than that of their blocks, as `cat *` does:
//! each part is in order, and is read as a file of its own.

use std::sync::Arc;

use super::feed::offset_of;
use super::survey::JournalFile;
use crate::blocks::BlockAddress;
use crate::findings::{Border, Code, Disorder, Finding, Item, Severity};
use crate::words::counted;

/// Parts of one file that are put in order. For each the file is cut anew, up to the part's end.
pub(super) const PARTS_MAX: usize = 1000;

/// The bytes of a file from the first offset on and before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(super) begin: u64,
    pub(super) end: u64,
}

impl Default for Part {
    /// All of it.
    fn default() -> Part {
        Part {
            begin: 0,
            end: u64::MAX,
        }
    }
}

impl Part {
    /// Whether it goes on to the file's end.
    pub(super) fn is_last(self) -> bool {
        self.end == u64::MAX
    }

    pub(super) fn holds(&self, offset: u64) -> bool {
        (self.begin..self.end).contains(&offset)
    }
}

/// The borders of one file, while its blocks go by.
#[derive(Default)]
pub(super) struct Borders {
    before: Option<BlockAddress>,
    found: Vec<Border>,
    /// The file was not read to its end, because too much of it was refused.
    given_up: bool,
}

impl Borders {
    /// The next block as the file has it.
    pub(super) fn pass(&mut self, item: &Item) {
        let address = item.address();
        match &mut self.before {
            // Takes no new hold of the strand's id.
            Some(before) if before.strand_id == address.strand_id => {
                if before.sequence_no > address.sequence_no && self.found.len() < PARTS_MAX {
                    self.found.push((offset_of(item), address.clone()));
                }
                before.sequence_no = address.sequence_no;
            }
            before => *before = Some(address.clone()),
        }
    }

    /// Nobody reads on. Its parts are not put in order, because how far each would be read depends on how the
    /// file is cut.
    pub(super) fn give_up(&mut self) {
        self.given_up = true;
    }

    /// `None` if there are none, or more than are put in order.
    pub(super) fn known(self) -> Option<Vec<Border>> {
        let some = (1..PARTS_MAX).contains(&self.found.len());
        (some && !self.given_up).then_some(self.found)
    }
}

/// The files, each that is out of order in its parts.
pub(super) fn in_parts(files: &[JournalFile], disorder: &Disorder) -> Vec<JournalFile> {
    let each = files.iter().flat_map(|file| {
        let borders = disorder.get(&file.object.name);
        let borders = borders.map_or(&[][..], Vec::as_slice);
        let begins = borders.iter().map(|(begin, _)| *begin);
        let ends = begins.clone().chain([u64::MAX]);
        let firsts = borders.iter().map(|(_, first)| Some(first.clone()));
        let firsts = [file.first.clone()].into_iter().chain(firsts);
        let parts = [0].into_iter().chain(begins).zip(ends).zip(firsts);
        let part = |((begin, end), first)| JournalFile {
            first,
            part: Part { begin, end },
            ..file.clone()
        };
        parts.map(part).collect::<Vec<_>>()
    });
    each.collect()
}

/// What is said of a file whose parts were put in order.
pub(super) fn was_put_in_order((path, borders): (&Arc<str>, &Vec<Border>)) -> Option<Finding> {
    let (at, first) = borders.first()?;
    let parts = counted(borders.len() + 1, "part", "parts");
    let message = format!(
        "the blocks of {path} stand in {parts} that are not in the order of their numbers: they were put in order"
    );
    let finding = Finding::new(Code::Address, message)
        .severity(Severity::Warning)
        .at(first)
        .field("blockAddress")
        .source(path, Some(*at))
        .remedy("several objects of an export were put together in another order; verify the objects themselves if you have them");
    Some(finding)
}
