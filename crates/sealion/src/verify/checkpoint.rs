//! A run that is interrupted goes on where it was.
//!
//! Every few seconds of work the fold is written to a file, as it is after some
//! block, with the names of the journal files that lie wholly before it. The next
//! run over the same inputs with the same questions starts from there. Only clean
//! progress is kept: after the first failure, and after anything that could not be
//! decided, no further checkpoint is written, so that the next run meets it again.
//!
//! At the end of a run the file is removed, unless something could not be read and
//! that alone left the answer open. Then it stays for the same command, which goes on
//! there once everything can be read. It never stands for more than lies before what
//! was not read: nothing is written beyond, and what the next run can read is held
//! against it once more.
//!
//! What it says is believed, and its checksum tells damage, not forgery. So it is used
//! only if nobody but the user or root can have put it there (`trust`), and if the files
//! that it stands for are still those that were read: by their names, sizes and times (`identity`), and, because times
//! can be set back or stand still under a change, by the hash of all that was read of each.

mod file;
mod identity;
mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::access::Access;
use super::feed::Merge;
use super::manifests::first_by_name;
use super::stored_hash::Head;
use super::survey::{JournalFile, Survey};
use crate::blocks::{BlockAddress, Hash};
use crate::findings::Journal;
use crate::output::{NewFile, Replaces};
use crate::report::{CheckpointAnswer, Verdict};
use crate::source::{Archive, Object};
use crate::Error;
pub(super) use file::{Behind, Kept};
use file::{Found, Passed};
pub(super) use identity::identity;
pub(super) use trust::exchangeable;

/// The version of the file's form, which no other program reads.
const VERSION: u32 = 7;

/// Writing takes at most one part of so many of the time.
const SHARE: u32 = 20;

/// Blocks between two looks at the clock.
const BLOCKS_A_LOOK: u32 = 16;

/// The checkpoint of a run under way.
pub(super) struct Checkpoint<'s> {
    path: PathBuf,
    file: NewFile,
    /// Whether what is at `path` is ours.
    own: bool,
    archive: &'s dyn Archive,
    /// The journal files, by name.
    files: BTreeMap<Arc<str>, Object>,
    /// What was read of files that were begun.
    read: BTreeMap<Arc<str>, Head>,
    every: Duration,
    run: Hash,
    due: Instant,
    blocks: u32,
    /// Inputs that are no journal files and were read, each to its end.
    beside: BTreeSet<Arc<str>>,
    /// Inputs that could not be read, or not to their end.
    unread: BTreeSet<Arc<str>>,
    /// Where the first of them begins, if it has the name of an object of an export.
    until: Option<BlockAddress>,
    access: Arc<Access>,
    /// What an earlier run did already.
    behind: Behind,
    /// The block up to which the file stands.
    standing: Option<BlockAddress>,
    /// Set when nothing can be kept, or no more.
    stopped: bool,
    /// Set once one was written because the archive refused something.
    hurried: bool,
    answer: CheckpointAnswer,
}

impl<'s> Checkpoint<'s> {
    /// The checkpoint of this run over `objects` at `path`, and what an earlier run left
    /// there.
    ///
    /// # Errors
    /// If something else is there, or nothing can be written there.
    pub(super) fn open(
        path: &Path,
        every: Duration,
        run: Result<Hash, String>,
        (archive, objects): (&'s dyn Archive, &[Object]),
    ) -> Result<(Checkpoint<'s>, Option<Kept>), Error> {
        let names = objects.iter().map(|object| &*object.name);
        let mut checkpoint = Checkpoint {
            path: path.to_owned(),
            file: NewFile::at(path, Replaces::Checkpoint, names)?,
            own: false,
            archive,
            files: BTreeMap::new(),
            read: BTreeMap::new(),
            every,
            run: Hash::ZERO,
            due: Instant::now() + every,
            blocks: 0,
            beside: BTreeSet::new(),
            unread: BTreeSet::new(),
            until: None,
            access: Arc::default(),
            behind: Behind::default(),
            standing: None,
            stopped: false,
            hurried: false,
            answer: CheckpointAnswer {
                path: path.display().to_string(),
                resumed_after: None,
                blocks_from_it: 0,
                kept_after: None,
                not_read_again: Vec::new(),
                remark: None,
            },
        };
        let kept = match run {
            Ok(run) => {
                checkpoint.run = run;
                checkpoint.left(objects)
            }
            Err(why) => {
                checkpoint.stop(format!("this run cannot go on later: {why}"));
                None
            }
        };
        Ok((checkpoint, kept))
    }

    /// What an earlier run left, if it can be used.
    fn left(&mut self, objects: &[Object]) -> Option<Kept> {
        if let Some(why) = exchangeable(&self.path) {
            self.stop(format!(
                "none is used and none is kept, everything was read from the start: {why}"
            ));
            return None;
        }
        match file::read(&self.path, self.run) {
            Found::Nothing => None,
            Found::Doubtful(why) => {
                self.stop(format!(
                    "not used and left as it is, everything was read from the start: {why}"
                ));
                None
            }
            Found::Unfit(why) => {
                self.own = true;
                self.unused(&why);
                None
            }
            Found::Kept(kept) => {
                self.own = true;
                match self.changed(&kept, objects) {
                    None => Some(*kept),
                    Some(name) => {
                        self.unused(&format!("{name} is not what was read"));
                        None
                    }
                }
            }
        }
    }

    /// A file before the checkpoint that is not the one that was read, if there is one.
    fn changed<'o>(&self, kept: &Kept, objects: &'o [Object]) -> Option<&'o str> {
        let behind = &kept.behind;
        let rests_on =
            |name: &Arc<str>| behind.finished.contains(name) || behind.begun.contains_key(name);
        let same = |object: &Object| {
            let head = kept.read.get(&object.name);
            head.is_some_and(|head| head.still_leads(self.archive, object).unwrap_or(false))
        };
        let mut read = objects.iter().filter(|object| rests_on(&object.name));
        let changed = read.find(|object| !same(object))?;
        Some(&changed.name)
    }

    /// The inputs are known, and the fold begins.
    pub(super) fn begin(&mut self, survey: &Survey, access: &Arc<Access>) {
        self.access = access.clone();
        self.unread = survey.unread.clone();
        let files = survey.journals.iter().map(|file| &file.object);
        self.files = files
            .map(|file| (file.name.clone(), file.clone()))
            .collect();
        self.until = self
            .unread
            .iter()
            .filter_map(|name| first_by_name(name))
            .min();
        let read = survey.beside_the_journal();
        let (partly, whole): (Vec<_>, Vec<_>) = read.partition(|name| self.unread.contains(*name));
        self.beside = whole.into_iter().cloned().collect();
        // What was taken in of these would be kept, and their rest never seen.
        self.stopped |= !partly.is_empty();
        self.due = Instant::now() + self.every;
    }

    /// Lets the fold go on from what was kept, and says what need not be read. `files`:
    /// those that will be.
    pub(super) fn resume<'f>(
        &mut self,
        kept: Kept,
        journal: &mut Journal<'_>,
        mut files: impl Iterator<Item = &'f JournalFile>,
    ) -> Option<(Behind, Passed)> {
        let after = kept.journal.after.clone();
        if self.stopped || kept.beside != self.beside {
            if self.stopped || kept.beside.is_superset(&self.beside) {
                self.stopped = true;
                self.standing = Some(after);
                self.unused("an input that it rests on could not be read this time");
            } else {
                self.unused("it was written when some of the inputs could not be read");
            }
            return None;
        }
        let Kept {
            journal: kept,
            passed,
            mut behind,
            read,
            ..
        } = kept;
        // Whatever begins before was read: to its end, or as far as the checkpoint goes.
        let fits = |file: &JournalFile| {
            let name = &file.object.name;
            let begun = behind.finished.contains(name) || behind.begun.contains_key(name);
            begun || file.first.as_ref().is_some_and(|first| *first > after)
        };
        if !files.all(fits) {
            self.unused("a file that could not be read then begins before it");
            return None;
        }
        let blocks = kept.blocks();
        if !journal.restore(kept) {
            self.unused("it contradicts itself");
            return None;
        }
        let finished = |(name, _): &(&Arc<str>, &Head)| behind.finished.contains(*name);
        for (name, head) in read.iter().filter(finished) {
            self.access.know(name, head);
        }
        self.read = read;
        let ahead = |name: &&Arc<str>| !behind.finished.contains(*name);
        let unread = self.unread.iter().filter(ahead);
        self.until = unread.filter_map(|name| first_by_name(name)).min();
        // The next checkpoint must not say that their rest was read.
        behind.begun.retain(|name, _| !self.unread.contains(name));
        self.standing = Some(after.clone());
        self.answer.resumed_after = Some(after);
        self.answer.blocks_from_it = blocks;
        self.answer.not_read_again = behind.finished.iter().cloned().collect();
        self.behind = behind.clone();
        Some((behind, passed))
    }

    /// After the block at `after`: writes a checkpoint if it is time for one. `passed` gives
    /// nothing if the run is void.
    pub(super) fn pass(
        &mut self,
        journal: &Journal<'_>,
        after: &BlockAddress,
        merge: &Merge<'_, '_>,
        passed: impl FnOnce() -> Option<Passed>,
    ) {
        self.blocks = self.blocks.wrapping_add(1);
        if self.stopped || !self.is_due(after) {
            return;
        }
        // Blocks that come again on the way to where the last run was.
        if self
            .answer
            .resumed_after
            .as_ref()
            .is_some_and(|before| after <= before)
        {
            return;
        }
        let beyond = self.until.as_ref().is_some_and(|until| after >= until);
        let gap = !self.unread.is_empty() && journal.has_gap();
        if beyond || gap || journal.findings.grave() > 0 {
            self.stopped = true;
            return;
        }
        let began = Instant::now();
        let Some(passed) = passed() else {
            self.stopped = true;
            return;
        };
        let mut behind = self.behind.clone();
        behind.finished.extend(merge.finished().iter().cloned());
        behind.begun.extend(merge.begun());
        behind
            .begun
            .retain(|path, _| !behind.finished.contains(path));
        self.note_read(&behind);
        let kept = Kept {
            run: self.run,
            beside: self.beside.clone(),
            journal: journal.keep(after),
            passed,
            behind,
            read: self.read.clone(),
        };
        match file::write(&self.file, &kept) {
            Ok(()) => {
                self.own = true;
                self.standing = Some(after.clone());
            }
            Err(error) => self.stop(format!("no checkpoint could be written: {error}")),
        }
        let pause = match self.every {
            Duration::ZERO => Duration::ZERO,
            every => every.max(began.elapsed() * SHARE),
        };
        self.due = Instant::now() + pause;
    }

    /// Takes note of how much was read of all files that lie before, or begin there: further on than they are needed.
    fn note_read(&mut self, behind: &Behind) {
        for name in behind.finished.iter().chain(behind.begun.keys()) {
            let Some(head) = self.access.read_so_far(name) else {
                continue;
            };
            // A file that was begun is read again, and may not be as far yet.
            let further = |own: &Head| own.bytes < head.bytes;
            if self.read.get(name).is_none_or(further) {
                self.read.insert(name.clone(), head);
            }
        }
    }

    /// Whether the time has come, or a better one will not: the archive refused
    /// something further on, or the next block is in a file that could not be read.
    fn is_due(&mut self, after: &BlockAddress) -> bool {
        if !self.hurried && self.access.refused() > 0 {
            self.hurried = true;
            return true;
        }
        let last = self.until.as_ref().is_some_and(|until| {
            until.strand_id == after.strand_id
                && after.sequence_no.checked_add(1) == Some(until.sequence_no)
        });
        last || self.blocks.is_multiple_of(BLOCKS_A_LOOK) && Instant::now() >= self.due
    }

    /// The run is at its end, with this verdict.
    pub(super) fn finish(mut self, verdict: Verdict) -> CheckpointAnswer {
        let unread = !self.unread.is_empty() || self.access.refused() > 0;
        let open = unread && verdict == Verdict::Inconclusive;
        match self.standing.take().filter(|_| open) {
            Some(after) => self.answer.kept_after = Some(after),
            None if self.own => file::remove(&self.path),
            None => {}
        }
        if open && self.answer.kept_after.is_none() {
            self.remark(
                "none was written before the first input that could not be read: the same \
                 command begins at the start"
                    .to_owned(),
            );
        }
        self.answer
    }

    fn unused(&mut self, why: &str) {
        self.remark(format!(
            "not used, everything was read from the start: {why}"
        ));
    }

    fn remark(&mut self, remark: String) {
        self.answer.remark.get_or_insert(remark);
    }

    fn stop(&mut self, remark: String) {
        self.stopped = true;
        self.remark(remark);
    }
}
