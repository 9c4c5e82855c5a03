//! A ledger behind an endpoint, and what can be asked of it. Nothing here changes anything there.

use std::collections::HashSet;
use std::future::Future;

use aws_sdk_qldb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_qldb::types::ValueHolder;
use aws_sdk_qldb::Client;
use sealion::{BlockAddress, Digest, Hash, Request};
use sealion_aws::{shortened, Connection};
use serde_json::json;

use crate::client::client;
use crate::explain::{explain, Asked};
use crate::{Answer, Error, Export, PAGES_MAX, SERVICE_ID};

/// A ledger of this name. Answers are read whole into memory.
#[derive(Clone, Debug)]
pub struct Ledger {
    connection: Connection,
    client: Client,
    name: String,
}

impl Ledger {
    /// The ledger `name` where `connection` leads. Nothing is sent yet.
    pub fn new(connection: &Connection, name: &str) -> Ledger {
        Ledger {
            client: client(connection),
            connection: connection.clone(),
            name: name.to_owned(),
        }
    }

    /// Where it is asked.
    pub fn endpoint(&self) -> String {
        let own = self.connection.endpoint_url(SERVICE_ID);
        own.unwrap_or_else(|| format!("https://qldb.{}.amazonaws.com", self.connection.region()))
    }

    /// GetDigest: the digest at the ledger's tip, as the endpoint claims.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Malformed`] also if it is not 32 bytes, or its tip is no address.
    pub fn digest(&self) -> Result<(Digest, Answer), Error> {
        let what = "GetDigest";
        let request = self.client.get_digest().name(&self.name);
        let output = self.ask(what, request.send())?;
        let bytes = output.digest().as_ref();
        let hash = Hash::from_slice(bytes).ok_or_else(|| {
            self.malformed(
                what,
                "a Digest of 32 bytes",
                format!("{} bytes", bytes.len()),
            )
        })?;
        let tip = self.ion_text(what, "a DigestTipAddress", output.digest_tip_address())?;
        let address: BlockAddress = tip.parse().map_err(|error: sealion::ParseAddressError| {
            self.malformed(
                what,
                "a block address as DigestTipAddress",
                error.to_string(),
            )
        })?;
        let digest = Digest {
            hash,
            strand_id: Some(address.strand_id),
            sequence_no: Some(address.sequence_no),
        };
        let answer = Answer {
            name: what.to_owned(),
            value: json!({
                "Digest": hash.to_string(),
                "DigestTipAddress": { "IonText": tip },
            }),
            request: None,
        };
        Ok((digest, answer))
    }

    /// GetBlock: the block at `address`, and the proof that leads from it to the digest with this tip.
    /// Without a tip there is no proof in the answer.
    ///
    /// # Errors
    /// [`Error`]. Whether the block is the right one is for [`verify`](crate::verify) to say.
    pub fn block(
        &self,
        address: &BlockAddress,
        tip: Option<&BlockAddress>,
    ) -> Result<Answer, Error> {
        let what = format!("GetBlock {}", address.sequence_no);
        let request = self
            .client
            .get_block()
            .name(&self.name)
            .block_address(holder(address))
            .set_digest_tip_address(tip.map(holder));
        let output = self.ask(&what, request.send())?;
        let block = self.ion_text(&what, "a Block", output.block())?;
        let proof = self.proof(&what, output.proof())?;
        Ok(self.answer(what, "Block", &block, proof, address, None))
    }

    /// GetRevision: the revision of the document in the block at `address`, and the proof that leads
    /// from it to the digest with this tip. Without a tip there is no proof in the answer.
    ///
    /// # Errors
    /// [`Error`]. Whether the revision is the right one is for [`verify`](crate::verify) to say.
    pub fn revision(
        &self,
        address: &BlockAddress,
        document_id: &str,
        tip: Option<&BlockAddress>,
    ) -> Result<Answer, Error> {
        let what = format!("GetRevision {document_id} in {}", address.sequence_no);
        let request = self
            .client
            .get_revision()
            .name(&self.name)
            .block_address(holder(address))
            .document_id(document_id)
            .set_digest_tip_address(tip.map(holder));
        let output = self.ask(&what, request.send())?;
        let revision = self.ion_text(&what, "a Revision", output.revision())?;
        let proof = self.proof(&what, output.proof())?;
        let id = Some(document_id.to_owned());
        Ok(self.answer(what, "Revision", &revision, proof, address, id))
    }

    /// DescribeJournalS3Export: one export.
    ///
    /// # Errors
    /// [`Error`].
    pub fn export(&self, id: &str) -> Result<Export, Error> {
        let what = "DescribeJournalS3Export";
        let request = self.client.describe_journal_s3_export();
        let request = request.name(&self.name).export_id(id);
        let output = self.ask(what, request.send())?;
        let found = output.export_description().cloned();
        found
            .map(Export::new)
            .ok_or_else(|| self.malformed(what, "an ExportDescription", "none".to_owned()))
    }

    /// ListJournalS3ExportsForLedger: all exports, over all pages.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Malformed`] also if a page brings an export again, or there are more than
    /// [`PAGES_MAX`] pages.
    pub fn exports(&self) -> Result<Vec<Export>, Error> {
        let what = "ListJournalS3ExportsForLedger";
        let (mut exports, mut token) = (Vec::new(), None);
        let mut ids = HashSet::new();
        for _ in 0..PAGES_MAX {
            let request = self.client.list_journal_s3_exports_for_ledger();
            let request = request.name(&self.name).set_next_token(token.clone());
            let page = self.ask(what, request.send())?;
            let found = page
                .journal_s3_exports
                .ok_or_else(|| self.malformed(what, "JournalS3Exports", "none".to_owned()))?;
            for export in found {
                if !ids.insert(export.export_id().to_owned()) {
                    let found = format!("{} again", shortened(export.export_id()));
                    return Err(self.malformed(what, "each export once", found));
                }
                exports.push(Export::new(export));
            }
            // An empty token, too, marks the last page.
            let next = page.next_token.filter(|next| !next.is_empty());
            if next.is_none() {
                return Ok(exports);
            }
            if next == token {
                let found = "the one that this page was asked for with".to_owned();
                return Err(self.malformed(what, "another NextToken", found));
            }
            token = next;
        }
        Err(self.malformed(what, "a last page", format!("more than {PAGES_MAX} pages")))
    }

    fn answer(
        &self,
        name: String,
        member: &str,
        text: &str,
        proof: Option<String>,
        address: &BlockAddress,
        document_id: Option<String>,
    ) -> Answer {
        let mut value = json!({ member: { "IonText": text } });
        if let Some(proof) = proof {
            value["Proof"] = json!({ "IonText": proof });
        }
        Answer {
            name,
            value,
            request: Some(Request {
                address: address.clone(),
                document_id,
            }),
        }
    }

    fn proof(&self, what: &str, holder: Option<&ValueHolder>) -> Result<Option<String>, Error> {
        match holder {
            None => Ok(None),
            some => self.ion_text(what, "a Proof", some).map(Some),
        }
    }

    fn ion_text(
        &self,
        what: &str,
        expected: &'static str,
        holder: Option<&ValueHolder>,
    ) -> Result<String, Error> {
        let text = holder.and_then(ValueHolder::ion_text);
        let missing = || self.malformed(what, expected, "none, or one without IonText".to_owned());
        text.map(str::to_owned).ok_or_else(missing)
    }

    fn malformed(&self, what: &str, expected: &'static str, found: String) -> Error {
        Error::Malformed {
            asked: self.asked(what).what,
            expected,
            found,
        }
    }

    fn asked(&self, what: &str) -> Asked {
        Asked {
            what: format!("{what} of ledger {}", self.name),
            endpoint: self.endpoint(),
            endpoint_given: self.connection.endpoint_url(SERVICE_ID).is_some(),
        }
    }

    /// Waits for the answer to `request`.
    fn ask<T, E>(
        &self,
        what: &str,
        request: impl Future<Output = Result<T, SdkError<E>>> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: ProvideErrorMetadata + std::error::Error + Send + 'static,
    {
        let asked = self.asked(what);
        match self.connection.spawn(request).wait() {
            Ok(outcome) => outcome.map_err(|error| explain(&error, asked)),
            Err(source) => Err(Error::Broken {
                asked: asked.what,
                source,
            }),
        }
    }
}

fn holder(address: &BlockAddress) -> ValueHolder {
    ValueHolder::builder().ion_text(address.to_string()).build()
}
