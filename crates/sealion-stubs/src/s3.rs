//! S3 over a folder: `s3s` speaks the protocol and checks signatures, `s3s-fs` keeps the objects.

mod files;

use std::net::SocketAddr;
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

use self::files::Files;
use crate::{listen, KEY_ID, SECRET};

/// Serves `folder` until the process ends; each of its sub-folders is a bucket. Only requests that are
/// signed by [`KEY_ID`] and [`SECRET`] are answered.
///
/// # Panics
/// If there is no such folder, or the port is taken.
#[must_use]
pub fn serve(folder: &Path, port: u16) -> SocketAddr {
    let mut service = S3ServiceBuilder::new(Files::new(folder));
    service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
    let service = service.build();
    let (runtime, listener) = listen(port).expect("a port to listen on");
    let address = listener.local_addr().expect("a bound port");
    std::thread::spawn(move || {
        runtime.block_on(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Head and body of an answer are two writes: the second must not wait for
                // the client to acknowledge the first, which takes 40 ms.
                let _ = socket.set_nodelay(true);
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    // Clients may leave at any time.
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
    });
    address
}
