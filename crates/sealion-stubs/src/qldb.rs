//! QLDB's API over a made ledger (AWS's service model of QLDB, API version 2019-01-02): digests, blocks,
//! revisions and the descriptions of exports, with their errors. It takes no orders: an archive cannot
//! change. Signatures are not checked, since a server over an archive cannot know the secret.

mod answers;
mod fault;
mod ledger;
mod refusal;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;

pub use fault::Fault;
pub use ledger::Ledger;
pub use refusal::Refusal;

use crate::listen;

/// A running server.
#[derive(Clone)]
pub struct Qldb {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    ledger: Ledger,
    fault: Mutex<Option<Fault>>,
    seen: Mutex<Vec<Seen>>,
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `POST /ledgers/NAME/digest`.
    pub line: String,
    /// Whether it was signed.
    pub signed: bool,
}

impl Qldb {
    /// Serves `ledger` on `port`, or on a free one for 0, until the process ends.
    ///
    /// # Panics
    /// If the port is taken.
    #[must_use]
    pub fn serve(ledger: Ledger, port: u16) -> Qldb {
        let (runtime, listener) = listen(port).expect("a port to listen on");
        let address = listener.local_addr().expect("a bound port");
        let state = Arc::new(State {
            ledger,
            fault: Mutex::default(),
            seen: Mutex::default(),
        });
        let own = state.clone();
        std::thread::spawn(move || {
            runtime.block_on(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let state = own.clone();
                    tokio::spawn(async move {
                        let service = service_fn(move |request| answer(state.clone(), request));
                        let server = Builder::new(TokioExecutor::new());
                        // Clients may leave at any time.
                        let _ = server.serve_connection(TokioIo::new(socket), service).await;
                    });
                }
            });
        });
        Qldb { address, state }
    }

    /// From now on answers with this fault, or rightly again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *lock(&self.state.fault) = fault;
    }

    /// The requests since the last call.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *lock(&self.state.seen))
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let line = format!("{} {}", request.method(), request.uri());
    lock(&state.seen).push(Seen {
        line: line.clone(),
        signed: request.headers().contains_key("authorization"),
    });
    let Ok(body) = request.into_body().collect().await else {
        // The client has gone; nobody reads this.
        return Ok(Response::default());
    };
    let body = body.to_bytes();
    let fault = *lock(&state.fault);
    // Proving reads the whole journal, on threads of its own.
    let work = move || {
        let answer = answers::answer(&state.ledger, &line, &body, fault);
        fault::applied(answer, fault)
    };
    let response = tokio::task::spawn_blocking(work).await;
    Ok(response.unwrap_or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
