//! The revisions of a block.

use sealion_ion::{Batch, Pass, Reason, Slot, Type};

use super::{Decoder, Slots};
use crate::blocks::revision::{Kind, Metadata, Revision};

impl Decoder<'_> {
    pub(super) fn revisions(
        &mut self,
        with_content: bool,
        slots: &mut Slots,
        batch: &mut Batch,
    ) -> Result<Vec<Revision>, Pass> {
        let mut revisions = Vec::new();
        self.enter(Type::List)?;
        while let Some(at) = self.item()? {
            if revisions.len() >= self.limits.hashes_max as usize {
                return self.pass(at, Reason::Count);
            }
            let (revision, data, metadata) = self.revision(at, with_content, batch)?;
            revisions.push(revision);
            slots.revisions.push((data, metadata));
        }
        self.reader.leave()?;
        Ok(revisions)
    }

    fn revision(
        &mut self,
        start: usize,
        with_content: bool,
        batch: &mut Batch,
    ) -> Result<(Revision, Option<Slot>, Option<Slot>), Pass> {
        let (mut address, mut hash, mut data_hash) = (None, None, None);
        let (mut data, mut metadata) = (None, None);
        self.enter(Type::Struct)?;
        while let Some((name, at)) = self.field()? {
            match &*name {
                "blockAddress" => {
                    let found = self.address(at)?;
                    self.once(&mut address, found, at)?;
                }
                "hash" => {
                    let found = self.hash(at)?;
                    self.once(&mut hash, found, at)?;
                }
                "dataHash" => {
                    let found = self.hash(at)?;
                    self.once(&mut data_hash, found, at)?;
                }
                "data" => {
                    let slot = match with_content {
                        true => Some(self.reader.hash_into(batch)?),
                        false => None,
                    };
                    self.once(&mut data, slot, at)?;
                }
                "metadata" => {
                    let mut inside = self.fork();
                    let slot = match with_content {
                        true => Some(self.reader.hash_into(batch)?),
                        false => None,
                    };
                    let found = (inside.metadata(at)?, slot);
                    self.once(&mut metadata, found, at)?;
                }
                _ => return self.pass(at, Reason::Unexpected),
            }
        }
        self.reader.leave()?;
        let internal =
            address.is_none() && data.is_none() && data_hash.is_none() && metadata.is_none();
        let (metadata, metadata_slot) = match (internal, metadata) {
            (true, _) => (None, None),
            (false, Some((metadata, slot))) => (Some(metadata), slot),
            (false, None) => return self.pass(start, Reason::Count),
        };
        if !internal && address.is_none() {
            return self.pass(start, Reason::Count);
        }
        let kind = match (internal, &data, &data_hash) {
            (true, _, _) => Kind::Internal,
            (false, Some(_), _) => Kind::User,
            (false, None, Some(_)) => Kind::Redacted,
            (false, None, None) => Kind::Deleting,
        };
        let revision = Revision {
            offset: self.file_offset(start),
            kind,
            address,
            hash: self.required(hash, start)?,
            data_hash,
            metadata,
            summary_id: None,
            table: None,
            json: false,
            repeated: Vec::new(),
            unknown: Vec::new(),
        };
        Ok((revision, data.flatten(), metadata_slot))
    }

    fn metadata(&mut self, start: usize) -> Result<Metadata, Pass> {
        let (mut id, mut version, mut tx_time, mut tx_id) = (None, None, None, None);
        self.enter(Type::Struct)?;
        while let Some((name, at)) = self.field()? {
            match &*name {
                "id" => {
                    let found = self.text()?;
                    self.once(&mut id, found, at)?;
                }
                "version" => {
                    let found = self.reader.uint()?;
                    self.once(&mut version, found, at)?;
                }
                "txTime" => {
                    let found = self.time()?;
                    self.once(&mut tx_time, found, at)?;
                }
                "txId" => {
                    let found = (self.text()?, self.file_offset(at));
                    self.once(&mut tx_id, found, at)?;
                }
                _ => return self.pass(at, Reason::Unexpected),
            }
        }
        self.reader.leave()?;
        Ok(Metadata {
            id: self.required(id, start)?,
            version: self.required(version, start)?,
            tx_time: self.required(tx_time, start)?,
            tx_id: self.required(tx_id, start)?,
        })
    }
}
