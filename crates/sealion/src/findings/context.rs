//! Making findings about one value: where it lies, what it is part of.

use std::sync::Arc;

use super::code::Code;
use super::finding::Finding;
use crate::blocks::claim::{Id, RecordedHash, Twice};
use crate::blocks::read::Unfit;
use crate::blocks::{BlockAddress, Hash};

/// What findings about one block or revision have in common.
pub(crate) struct Context<'a> {
    pub(crate) path: &'a Arc<str>,
    pub(crate) address: Option<&'a BlockAddress>,
    /// Document and version, inside a revision.
    pub(crate) document: Option<(&'a Id, Option<u64>)>,
    /// The revision's number in its block, inside one: fields are then named
    /// `revisions[2].hash`.
    pub(crate) revision: Option<usize>,
}

impl<'a> Context<'a> {
    /// For findings about a file as a whole.
    pub(crate) fn of_file(path: &'a Arc<str>) -> Context<'a> {
        Context {
            path,
            address: None,
            document: None,
            revision: None,
        }
    }

    /// For findings about what is, or says that it is, at an address.
    pub(crate) fn at(path: &'a Arc<str>, address: &'a BlockAddress) -> Context<'a> {
        Context {
            address: Some(address),
            ..Context::of_file(path)
        }
    }

    pub(crate) fn finding(
        &self,
        code: Code,
        field: &str,
        offset: u64,
        message: impl Into<String>,
    ) -> Finding {
        let field = match self.revision {
            Some(index) => format!("revisions[{index}].{field}"),
            None => field.to_owned(),
        };
        let mut finding = Finding::new(code, message)
            .field(field)
            .source(self.path, Some(offset));
        if let Some(address) = self.address {
            finding = finding.at(address);
        }
        if let Some((id, version)) = self.document {
            finding = finding.document(id.as_str(), version);
        }
        finding
    }

    /// The hash, if it is one; else (or if it is all zeros) a finding as well.
    pub(crate) fn hash(
        &self,
        field: &str,
        recorded: &RecordedHash,
        findings: &mut Vec<Finding>,
    ) -> Option<Hash> {
        match recorded.hash {
            None => findings.push(
                self.finding(
                    Code::HashLength,
                    field,
                    recorded.offset,
                    format!("{field} has {} bytes; a hash has 32", recorded.length),
                )
                .remedy("no hash of this length comes from QLDB: get another copy of the data"),
            ),
            Some(Hash::ZERO) => findings.push(
                self.finding(
                    Code::Emulator,
                    field,
                    recorded.offset,
                    format!("{field} is all zeros, which SHA-256 never gives"),
                )
                .claimed(Hash::ZERO.to_string())
                .remedy("this comes from a test double of QLDB, not from the service"),
            ),
            Some(_) => {}
        }
        recorded.hash
    }

    /// Two hashes that should be equal: the recorded one, and ours.
    pub(crate) fn mismatch(
        &self,
        code: Code,
        field: &str,
        recorded: &RecordedHash,
        ours: &Hash,
        message: impl Into<String>,
    ) -> Finding {
        let claimed = recorded.hash.map_or_else(
            || format!("{} bytes", recorded.length),
            |hash| hash.to_string(),
        );
        self.finding(code, field, recorded.offset, message)
            .values(claimed, ours.to_string())
    }

    pub(crate) fn repeated(&self, repeated: &[(String, Twice)], findings: &mut Vec<Finding>) {
        for (name, Twice { first, again }) in repeated {
            // Within a text that stood in a string, both are where that is.
            let before = match first == again {
                true => String::new(),
                false => format!(" and at byte {first} before"),
            };
            findings.push(
                self.finding(
                    Code::DuplicateField,
                    name,
                    *again,
                    format!(
                        "the field {name} stands here{before}, twice: readers differ on which one counts"
                    ),
                )
                .remedy("QLDB never writes a field twice: get another copy of the data"),
            );
        }
    }

    /// Content that could not be hashed or read: not wrong, not settled.
    pub(crate) fn unfit(&self, field: &str, unfit: &Unfit) -> Finding {
        let message = format!("expected {}, found {}", unfit.expected, unfit.found);
        match unfit.limit {
            Some(name) => self
                .finding(Code::Limit, field, unfit.offset, message)
                .remedy(format!("if the data is genuine, raise the limit: --limit {name}=N")),
            None => self.finding(Code::Malformed, field, unfit.offset, message).remedy(
                "not settled by this tool: compare with another copy, or check this value by other means",
            ),
        }
    }
}
