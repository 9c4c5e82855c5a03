//! A server over a made ledger, and the real client in front of it.

use std::net::SocketAddr;

use sealion::{BlockAddress, Digest, Report, StrandId, Verifier};
use sealion_aws::{Connection, Settings};
use sealion_fetch::{verify, Answer, Ledger};
use sealion_stubs::qldb::{self, Qldb};
use sealion_stubs::{url, KEY_ID, SECRET};

/// The ledger's name.
pub const NAME: &str = "boat-registry";

/// A server, and what is true of its ledger.
pub struct Stub {
    pub server: Qldb,
    pub digest: Digest,
    pub tip: BlockAddress,
    /// Block and document of every revision.
    pub documents: Vec<(u64, String)>,
}

impl Stub {
    pub fn new() -> Stub {
        // All tests of this process use the same credentials.
        std::env::set_var("AWS_ACCESS_KEY_ID", KEY_ID);
        std::env::set_var("AWS_SECRET_ACCESS_KEY", SECRET);
        let ledger = qldb::Ledger::made(NAME, 5, 16);
        let documents = ledger.documents().into_iter();
        Stub {
            digest: ledger.digest(ledger.last()),
            tip: BlockAddress::new(StrandId::new(ledger.strand_id()), ledger.last()),
            documents: documents.map(|(block, id, _)| (block, id)).collect(),
            server: Qldb::serve(ledger, 0),
        }
    }

    pub fn at(&self, sequence_no: u64) -> BlockAddress {
        BlockAddress::new(self.tip.strand_id.clone(), sequence_no)
    }

    pub fn ledger(&self) -> Ledger {
        Ledger::new(&connection(self.server.address, false), NAME)
    }

    /// Verifies an answer against the true digest.
    pub fn verified(&self, answer: &Answer) -> Report {
        verify(Verifier::new().against(self.digest.clone()), [answer]).unwrap()
    }
}

pub fn connection(to: SocketAddr, anonymous: bool) -> Connection {
    let settings = Settings {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url(to)),
        anonymous,
        ..Settings::default()
    };
    Connection::open(&settings).unwrap()
}
