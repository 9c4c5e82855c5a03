//! Lets two journals go by side by side, block for block.

use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::Arc;
use std::thread;

use crate::engine::Wanted;
use crate::findings::CheckedBlock;
use crate::source::Archive;
use crate::verify::{with_pool, Watcher};
use crate::{Error, Report, Verifier};

/// Blocks of one copy that wait for those of the other.
const AHEAD: usize = 16;

/// All that one side has of a block: the leading copy, then others that hold.
pub(super) type Copies = Vec<CheckedBlock>;

/// Takes a block's number, and what each side has of it.
pub(super) type Each<'a> = &'a mut (dyn FnMut(u64, &[CheckedBlock], &[CheckedBlock]) + Send);

/// Hands all blocks to `each`, in order. The reports are those of their verification.
pub(super) fn run(
    verifier: &Verifier,
    first: (&dyn Archive, &Report),
    second: (&dyn Archive, &Report),
    each: Each<'_>,
) -> Result<(), Error> {
    thread::scope(|scope| {
        let start = |(archive, report)| {
            let (sender, receiver) = sync_channel(AHEAD);
            let work = move || verifier.pass_over(archive, report, &mut Sending(Some(sender)));
            let thread = thread::Builder::new().spawn_scoped(scope, work);
            let thread = thread.map_err(|source| Error::System {
                what: "start a thread",
                source,
            })?;
            Ok::<_, Error>((receiver, thread))
        };
        let (first, second) = (start(first)?, start(second)?);
        // The Ion reader recurses, and needs a large stack.
        with_pool(1, move |_| zip(&first.0, &second.0, each))?;
        for thread in [first.1, second.1] {
            match thread.join() {
                Ok(outcome) => outcome?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })
}

fn zip(first: &Receiver<Copies>, second: &Receiver<Copies>, each: Each<'_>) {
    let number = |copies: &Copies| copies.first().map(|lead| lead.address.sequence_no);
    let next = |receiver: &Receiver<Copies>| receiver.recv().unwrap_or_default();
    let (mut a, mut b) = (next(first), next(second));
    loop {
        let (one, other) = (number(&a), number(&b));
        let Some(least) = one.into_iter().chain(other).min() else {
            return;
        };
        let of = |own: Option<u64>, copies: &mut Copies| match own == Some(least) {
            true => std::mem::take(copies),
            false => Copies::new(),
        };
        let (here, there) = (of(one, &mut a), of(other, &mut b));
        each(least, &here, &there);
        if !here.is_empty() {
            a = next(first);
        }
        if !there.is_empty() {
            b = next(second);
        }
    }
}

/// Sends blocks on, until nobody takes them.
struct Sending(Option<SyncSender<Copies>>);

impl Watcher for Sending {
    fn wanted(&self) -> Option<Wanted> {
        Some(Arc::new(|_: &CheckedBlock| true))
    }

    fn block(&mut self, block: &CheckedBlock) {
        self.copies(block, &[]);
    }

    fn copies(&mut self, block: &CheckedBlock, others: &[&CheckedBlock]) {
        if let Some(sender) = &self.0 {
            let all = std::iter::once(block).chain(others.iter().copied());
            if sender.send(all.cloned().collect()).is_err() {
                self.0 = None;
            }
        }
    }
}
