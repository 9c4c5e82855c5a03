//! Lets two journals go by side by side, block for block.

use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::thread;

use crate::findings::CheckedBlock;
use crate::source::Archive;
use crate::verify::Watcher;
use crate::{Error, Report, Verifier};

/// Blocks of one copy that wait for those of the other.
const AHEAD: usize = 64;

/// Hands each two blocks with the same number to `each`; those that only one copy
/// has are passed over. The reports are those of their verification.
pub(super) fn run(
    verifier: &Verifier,
    first: (&dyn Archive, &Report),
    second: (&dyn Archive, &Report),
    each: &mut dyn FnMut(&CheckedBlock, &CheckedBlock),
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
        zip(&first.0, &second.0, each);
        // A copy that has more goes on to its end and is not looked at.
        drop((first.0, second.0));
        for thread in [first.1, second.1] {
            match thread.join() {
                Ok(outcome) => outcome?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })
}

fn zip(
    first: &Receiver<Box<CheckedBlock>>,
    second: &Receiver<Box<CheckedBlock>>,
    each: &mut dyn FnMut(&CheckedBlock, &CheckedBlock),
) {
    let (mut a, mut b) = (first.recv(), second.recv());
    while let (Ok(one), Ok(other)) = (&a, &b) {
        match one.address.sequence_no.cmp(&other.address.sequence_no) {
            std::cmp::Ordering::Less => a = first.recv(),
            std::cmp::Ordering::Greater => b = second.recv(),
            std::cmp::Ordering::Equal => {
                each(one, other);
                (a, b) = (first.recv(), second.recv());
            }
        }
    }
}

/// Sends blocks on, until nobody takes them.
struct Sending(Option<SyncSender<Box<CheckedBlock>>>);

impl Watcher for Sending {
    fn block(&mut self, block: &CheckedBlock) {
        if let Some(sender) = &self.0 {
            if sender.send(Box::new(block.clone())).is_err() {
                self.0 = None;
            }
        }
    }
}
