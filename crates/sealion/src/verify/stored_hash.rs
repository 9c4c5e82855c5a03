//! SHA-256 of every input as stored, made along with the reading.
//!
//! A report names it, so that a second person can tell whether he has the same files; a run that goes on from a
//! checkpoint holds what it does not read again against it.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::blocks::Hash;
use crate::source::{Archive, Object};

/// The first bytes of an object, by their number and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) bytes: u64,
    pub(crate) hash: Hash,
}

impl Head {
    /// Whether the object begins with these bytes now. True without a look where the stamp of an object is made of
    /// its content.
    pub(super) fn still_leads(&self, archive: &dyn Archive, object: &Object) -> io::Result<bool> {
        if !archive.is_at_hand(object) {
            return Ok(true);
        }
        let mut input = archive.open(object)?.take(self.bytes);
        let (mut hasher, mut bytes) = (sealion_hash::Sha256::new(), 0);
        let mut buffer = vec![0; 256 << 10];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(bytes == self.bytes && hasher.finish() == self.hash)
    }
}

/// How far one reading of an object came.
#[derive(Clone)]
pub(super) struct Reading {
    hasher: sealion_hash::Sha256,
    bytes: u64,
    ended: bool,
}

impl Reading {
    pub(super) fn new() -> Reading {
        Reading {
            hasher: sealion_hash::Sha256::new(),
            bytes: 0,
            ended: false,
        }
    }

    /// Takes what was read now; nothing is the end.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.ended = bytes.is_empty();
    }
}

/// Of each object the reading that came furthest.
#[derive(Default)]
pub(crate) struct StoredHashes {
    readings: Mutex<BTreeMap<Arc<str>, Reading>>,
    /// Of objects that an earlier run read to their end, and this one need not read.
    known: Mutex<BTreeMap<Arc<str>, Hash>>,
}

impl StoredHashes {
    /// Whether another reading of this object would tell nothing new.
    pub(super) fn has_all_of(&self, name: &str) -> bool {
        let all = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(name).is_some_and(|reading| reading.ended)
    }

    /// That an earlier run read all of an object, and what it was.
    pub(super) fn know(&self, name: &Arc<str>, hash: Hash) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.clone(), hash);
    }

    pub(super) fn publish(&self, name: &Arc<str>, reading: &Reading) {
        let mut all = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let further = |own: &Reading| (own.bytes, own.ended) < (reading.bytes, reading.ended);
        if all.get(name).is_none_or(further) {
            all.insert(name.clone(), reading.clone());
        }
    }

    /// How much of an object was read, from its first byte on.
    pub(super) fn so_far(&self, name: &str) -> Option<Head> {
        let all = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(name).map(|reading| Head {
            bytes: reading.bytes,
            hash: reading.hasher.clone().finish(),
        })
    }

    /// The hash of all of an object, if all of it was read.
    pub(super) fn of_all(&self, name: &str) -> Option<Hash> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = known.get(name) {
            return Some(*hash);
        }
        let all = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = all.get(name).filter(|reading| reading.ended)?;
        Some(reading.hasher.clone().finish())
    }
}
