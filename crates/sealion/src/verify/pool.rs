//! Threads that check stretches of a journal, with stacks large enough for the
//! Ion reader, which recurses once a nesting level.

#[cfg(feature = "parallel")]
use std::any::Any;
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
#[cfg(feature = "parallel")]
use std::sync::{Mutex, PoisonError};

use crate::Error;

/// Enough for 1,000 levels, optimised or not.
#[cfg(feature = "parallel")]
const STACK_BYTES: usize = 32 << 20;

type Job<'s> = Box<dyn FnOnce() + Send + 's>;

/// Takes jobs; each runs on some thread.
pub(crate) struct Pool<'s> {
    jobs: Option<SyncSender<Job<'s>>>,
    /// How many threads there are.
    pub(crate) threads: usize,
}

/// The answer to a job, once it is there.
pub(crate) struct Ticket<T>(Receiver<T>);

impl<T> Ticket<T> {
    /// Waits for the answer; `None` if the job broke off.
    pub(crate) fn wait(self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<'s> Pool<'s> {
    /// Hands a job over; without threads it runs here and now.
    pub(crate) fn submit<T: Send + 's>(&self, job: impl FnOnce() -> T + Send + 's) -> Ticket<T> {
        let (sender, receiver) = sync_channel(1);
        let job = move || {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            // Nobody waits any more: then nobody misses the answer.
            let _ = done.map(|answer| sender.send(answer));
        };
        match &self.jobs {
            Some(jobs) => {
                if let Err(refused) = jobs.send(Box::new(job)) {
                    (refused.0)();
                }
            }
            None => job(),
        }
        Ticket(receiver)
    }
}

/// Runs `body` with a pool of `threads`, on a thread with a large stack itself.
#[cfg(feature = "parallel")]
pub(crate) fn with_pool<'s, R: Send>(
    threads: usize,
    body: impl FnOnce(&Pool<'s>) -> R + Send,
) -> Result<R, Error> {
    let failed = |source| Error::System {
        what: "start a thread",
        source,
    };
    let (sender, receiver) = sync_channel::<Job<'s>>(threads * 2);
    let receiver = Mutex::new(receiver);
    let pool = Pool {
        jobs: Some(sender),
        threads,
    };
    std::thread::scope(|scope| {
        for index in 0..threads {
            let receiver = &receiver;
            std::thread::Builder::new()
                .name(format!("sealion-{index}"))
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || work(receiver))
                .map_err(failed)?;
        }
        let main = std::thread::Builder::new()
            .name("sealion-main".to_owned())
            .stack_size(STACK_BYTES)
            // The pool goes with the body: its end ends the workers.
            .spawn_scoped(scope, move || body(&pool))
            .map_err(failed)?;
        Ok(main.join().unwrap_or_else(resume))
    })
}

#[cfg(feature = "parallel")]
fn resume<R>(panic: Box<dyn Any + Send>) -> R {
    std::panic::resume_unwind(panic)
}

#[cfg(feature = "parallel")]
fn work(jobs: &Mutex<Receiver<Job<'_>>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Runs `body` with a pool that works on the caller's thread.
#[cfg(not(feature = "parallel"))]
pub(crate) fn with_pool<'s, R: Send>(
    _: usize,
    body: impl FnOnce(&Pool<'s>) -> R + Send,
) -> Result<R, Error> {
    Ok(body(&Pool {
        jobs: None,
        threads: 1,
    }))
}
