//! Bodies of bounded size and time: whoever answers may never stop, or hardly begin.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{sleep, Sleep};

use crate::nesting::Nesting;
use crate::{Patience, Unfit};

/// A body that ends in [`Unfit`] as soon as it has more bytes than it may, or comes too slowly. It says nothing
/// of its length beforehand, so that nobody makes room for bytes that were only announced.
#[derive(Debug)]
pub struct Watched<B> {
    body: B,
    bytes_max: u64,
    bytes: u64,
    /// Counted where the body is JSON.
    nesting: Option<Nesting>,
    patience: Patience,
    /// How many bytes had come when this stretch of time began.
    bytes_before: u64,
    stretch: Pin<Box<Sleep>>,
    end: Pin<Box<Sleep>>,
}

impl<B: Body<Data = Bytes>> Watched<B> {
    /// Watches over `body`, to be read on a runtime of tokio.
    ///
    /// # Errors
    /// If it announces more than `bytes_max`.
    pub fn new(body: B, bytes_max: u64, patience: Patience) -> Result<Watched<B>, Unfit> {
        if body.size_hint().lower() > bytes_max {
            return Err(Unfit::TooLong { bytes_max });
        }
        Ok(Watched {
            body,
            bytes_max,
            bytes: 0,
            nesting: None,
            patience,
            bytes_before: 0,
            stretch: Box::pin(sleep(patience.silent)),
            end: Box::pin(sleep(patience.answer)),
        })
    }

    /// The same for JSON, which must not be nested deeper than [`NESTING_MAX`](crate::NESTING_MAX).
    #[must_use]
    pub fn json(mut self) -> Watched<B> {
        self.nesting = Some(Nesting::default());
        self
    }

    /// Takes note of what came.
    fn take(&mut self, data: &[u8]) -> Result<(), Unfit> {
        self.bytes = self.bytes.saturating_add(data.len() as u64);
        if self.bytes > self.bytes_max {
            let bytes_max = self.bytes_max;
            return Err(Unfit::TooLong { bytes_max });
        }
        let nesting = self.nesting.as_mut();
        match nesting.is_none_or(|nesting| nesting.pass(data)) {
            true => Ok(()),
            false => Err(Unfit::TooDeep),
        }
    }

    /// Waits on: until more comes, or it is too late.
    fn late(&mut self, context: &mut Context<'_>) -> Poll<Unfit> {
        if self.end.as_mut().poll(context).is_ready() {
            let after = self.patience.answer;
            return Poll::Ready(Unfit::TooLate { after });
        }
        while self.stretch.as_mut().poll(context).is_ready() {
            let bytes = self.bytes - self.bytes_before;
            if bytes < self.patience.stretch_bytes_min() {
                let stretch = self.patience.silent;
                return Poll::Ready(Unfit::TooSlow { bytes, stretch });
            }
            self.bytes_before = self.bytes;
            self.stretch = Box::pin(sleep(self.patience.silent));
        }
        Poll::Pending
    }
}

impl<B> Body for Watched<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => return Poll::Ready(None),
            // Only what is waited for can be late: bytes that are there may have waited for us.
            Poll::Pending => return self.late(context).map(|unfit| Some(Err(unfit.into()))),
        };
        let taken = frame.data_ref().map_or(Ok(()), |data| self.take(data));
        Poll::Ready(Some(taken.map(|()| frame).map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
