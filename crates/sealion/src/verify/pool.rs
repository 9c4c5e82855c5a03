//! Threads that check stretches of a journal, with stacks large enough for the
//! Ion reader, which recurses once a nesting level.
//!
//! The thread that puts the journal together is one of them: while it waits for an
//! answer it does the work that is next.

#[cfg(feature = "parallel")]
use std::any::Any;
use std::collections::VecDeque;
use std::sync::mpsc::{sync_channel, Receiver, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::Error;

/// Enough for 1,000 levels, optimised or not.
#[cfg(feature = "parallel")]
const STACK_BYTES: usize = 32 << 20;

type Job<'s> = Box<dyn FnOnce() + Send + 's>;

/// Jobs that nobody does yet, the oldest first. Whoever submits them sees to it that
/// there are few.
#[derive(Default)]
struct Queue<'s> {
    state: Mutex<State<'s>>,
    changed: Condvar,
}

#[derive(Default)]
struct State<'s> {
    jobs: VecDeque<Job<'s>>,
    /// Threads that wait for a job.
    idle: usize,
    /// No more jobs will come.
    #[cfg(feature = "parallel")]
    closed: bool,
}

impl<'s> Queue<'s> {
    fn state(&self) -> MutexGuard<'_, State<'s>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job<'s>) {
        let mut state = self.state();
        state.jobs.push_back(job);
        // To wake somebody is a call of the system, even where nobody sleeps.
        if state.idle > 0 {
            self.changed.notify_one();
        }
    }

    fn pop(&self) -> Option<Job<'s>> {
        self.state().jobs.pop_front()
    }

    #[cfg(feature = "parallel")]
    fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Does jobs until there will be no more.
    #[cfg(feature = "parallel")]
    fn work(&self) {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = self.state();
            } else if state.closed {
                return;
            } else {
                state.idle += 1;
                let changed = self.changed.wait(state);
                state = changed.unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }
}

/// Takes jobs; each runs on some thread.
pub(crate) struct Pool<'s> {
    queue: Arc<Queue<'s>>,
    /// How many threads there are.
    pub(crate) threads: usize,
}

/// The answer to a job, once it is there. Without its ticket a job is not begun.
pub(crate) struct Ticket<T> {
    answer: Receiver<T>,
    wanted: Arc<()>,
}

impl<'s> Pool<'s> {
    /// Hands a job over.
    pub(crate) fn submit<T: Send + 's>(&self, job: impl FnOnce() -> T + Send + 's) -> Ticket<T> {
        let (sender, answer) = sync_channel(1);
        let ticket = Ticket {
            answer,
            wanted: Arc::new(()),
        };
        let wanted = Arc::downgrade(&ticket.wanted);
        self.queue.push(Box::new(move || {
            if wanted.strong_count() == 0 {
                return;
            }
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            // Nobody waits any more: then nobody misses the answer.
            let _ = done.map(|answer| sender.send(answer));
        }));
        ticket
    }

    /// Waits for the answer, and does other jobs meanwhile; `None` if the job broke off.
    pub(crate) fn wait<T>(&self, ticket: Ticket<T>) -> Option<T> {
        loop {
            match ticket.answer.try_recv() {
                Ok(answer) => return Some(answer),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => match self.queue.pop() {
                    Some(job) => job(),
                    None => return ticket.answer.recv().ok(),
                },
            }
        }
    }
}

/// Runs `body` with a pool of `threads`, one of which is its own, with a large stack.
#[cfg(feature = "parallel")]
pub(crate) fn with_pool<'s, R: Send>(
    threads: usize,
    body: impl FnOnce(&Pool<'s>) -> R + Send,
) -> Result<R, Error> {
    let failed = |source| Error::System {
        what: "start a thread",
        source,
    };
    /// Its end, however it comes, ends the workers.
    struct Closing<'s>(Arc<Queue<'s>>);
    impl Drop for Closing<'_> {
        fn drop(&mut self) {
            self.0.close();
        }
    }
    let queue = Arc::new(Queue::default());
    std::thread::scope(|scope| {
        let closing = Closing(queue.clone());
        for index in 1..threads {
            let queue = queue.clone();
            std::thread::Builder::new()
                .name(format!("sealion-{index}"))
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || queue.work())
                .map_err(failed)?;
        }
        let main = std::thread::Builder::new()
            .name("sealion-0".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || {
                let _closing = closing;
                body(&Pool { queue, threads })
            })
            .map_err(failed)?;
        Ok(main.join().unwrap_or_else(resume))
    })
}

#[cfg(feature = "parallel")]
fn resume<R>(panic: Box<dyn Any + Send>) -> R {
    std::panic::resume_unwind(panic)
}

/// Runs `body` with a pool that works on the caller's thread.
#[cfg(not(feature = "parallel"))]
pub(crate) fn with_pool<'s, R: Send>(
    _: usize,
    body: impl FnOnce(&Pool<'s>) -> R + Send,
) -> Result<R, Error> {
    Ok(body(&Pool {
        queue: Arc::default(),
        threads: 1,
    }))
}
