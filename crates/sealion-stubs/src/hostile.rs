//! An HTTP server that answers what a test says, byte for byte: answers that no honest server gives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::{KEY_ID, SECRET};

/// What no other server may ever see.
pub const TOKEN: &str = "a-session-token-for-one-server-alone";

/// Gives the clients of this process credentials, with a token.
pub fn set_credentials() {
    std::env::set_var("AWS_ACCESS_KEY_ID", KEY_ID);
    std::env::set_var("AWS_SECRET_ACCESS_KEY", SECRET);
    std::env::set_var("AWS_SESSION_TOKEN", TOKEN);
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET /bucket?list-type=2 HTTP/1.1`, and the headers, a line each.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Request {
    /// The value of a parameter in its URL, as it stands there.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let target = self.head.split(' ').nth(1)?;
        let mut parts = target.split_once('?')?.1.split('&');
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    }
}

/// What comes behind the bytes of an answer.
#[derive(Clone, Debug)]
enum Tail {
    /// The end of the connection.
    End,
    /// The same bytes again and again, until the client leaves.
    Repeated(Vec<u8>, Option<Duration>),
    /// Nothing, while the connection stays open.
    Silence,
}

/// An answer. The connection is closed behind it.
#[derive(Clone, Debug)]
pub struct Answer {
    head: String,
    body: Vec<u8>,
    length: Option<u64>,
    tail: Tail,
}

impl Answer {
    /// `status` as in `200 OK`, with this body and its length.
    #[must_use]
    pub fn new(status: &str, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        Answer {
            head: format!("HTTP/1.1 {status}\r\nconnection: close\r\n"),
            length: Some(body.len() as u64),
            body,
            tail: Tail::End,
        }
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    /// With another length than the body's in its head.
    #[must_use]
    pub fn announced(mut self, length: u64) -> Answer {
        self.length = Some(length);
        self
    }

    /// Chunked, with these bytes behind the body for ever.
    #[must_use]
    pub fn endless(mut self, bytes: impl Into<Vec<u8>>) -> Answer {
        self.length = None;
        self.tail = Tail::Repeated(bytes.into(), None);
        self
    }

    /// As [`Answer::endless`], but these bytes come each time that `pause` is over.
    #[must_use]
    pub fn dripping(mut self, bytes: impl Into<Vec<u8>>, pause: Duration) -> Answer {
        self.length = None;
        self.tail = Tail::Repeated(bytes.into(), Some(pause));
        self
    }

    /// With nothing behind the body, and no end.
    #[must_use]
    pub fn stuck(mut self) -> Answer {
        self.tail = Tail::Silence;
        self
    }

    fn send(&self, to: &mut TcpStream) -> std::io::Result<()> {
        let length = match self.length {
            Some(length) => format!("content-length: {length}"),
            None => "transfer-encoding: chunked".to_owned(),
        };
        to.set_nodelay(true)?;
        write!(to, "{}{length}\r\n\r\n", self.head)?;
        let write = match self.length {
            Some(_) => TcpStream::write_all,
            None => chunk,
        };
        write(to, &self.body)?;
        match &self.tail {
            Tail::End => Ok(()),
            // Until the client leaves.
            Tail::Silence => to.read(&mut [0]).map(|_| ()),
            Tail::Repeated(bytes, pause) => loop {
                write(to, bytes)?;
                pause.map(thread::sleep);
            },
        }
    }
}

fn chunk(to: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    if bytes.is_empty() {
        // It would be the last one.
        return Ok(());
    }
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend(bytes);
    framed.extend(b"\r\n");
    to.write_all(&framed)
}

/// A running server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// The requests so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Request> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

/// Answers every request as `answer` says, until the process ends.
///
/// # Panics
/// If there is no free port.
pub fn serve(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let server = Server {
        address: listener.local_addr().expect("a bound port"),
        seen: Arc::default(),
    };
    let (seen, answer) = (server.seen.clone(), Arc::new(answer));
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let (seen, answer) = (seen.clone(), answer.clone());
            thread::spawn(move || {
                let Some(request) = request(&client) else {
                    return;
                };
                let answer = answer(&request);
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(request);
                drop(seen);
                // Clients may leave at any time.
                let _ = answer.send(&mut client);
            });
        }
    });
    server
}

fn request(client: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Request { head, body })
}
