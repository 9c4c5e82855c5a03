//! `transactionInfo` and `redactionInfo`: hashed as a whole, and read once more for
//! the claims that cross-checks need.

use sealion_ion::{Pass, Reason, Type};

use super::block::Decoder;
use super::source::{pass, Source};
use super::spare::Spare;
use super::{Desk, Slots};
use crate::blocks::block::{Document, RedactionInfo, RedactionOrder, Statement, TransactionInfo};

impl<'a, S: Source<'a>> Decoder<'_, S> {
    pub(super) fn transaction_info(
        &mut self,
        at: usize,
        slots: &mut Slots,
        desk: &mut Desk,
    ) -> Result<TransactionInfo, Pass> {
        let end = self.hash_first(&mut desk.batch, &mut slots.transaction_info)?;
        let (mut statements, mut documents) = (None, None);
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
            match &*name {
                "statements" => {
                    let found = self.statements(slots, desk)?;
                    self.once(&mut statements, found, at)?;
                }
                "documents" => {
                    let found = self.documents(&mut desk.spare)?;
                    self.once(&mut documents, found, at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
        self.read_to(end)?;
        Ok(TransactionInfo {
            offset: self.file_offset(at),
            statements: self.required(statements, at)?,
            documents,
        })
    }

    fn statements(&mut self, slots: &mut Slots, desk: &mut Desk) -> Result<Vec<Statement>, Pass> {
        let mut statements = desk.spare.statements.pop().unwrap_or_default();
        self.source.enter(Type::List)?;
        while let Some(start) = self.source.item()? {
            let (mut text, mut digest, mut slot) = (None, None, None);
            let mut start_time = None;
            self.source.enter(Type::Struct)?;
            while let Some((name, at)) = self.source.field()? {
                match &*name {
                    "statement" => {
                        let mark = self.source.mark();
                        let found = self.source.text()?;
                        // A parameter takes part in the digest and is not here.
                        if !found.contains('?') {
                            self.source.rewind(mark)?;
                            slot = Some(self.source.hash_into(&mut desk.batch)?);
                        }
                        self.once(&mut text, (), at)?;
                    }
                    "statementDigest" => {
                        let found = self.hash(at)?;
                        self.once(&mut digest, found, at)?;
                    }
                    "startTime" => {
                        self.source.skip_hashed()?;
                        self.once(&mut start_time, (), at)?;
                    }
                    _ => return pass(at, Reason::Unexpected),
                }
            }
            self.required(text, start)?;
            self.required(start_time, start)?;
            statements.push(Statement {
                text: String::new(),
                digest: self.required(digest, start)?,
            });
            slots.statements.push(slot);
        }
        Ok(statements)
    }

    fn documents(&mut self, spare: &mut Spare) -> Result<Vec<Document>, Pass> {
        let mut documents = spare.documents.pop().unwrap_or_default();
        self.source.enter(Type::Struct)?;
        while let Some((id, start)) = self.source.named()? {
            let (mut table_name, mut table_id) = (None, None);
            self.source.enter(Type::Struct)?;
            while let Some((name, at)) = self.source.field()? {
                match &*name {
                    // Only stream records have a name to compare it with.
                    "tableName" => {
                        self.source.text()?;
                        self.once(&mut table_name, (), at)?;
                    }
                    "tableId" => {
                        let found = self.id()?;
                        self.once(&mut table_id, found, at)?;
                    }
                    "statements" => self.source.skip_hashed()?,
                    _ => return pass(at, Reason::Unexpected),
                }
            }
            documents.push(Document {
                offset: self.file_offset(start),
                id: id.into(),
                table_name: None,
                table_id,
            });
        }
        Ok(documents)
    }

    pub(super) fn redaction_info(
        &mut self,
        at: usize,
        slots: &mut Slots,
        desk: &mut Desk,
    ) -> Result<RedactionInfo, Pass> {
        let end = self.hash_first(&mut desk.batch, &mut slots.redaction_info)?;
        let mut orders = None;
        self.source.enter(Type::Struct)?;
        while let Some((name, at)) = self.source.field()? {
            match &*name {
                "revisions" => {
                    let found = self.orders()?;
                    self.once(&mut orders, found, at)?;
                }
                _ => return pass(at, Reason::Unexpected),
            }
        }
        self.read_to(end)?;
        Ok(RedactionInfo {
            offset: self.file_offset(at),
            orders: self.required(orders, at)?,
        })
    }

    fn orders(&mut self) -> Result<Vec<RedactionOrder>, Pass> {
        let mut orders = Vec::new();
        self.source.enter(Type::List)?;
        while let Some(start) = self.source.item()? {
            let (mut address, mut table_id) = (None, None);
            let (mut document_id, mut version) = (None, None);
            self.source.enter(Type::Struct)?;
            while let Some((name, at)) = self.source.field()? {
                match &*name {
                    "blockAddress" => {
                        let found = self.address(at)?.address;
                        self.once(&mut address, found, at)?;
                    }
                    "tableId" => {
                        let found = self.id()?;
                        self.once(&mut table_id, found, at)?;
                    }
                    "documentId" => {
                        let found = self.id()?;
                        self.once(&mut document_id, found, at)?;
                    }
                    "version" => {
                        let found = self.source.uint()?;
                        self.once(&mut version, found, at)?;
                    }
                    _ => return pass(at, Reason::Unexpected),
                }
            }
            orders.push(RedactionOrder {
                address: self.required(address, start)?,
                table_id: self.required(table_id, start)?,
                document_id: self.required(document_id, start)?,
                version: self.required(version, start)?,
            });
        }
        Ok(orders)
    }
}
