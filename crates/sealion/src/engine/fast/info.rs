//! `transactionInfo` and `redactionInfo`: hashed as a whole, and read once more for
//! the claims that cross-checks need.

use sealion_ion::{Batch, Pass, Reason, Type};

use super::{Decoder, Slots};
use crate::blocks::block::{Document, RedactionInfo, RedactionOrder, Statement, TransactionInfo};

impl Decoder<'_> {
    pub(super) fn transaction_info(
        &mut self,
        at: usize,
        slots: &mut Slots,
        batch: &mut Batch,
    ) -> Result<TransactionInfo, Pass> {
        let mut inside = self.fork();
        slots.transaction_info = Some(self.reader.hash_into(batch)?);
        let (mut statements, mut documents) = (None, None);
        inside.enter(Type::Struct)?;
        while let Some((name, at)) = inside.field()? {
            match &*name {
                "statements" => {
                    let found = inside.statements(slots, batch)?;
                    inside.once(&mut statements, found, at)?;
                }
                "documents" => {
                    let found = inside.documents()?;
                    inside.once(&mut documents, found, at)?;
                }
                _ => return inside.pass(at, Reason::Unexpected),
            }
        }
        inside.reader.leave()?;
        Ok(TransactionInfo {
            offset: self.file_offset(at),
            statements: statements.unwrap_or_default(),
            documents,
        })
    }

    fn statements(&mut self, slots: &mut Slots, batch: &mut Batch) -> Result<Vec<Statement>, Pass> {
        let mut statements = Vec::new();
        self.enter(Type::List)?;
        while let Some(start) = self.item()? {
            let (mut text, mut digest, mut slot) = (None, None, None);
            self.enter(Type::Struct)?;
            while let Some((name, at)) = self.field()? {
                match &*name {
                    "statement" => {
                        let mut again = self.reader.clone();
                        let found = self.text()?;
                        // A parameter takes part in the digest and is not here.
                        if !found.contains('?') {
                            slot = Some(again.hash_into(batch)?);
                        }
                        self.once(&mut text, found, at)?;
                    }
                    "statementDigest" => {
                        let found = self.hash(at)?;
                        self.once(&mut digest, found, at)?;
                    }
                    "startTime" => {}
                    _ => return self.pass(at, Reason::Unexpected),
                }
            }
            self.reader.leave()?;
            statements.push(Statement {
                text: self.required(text, start)?,
                digest: self.required(digest, start)?,
            });
            slots.statements.push(slot);
        }
        self.reader.leave()?;
        Ok(statements)
    }

    fn documents(&mut self) -> Result<Vec<Document>, Pass> {
        let mut documents = Vec::new();
        self.enter(Type::Struct)?;
        while let Some((id, start)) = self.field()? {
            let (mut table_name, mut table_id) = (None, None);
            self.enter(Type::Struct)?;
            while let Some((name, at)) = self.field()? {
                match &*name {
                    "tableName" => {
                        let found = self.text()?;
                        self.once(&mut table_name, found, at)?;
                    }
                    "tableId" => {
                        let found = self.text()?;
                        self.once(&mut table_id, found, at)?;
                    }
                    "statements" => {}
                    _ => return self.pass(at, Reason::Unexpected),
                }
            }
            self.reader.leave()?;
            documents.push(Document {
                offset: self.file_offset(start),
                id: id.into_owned(),
                table_name,
                table_id,
            });
        }
        self.reader.leave()?;
        Ok(documents)
    }

    pub(super) fn redaction_info(
        &mut self,
        at: usize,
        slots: &mut Slots,
        batch: &mut Batch,
    ) -> Result<RedactionInfo, Pass> {
        let mut inside = self.fork();
        slots.redaction_info = Some(self.reader.hash_into(batch)?);
        let mut orders = None;
        inside.enter(Type::Struct)?;
        while let Some((name, at)) = inside.field()? {
            match &*name {
                "revisions" => {
                    let found = inside.orders()?;
                    inside.once(&mut orders, found, at)?;
                }
                _ => return inside.pass(at, Reason::Unexpected),
            }
        }
        inside.reader.leave()?;
        Ok(RedactionInfo {
            offset: self.file_offset(at),
            orders: inside.required(orders, at)?,
        })
    }

    fn orders(&mut self) -> Result<Vec<RedactionOrder>, Pass> {
        let mut orders = Vec::new();
        self.enter(Type::List)?;
        while let Some(start) = self.item()? {
            let (mut address, mut table_id) = (None, None);
            let (mut document_id, mut version) = (None, None);
            self.enter(Type::Struct)?;
            while let Some((name, at)) = self.field()? {
                match &*name {
                    "blockAddress" => {
                        let found = self.address(at)?.address;
                        self.once(&mut address, found, at)?;
                    }
                    "tableId" => {
                        let found = self.text()?;
                        self.once(&mut table_id, found, at)?;
                    }
                    "documentId" => {
                        let found = self.text()?;
                        self.once(&mut document_id, found, at)?;
                    }
                    "version" => {
                        let found = self.reader.uint()?;
                        self.once(&mut version, found, at)?;
                    }
                    _ => return self.pass(at, Reason::Unexpected),
                }
            }
            self.reader.leave()?;
            orders.push(RedactionOrder {
                address: self.required(address, start)?,
                table_id: self.required(table_id, start)?,
                document_id: self.required(document_id, start)?,
                version: self.required(version, start)?,
            });
        }
        self.reader.leave()?;
        Ok(orders)
    }
}
