//! The revisions of a block.

use sealion_ion::{Batch, Pass, Reason, Slot, Type};

use super::block::Decoder;
use super::source::{pass, Source};
use super::{Desk, Slots};
use crate::blocks::revision::{Kind, Metadata, Revision, METADATA_FIELDS as FIELDS};

impl<'a, S: Source<'a>> Decoder<'_, S> {
    pub(super) fn revisions(
        &mut self,
        with_content: bool,
        slots: &mut Slots,
        desk: &mut Desk,
    ) -> Result<Vec<Revision>, Pass> {
        let mut revisions = desk.spare.revisions.pop().unwrap_or_default();
        self.source.enter(Type::List)?;
        while let Some(at) = self.source.item()? {
            if revisions.len() >= self.limits.hashes_max as usize {
                return pass(at, Reason::Count);
            }
            let (revision, data, metadata) = self.revision(at, with_content, &mut desk.batch)?;
            revisions.push(revision);
            slots.revisions.push((data, metadata));
        }
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
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
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
                        true => self.data(at, batch)?,
                        false => {
                            self.source.skip()?;
                            None
                        }
                    };
                    self.once(&mut data, slot, at)?;
                }
                "metadata" => {
                    let mut slot = None;
                    let found = match with_content {
                        true => {
                            let end = self.hash_first(batch, &mut slot)?;
                            let found = self.metadata(at)?;
                            self.read_to(end)?;
                            found
                        }
                        false => self.metadata(at)?,
                    };
                    self.once(&mut metadata, (found, slot), at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
        let internal =
            address.is_none() && data.is_none() && data_hash.is_none() && metadata.is_none();
        let (metadata, metadata_slot) = match (internal, metadata) {
            (true, _) => (None, None),
            (false, Some((metadata, slot))) => (Some(metadata), slot),
            (false, None) => return pass(start, Reason::Count),
        };
        if !internal && address.is_none() {
            return pass(start, Reason::Count);
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
            uncovered: Vec::new(),
            data_like_metadata: false,
        };
        Ok((revision, data.flatten(), metadata_slot))
    }

    /// Data, unless it has the fields of metadata: then the reference says whether the two may
    /// have been exchanged.
    fn data(&mut self, start: usize, batch: &mut Batch) -> Result<Option<Slot>, Pass> {
        let mut slot = None;
        let end = self.hash_first(batch, &mut slot)?;
        self.source.enter(Type::Struct)?;
        let mut fields = 0;
        while let Some((name, _)) = self.source.named()? {
            if fields == FIELDS.len() || !FIELDS.contains(&&*name) {
                self.source.leave_hashed(end)?;
                return self.read_to(end).map(|()| slot);
            }
            self.source.skip_hashed()?;
            fields += 1;
        }
        match fields == FIELDS.len() {
            true => pass(start, Reason::Unexpected),
            false => self.read_to(end).map(|()| slot),
        }
    }

    fn metadata(&mut self, start: usize) -> Result<Metadata, Pass> {
        let (mut id, mut version, mut tx_time, mut tx_id) = (None, None, None, None);
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
            match &*name {
                "id" => {
                    let found = self.id()?;
                    self.once(&mut id, found, at)?;
                }
                "version" => {
                    let found = self.source.uint()?;
                    self.once(&mut version, found, at)?;
                }
                "txTime" => {
                    let found = self.source.time()?;
                    self.once(&mut tx_time, found, at)?;
                }
                "txId" => {
                    let found = (self.id()?, self.file_offset(at));
                    self.once(&mut tx_id, found, at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
        Ok(Metadata {
            id: self.required(id, start)?,
            version: self.required(version, start)?,
            tx_time: self.required(tx_time, start)?,
            tx_id: self.required(tx_id, start)?,
        })
    }
}
