//! A runtime of its own, so that callers stay without async.

use std::future::Future;
use std::io;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;

/// Threads on which bytes are received and decrypted. What is read is verified on other threads.
const WORKERS: usize = 2;

/// The threads on which requests run. They end with it, whatever is under way.
#[derive(Debug)]
pub(crate) struct Background(Option<Runtime>);

impl Background {
    pub(crate) fn start() -> io::Result<Background> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("sealion-aws")
            .enable_all()
            .build()?;
        Ok(Background(Some(runtime)))
    }

    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Task<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let work = async move {
            // Nobody may be waiting any more.
            let _ = sender.send(work.await);
        };
        let handle = self.0.as_ref().map(|runtime| runtime.spawn(work));
        Task {
            receiver,
            handle: handle.map(|handle| handle.abort_handle()),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting for threads would panic where the caller runs on a runtime too.
            runtime.shutdown_background();
        }
    }
}

/// A request under way. Dropping it gives the request up.
#[derive(Debug)]
pub struct Task<T> {
    receiver: mpsc::Receiver<T>,
    handle: Option<AbortHandle>,
}

impl<T> Task<T> {
    /// Waits for its result, on the thread of the caller.
    ///
    /// # Errors
    /// If it ended without one, which is a defect of this program.
    pub fn wait(self) -> io::Result<T> {
        self.receiver
            .recv()
            .map_err(|_| io::Error::other("a request broke off without an answer"))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_arrive_also_where_the_caller_has_a_runtime() {
        let outer = Builder::new_multi_thread().build().unwrap();
        let sum = outer.block_on(async {
            let background = Background::start().unwrap();
            background.spawn(async { 1 + 1 }).wait().unwrap()
        });
        assert_eq!(sum, 2);
    }

    #[test]
    fn work_that_breaks_off_is_an_error() {
        let background = Background::start().unwrap();
        let broken = background.spawn(async { panic!("on purpose") });
        let result: io::Result<()> = broken.wait();
        assert!(result.unwrap_err().to_string().contains("broke off"));
    }

    #[test]
    fn a_dropped_task_stops() {
        let background = Background::start().unwrap();
        let (sender, receiver) = mpsc::channel::<()>();
        drop(background.spawn(async move {
            let _held = sender;
            std::future::pending::<()>().await;
        }));
        assert!(receiver.recv().is_err());
    }
}
