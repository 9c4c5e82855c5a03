//! A TCP proxy whose connections are worse than those of this machine.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// What happens to answers on their way.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// Every connection is closed after so many bytes of answers.
    CutAfter(u64),
    /// The first connections, in all so many, are closed after so many bytes of answers.
    CutFirst {
        /// How many connections.
        connections: usize,
        /// After how many bytes.
        after: u64,
    },
    /// So many bytes at most go through, then a pause of so many milliseconds.
    Slow {
        /// Bytes at a time.
        bytes: usize,
        /// Milliseconds between them.
        pause_ms: u64,
    },
    /// Connections on which an object is asked for whose name has this in it are closed after
    /// so many further bytes of answers.
    CutObject {
        /// A part of its name that stands in URLs as it is.
        name: &'static str,
        /// After how many bytes.
        after: u64,
    },
    /// Whoever asks for such an object is answered with this status, in the words of S3.
    RefuseObject {
        /// A part of its name that stands in URLs as it is.
        name: &'static str,
        /// `403 Forbidden`.
        status: &'static str,
        /// `AccessDenied`.
        code: &'static str,
    },
}

impl Fault {
    /// Whether `bytes` of a client ask for the object that is in trouble.
    fn is_about(self, bytes: &[u8]) -> bool {
        let (Fault::CutObject { name, .. } | Fault::RefuseObject { name, .. }) = self else {
            return false;
        };
        let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or(bytes);
        line.starts_with(b"GET ") && line.windows(name.len()).any(|part| part == name.as_bytes())
    }
}

/// A running proxy, and what went through it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicUsize,
    open: AtomicUsize,
    open_most: AtomicUsize,
    bytes: AtomicU64,
}

impl Proxy {
    /// Connections accepted so far.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.counts.accepted.load(Ordering::SeqCst)
    }

    /// The most connections that were open at once.
    #[must_use]
    pub fn open_most(&self) -> usize {
        self.counts.open_most.load(Ordering::SeqCst)
    }

    /// Bytes of answers so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.counts.bytes.load(Ordering::SeqCst)
    }
}

/// Listens on a free port and hands everything on to `to`, until the process ends.
///
/// # Panics
/// If there is no free port.
#[must_use]
pub fn serve(to: SocketAddr, fault: Fault) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let proxy = Proxy {
        address: listener.local_addr().expect("a bound port"),
        counts: Arc::default(),
    };
    let counts = proxy.counts.clone();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(to) else {
                continue;
            };
            let number = counts.accepted.fetch_add(1, Ordering::SeqCst);
            let open = counts.open.fetch_add(1, Ordering::SeqCst) + 1;
            counts.open_most.fetch_max(open, Ordering::SeqCst);
            hand_on(client, server, fault, number, counts.clone());
        }
    });
    proxy
}

fn hand_on(client: TcpStream, server: TcpStream, fault: Fault, number: usize, counts: Arc<Counts>) {
    let (Ok(asked), Ok(asking)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let left = Arc::new(AtomicU64::new(match fault {
        Fault::CutAfter(bytes) => bytes,
        Fault::CutFirst { connections, after } if number < connections => after,
        _ => u64::MAX,
    }));
    let own = left.clone();
    thread::spawn(move || {
        ask(&asked, &asking, fault, &own);
        let _ = asking.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        answer(server, &client, fault, &left, &counts);
        let _ = client.shutdown(Shutdown::Both);
        counts.open.fetch_sub(1, Ordering::SeqCst);
    });
}

/// Hands requests on. Clients of S3 send the first line of each at once, after the answer before.
fn ask(mut client: &TcpStream, mut server: &TcpStream, fault: Fault, left: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        let request = &buffer[..count];
        match fault {
            Fault::RefuseObject { status, code, .. } if fault.is_about(request) => {
                let body = format!("<Error><Code>{code}</Code><Message>{status}</Message></Error>");
                let length = body.len();
                let _ = write!(
                    client,
                    "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\n\
                     content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                return;
            }
            Fault::CutObject { after, .. } if fault.is_about(request) => {
                left.fetch_min(after, Ordering::SeqCst);
            }
            _ => {}
        }
        if server.write_all(request).is_err() {
            return;
        }
    }
}

fn answer(
    mut server: TcpStream,
    mut client: &TcpStream,
    fault: Fault,
    left: &AtomicU64,
    counts: &Counts,
) {
    let mut buffer = vec![0; 64 << 10];
    let at_once = match fault {
        Fault::Slow { bytes, .. } => bytes.min(buffer.len()),
        _ => buffer.len(),
    };
    loop {
        let Ok(count) = server.read(&mut buffer[..at_once]) else {
            return;
        };
        // Looked at after the answer came: what was asked for is known by then.
        let most = left.load(Ordering::SeqCst);
        let count = count.min(usize::try_from(most).unwrap_or(usize::MAX));
        if count == 0 || client.write_all(&buffer[..count]).is_err() {
            return;
        }
        counts.bytes.fetch_add(count as u64, Ordering::SeqCst);
        let spent =
            most != u64::MAX && left.fetch_sub(count as u64, Ordering::SeqCst) <= count as u64;
        if spent {
            break;
        }
        if let Fault::Slow { pause_ms, .. } = fault {
            thread::sleep(Duration::from_millis(pause_ms));
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}
