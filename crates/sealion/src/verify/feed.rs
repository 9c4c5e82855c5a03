//! Ordered streams of blocks, and their merge by address.
//!
//! Every file gives its blocks in the order of the journal, and so do streams
//! (once put in order) and things that came one by one. Merging them by address
//! brings copies of one block together, whatever they came from, and needs no
//! memory of blocks that have gone by.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::parts::{Borders, Part, PARTS_MAX};
use super::pool::{Pool, Ticket};
use crate::blocks::{BlockAddress, StrandId};
use crate::engine::{given_up, unread, Refusal};
use crate::findings::{Code, Disorder, Finding, Findings, Item, Journal, Severity};
use crate::source::REFUSED_MAX;

/// What came of one stretch.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) items: Vec<Item>,
    pub(crate) findings: Vec<Finding>,
    /// What the Ion reader refused.
    pub(crate) refused: Vec<Refusal>,
}

impl Outcome {
    /// Only what lies in this part of the file.
    pub(super) fn keep(&mut self, part: Part) {
        if part == Part::default() {
            return;
        }
        self.items.retain(|item| part.holds(offset_of(item)));
        self.refused.retain(|one| part.holds(one.offset));
        self.findings.retain(|finding| {
            let source = finding.source.as_ref();
            part.holds(source.and_then(|source| source.offset).unwrap_or(0))
        });
    }

    /// Without all that is behind this refusal. It goes by what was found before it, and not by places: what is refused
    /// for its end and what begins there are at one.
    fn end_at(&mut self, refusal: Refusal) {
        self.items.truncate(refusal.blocks);
        self.findings.truncate(refusal.findings);
    }
}

/// A stretch to be checked by some thread.
pub(crate) type Task<'s> = Box<dyn FnOnce() -> Outcome + Send + 's>;

/// Something that gives tasks in order. It runs on the merging thread: reading
/// and cutting are cheap beside checking.
pub(crate) trait TaskList<'s>: Send {
    fn next(&mut self) -> Option<Task<'s>>;

    /// Takes note of what came of the oldest task, and may change it. `None`: the task broke off.
    fn took(&mut self, _outcome: &mut Option<Outcome>) {}
}

impl<'s, I: Iterator<Item = Task<'s>> + Send> TaskList<'s> for I {
    fn next(&mut self) -> Option<Task<'s>> {
        Iterator::next(self)
    }
}

pub(crate) type Tasks<'s> = Box<dyn TaskList<'s> + 's>;

/// A source that was not opened yet.
pub(crate) struct Source<'s> {
    /// The address of its first block; `None`: not known, to be opened at once.
    pub(crate) first: Option<BlockAddress>,
    pub(crate) path: Arc<str>,
    /// Whether it is one journal file, `path` its name.
    pub(crate) file: bool,
    pub(crate) open: Box<dyn FnOnce() -> Tasks<'s> + Send + 's>,
}

/// An opened source.
struct Feed<'s> {
    path: Arc<str>,
    /// Whether it is one journal file, `path` its name.
    file: bool,
    tasks: Tasks<'s>,
    /// No more tasks come.
    ended: bool,
    tickets: VecDeque<Ticket<Outcome>>,
    ready: VecDeque<Item>,
    /// The one strand of a file; things that came one by one may be of several.
    strand: Option<StrandId>,
    last: Option<BlockAddress>,
    /// Where in the file the head lies, and the item taken before it.
    head: Option<u64>,
    taken: Option<u64>,
    /// How often the Ion reader refused something in it.
    refused: usize,
    borders: Borders,
}

impl<'s> Feed<'s> {
    fn open(source: Source<'s>) -> Feed<'s> {
        Feed {
            path: source.path,
            file: source.file,
            tasks: (source.open)(),
            ended: false,
            tickets: VecDeque::new(),
            ready: VecDeque::new(),
            strand: source.first.map(|address| address.strand_id),
            last: None,
            head: None,
            taken: None,
            refused: 0,
            borders: Borders::default(),
        }
    }

    /// Hands tasks to the pool until `ahead` are on their way.
    fn prefetch(&mut self, pool: &Pool<'s>, ahead: usize) {
        while self.tickets.len() < ahead && !self.ended {
            match self.tasks.next() {
                Some(task) => self.tickets.push_back(pool.submit(task)),
                None => self.ended = true,
            }
        }
    }

    /// How many stretches of other sources may be under way, once all of this one are.
    fn room(&self, ahead: usize) -> usize {
        match self.ended {
            true => ahead.saturating_sub(self.tickets.len()),
            false => 0,
        }
    }

    /// The next item in order.
    fn next(&mut self, pool: &Pool<'s>, ahead: usize, findings: &mut Findings) -> Option<Item> {
        loop {
            while let Some(item) = self.ready.pop_front() {
                self.borders.pass(&item);
                match self.misplaced(&item) {
                    None => {
                        self.passed(item.address());
                        self.taken = self.head.replace(offset_of(&item));
                        return Some(item);
                    }
                    Some(finding) => findings.push(finding),
                }
            }
            self.prefetch(pool, ahead.max(1));
            let ticket = self.tickets.pop_front()?;
            let mut outcome = pool.wait(ticket);
            self.tasks.took(&mut outcome);
            match outcome {
                Some(mut outcome) => {
                    self.give_up(&mut outcome);
                    findings.extend(outcome.findings);
                    self.ready.extend(outcome.items);
                }
                None => findings.push(
                    Finding::new(
                        Code::Malformed,
                        format!(
                            "a stretch of {} could not be checked: the check broke off",
                            self.path
                        ),
                    )
                    .source(&self.path, None)
                    .remedy("this is a defect of this tool: please report it with the file"),
                ),
            }
        }
    }

    /// Reads no further once so much of the file was refused. It counts by file, and not by piece, because
    /// the engines do not cut alike.
    fn give_up(&mut self, outcome: &mut Outcome) {
        let left = REFUSED_MAX - self.refused;
        match outcome.refused.get(left - 1) {
            None => self.refused += outcome.refused.len(),
            Some(&last) => {
                outcome.end_at(last);
                let given_up = given_up(last.offset);
                outcome.findings.push(unread(&given_up, &self.path));
                self.borders.give_up();
                self.tickets.clear();
                self.ended = true;
            }
        }
    }

    /// Remembers the last address, and takes no new hold of its strand's id.
    fn passed(&mut self, address: &BlockAddress) {
        match &mut self.last {
            Some(last) if last.strand_id == address.strand_id => {
                last.sequence_no = address.sequence_no;
            }
            last => *last = Some(address.clone()),
        }
    }

    /// A block of another strand, or before the one that it follows in its file.
    fn misplaced(&self, item: &Item) -> Option<Finding> {
        let address = item.address();
        let other_strand = self
            .strand
            .as_ref()
            .filter(|own| **own != address.strand_id);
        let earlier = self.last.as_ref().filter(|last| *last > address);
        let (message, severity, remedy) = match (other_strand, earlier) {
            (Some(own), _) => (
                format!(
                    "a block of strand {} stands in a file of strand {own}: a ledger has one strand",
                    address.strand_id
                ),
                Severity::Failure,
                "the address was edited or the file was put together by hand; the block was not used",
            ),
            // No more is known than that its file is out of order.
            (None, Some(last)) => (
                format!(
                    "block {} follows block {} in one file, and was not used: a file's parts are put in order if they are fewer than {PARTS_MAX}, and if all of the file can be read",
                    address.sequence_no, last.sequence_no
                ),
                Severity::Incomplete,
                "verify the objects by themselves, or put the blocks in the order of their numbers",
            ),
            (None, None) => return None,
        };
        let finding = Finding::new(Code::Address, message)
            .severity(severity)
            .at(address)
            .field("blockAddress")
            .source(&self.path, Some(offset_of(item)));
        Some(finding.remedy(remedy))
    }
}

pub(super) fn offset_of(item: &Item) -> u64 {
    match item {
        Item::Block(block) => block.offset,
        Item::Loose(loose) => loose.record.offset,
    }
}

/// Things at one address that are compared; only a hostile input has more.
const COPIES_MAX: usize = 4096;

fn too_many(item: &Item) -> Finding {
    let message = format!("more than {COPIES_MAX} blocks or revisions at one address");
    Finding::new(Code::Limit, message)
        .at(item.address())
        .remedy("this one was not looked at: hand over fewer copies at a time")
}

/// Merges all sources by address into the journal. They come in the order of their first
/// addresses, those first of which that is not known. `after_each` is called after
/// every address, with what is known then. Gives the files whose blocks are out of order.
pub(crate) fn merge<'s>(
    sources: impl Iterator<Item = Source<'s>>,
    pool: &Pool<'s>,
    journal: &mut Journal<'_>,
    beyond: impl Fn(&BlockAddress) -> bool,
    mut after_each: impl FnMut(&Journal<'_>, &BlockAddress, &Merge<'_, 's>),
) -> Disorder {
    let mut merge = Merge {
        waiting: Box::new(sources),
        warm: VecDeque::new(),
        feeds: BTreeMap::new(),
        heads: BTreeMap::new(),
        lead: None,
        opened: 0,
        finished: Vec::new(),
        disorder: Disorder::new(),
        pool,
    };
    let mut together = Vec::new();
    while merge.next(&mut together, journal.findings) {
        let Some(address) = together.first().map(|item| item.address().clone()) else {
            continue;
        };
        if beyond(&address) {
            together.clear();
        } else {
            journal.take(&address, &mut together);
        }
        after_each(journal, &address, &merge);
    }
    merge.disorder
}

/// The sources, by how far they are.
pub(crate) struct Merge<'m, 's> {
    /// Not opened yet, by their first addresses.
    waiting: Box<dyn Iterator<Item = Source<'s>> + 'm>,
    /// Opened ahead, each with its first stretch under way.
    warm: VecDeque<(Option<BlockAddress>, Feed<'s>)>,
    /// Those whose next item is known, by when they came.
    feeds: BTreeMap<usize, Feed<'s>>,
    /// The next item of each; the first of all mostly in `lead`, since files follow one
    /// another and seldom overlap.
    heads: BTreeMap<(BlockAddress, usize), Item>,
    lead: Option<(usize, Item)>,
    opened: usize,
    /// Journal files of which every block was taken.
    finished: Vec<Arc<str>>,
    /// Those of them that are out of order.
    disorder: Disorder,
    pool: &'m Pool<'s>,
}

impl<'s> Merge<'_, 's> {
    /// Journal files of which every block was taken.
    pub(crate) fn finished(&self) -> &[Arc<str>] {
        &self.finished
    }

    /// Journal files of which some blocks were taken, with the offset of the last one.
    pub(crate) fn begun(&self) -> Vec<(Arc<str>, u64)> {
        let files = self.feeds.values().filter(|feed| feed.file);
        let begun = files.filter_map(|feed| Some((feed.path.clone(), feed.taken?)));
        begun.collect()
    }

    fn finish(&mut self, feed: Feed<'s>) {
        if feed.file {
            let borders = feed.borders.known();
            self.disorder
                .extend(borders.map(|borders| (feed.path.clone(), borders)));
            self.finished.push(feed.path);
        }
    }

    /// Puts everything that stands at the next address into `together`; false at
    /// the end.
    fn next(&mut self, together: &mut Vec<Item>, findings: &mut Findings) -> bool {
        self.open_due(findings);
        let ahead = self.ahead();
        while let Some(head) = self.head() {
            if together
                .first()
                .is_some_and(|first| first.address() != head)
            {
                break;
            }
            let Some((index, item)) = self.pop() else {
                break;
            };
            if together.len() < COPIES_MAX {
                together.push(item);
            } else {
                findings.push(too_many(&item));
            }
            let Some(feed) = self.feeds.get_mut(&index) else {
                continue;
            };
            let next = feed.next(self.pool, ahead, findings);
            // Else all threads but one would have nothing to do at the end of every file.
            let room = feed.room(ahead);
            if let Some((_, warm)) = self.warm.front_mut().filter(|_| room > 0) {
                warm.prefetch(self.pool, room);
            }
            match next {
                Some(item) => self.put(index, item),
                None => {
                    let feed = self.feeds.remove(&index);
                    feed.into_iter().for_each(|feed| self.finish(feed));
                }
            }
        }
        !together.is_empty()
    }

    /// The lowest address of all heads.
    fn head(&self) -> Option<&BlockAddress> {
        match &self.lead {
            Some((_, item)) => Some(item.address()),
            None => self.heads.first_key_value().map(|((head, _), _)| head),
        }
    }

    fn pop(&mut self) -> Option<(usize, Item)> {
        let first = |heads: &mut BTreeMap<(BlockAddress, usize), Item>| {
            let ((_, index), item) = heads.pop_first()?;
            Some((index, item))
        };
        self.lead.take().or_else(|| first(&mut self.heads))
    }

    fn put(&mut self, index: usize, item: Item) {
        let before = |(own, item): &(usize, Item), (address, other): (&BlockAddress, usize)| {
            (item.address(), *own) < (address, other)
        };
        let mut new = (index, item);
        if let Some(lead) = &mut self.lead {
            if before(&new, (lead.1.address(), lead.0)) {
                std::mem::swap(lead, &mut new);
            }
        } else {
            let first = self.heads.first_key_value();
            if first.is_none_or(|((head, other), _)| before(&new, (head, *other))) {
                self.lead = Some(new);
                return;
            }
        }
        let (index, item) = new;
        self.heads.insert((item.address().clone(), index), item);
    }

    /// How many stretches of each source may be under way.
    fn ahead(&self) -> usize {
        match self.pool.threads {
            // What was just cut is still in the processor's cache.
            1 => 1,
            threads => (threads * 4 / (self.feeds.len() + 1)).max(1),
        }
    }

    /// Opens the sources whose first block is not behind the next one.
    fn open_due(&mut self, findings: &mut Findings) {
        loop {
            // Many small files keep all threads busy only if some are opened ahead.
            let warm = match self.pool.threads {
                1 => 1,
                threads => threads * 4,
            };
            while self.warm.len() < warm {
                let Some(source) = self.waiting.next() else {
                    break;
                };
                let first = source.first.clone();
                let mut feed = Feed::open(source);
                feed.prefetch(self.pool, 1);
                self.warm.push_back((first, feed));
            }
            let Some((first, _)) = self.warm.front() else {
                return;
            };
            if let (Some(first), Some(head)) = (first, self.head()) {
                if first > head {
                    return;
                }
            }
            let Some((_, mut feed)) = self.warm.pop_front() else {
                return;
            };
            self.opened += 1;
            match feed.next(self.pool, self.ahead(), findings) {
                Some(item) => {
                    self.put(self.opened, item);
                    self.feeds.insert(self.opened, feed);
                }
                None => self.finish(feed),
            }
        }
    }
}
