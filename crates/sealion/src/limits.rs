//! What input may ask of us. Every bound is checked before memory is spent.

/// Bounds on input. Reaching one is reported by its name, never answered with
/// a shorter result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Levels of nested containers in one value. More than 1,000 cannot be read
    /// with the stack that workers have; QLDB's own documents stay far below.
    pub depth_max: u32,
    /// Bytes of one top-level value (a block, a record). Memory follows the
    /// largest value, not the file.
    pub value_bytes_max: u64,
    /// Values within one that came by itself: a revision, an answer, a stream record, a
    /// document. They take up to a kilobyte of memory each; a document of QLDB, of 128 KiB at
    /// most, has far fewer.
    pub values_max: u32,
    /// Symbols in one Ion symbol table. All tables in force at one place may together take
    /// four bytes for each.
    pub symbols_max: u32,
    /// Paddings between the values of one file of Ion binary. They take a byte each, or
    /// more, and as long to read as values; QLDB writes none.
    pub pads_max: u32,
    /// Characters of one number. Decimal digits take quadratic time to read.
    pub number_length_max: u32,
    /// Hashes in one list: `entriesHashList`, `revisions`, a proof.
    pub hashes_max: u32,
    /// Revisions, proofs and digests held in memory because they came one by one
    /// and not as a journal; a block counts as 16.
    pub evidence_max: u32,
    /// Bytes of journal-stream records held while they are put in order; the rest
    /// goes to a temporary file.
    pub stream_memory_bytes_max: u64,
    /// Bytes of the table that remembers documents (for `version-gap`,
    /// `unrecorded-redaction`, `unrecorded-deletion`, `duplicate-revision`).
    pub documents_memory_bytes_max: u64,
    /// Ways in which the numbers of one document in JSON are read to find the one that
    /// gives its hash; 1 tries none but the natural one.
    pub json_readings_max: u32,
    /// Findings kept of each code; all are counted.
    pub findings_max: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            depth_max: 500,
            value_bytes_max: 64 << 20,
            values_max: 1 << 19,
            symbols_max: 1 << 20,
            pads_max: 1 << 16,
            number_length_max: 10_000,
            hashes_max: 1 << 20,
            evidence_max: 1 << 20,
            stream_memory_bytes_max: 64 << 20,
            documents_memory_bytes_max: 32 << 20,
            json_readings_max: 256,
            findings_max: 1_000,
        }
    }
}

/// Levels that can be read with the stack that workers have.
const DEPTH_CEILING: u64 = 1_000;

impl Limits {
    /// Sets one by its name, as findings name it.
    ///
    /// # Errors
    /// If there is none of this name, or the value is more than it can be.
    ///
    /// ```
    /// let mut limits = sealion::Limits::default();
    /// limits.set("documents_memory_bytes_max", 1 << 30)?;
    /// assert!(limits.set("depth_max", 1_001).is_err());
    /// # Ok::<(), sealion::LimitError>(())
    /// ```
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
        let narrow = |max: u64| match u32::try_from(value.min(max)) {
            Ok(narrow) if value <= max => Ok(narrow),
            _ => Err(LimitError::TooLarge {
                name: name.to_owned(),
                max,
                found: value,
            }),
        };
        let most = u64::from(u32::MAX);
        match name {
            "depth_max" => self.depth_max = narrow(DEPTH_CEILING)?,
            "value_bytes_max" => self.value_bytes_max = value,
            "values_max" => self.values_max = narrow(most)?,
            "symbols_max" => self.symbols_max = narrow(most)?,
            "pads_max" => self.pads_max = narrow(most)?,
            "number_length_max" => self.number_length_max = narrow(most)?,
            "hashes_max" => self.hashes_max = narrow(most)?,
            "evidence_max" => self.evidence_max = narrow(most)?,
            "stream_memory_bytes_max" => self.stream_memory_bytes_max = value,
            "documents_memory_bytes_max" => self.documents_memory_bytes_max = value,
            "json_readings_max" => self.json_readings_max = narrow(most)?,
            "findings_max" => self.findings_max = narrow(most)?,
            _ => {
                return Err(LimitError::Unknown {
                    name: name.to_owned(),
                })
            }
        }
        Ok(())
    }
}

/// Why a limit cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// There is no limit of this name.
    #[error("there is no limit named {name}; there are depth_max, value_bytes_max, values_max, symbols_max, pads_max, number_length_max, hashes_max, evidence_max, stream_memory_bytes_max, documents_memory_bytes_max, json_readings_max and findings_max")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// It cannot be so high.
    #[error("{name} can be at most {max}, not {found}")]
    TooLarge {
        /// The limit.
        name: String,
        /// The most that it can be.
        max: u64,
        /// What was asked for.
        found: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_set_by_its_own_name() {
        let shown = format!("{:?}", Limits::default());
        let names = shown
            .split([' ', '{', ','])
            .filter_map(|word| word.strip_suffix(':'));
        let names: Vec<&str> = names.collect();
        assert_eq!(names.len(), 12);
        for name in names {
            let mut limits = Limits::default();
            limits.set(name, 77).unwrap();
            let shown = format!("{limits:?}");
            assert!(shown.contains(&format!("{name}: 77")), "{shown}");
            assert_eq!(shown.matches("77").count(), 1, "{shown}");
            let unknown = limits.set("", 1).unwrap_err().to_string();
            assert!(unknown.contains(name), "{unknown}");
        }
    }

    #[test]
    fn none_is_cut_to_what_fits() {
        let mut limits = Limits::default();
        for (name, value) in [("depth_max", 1_001), ("hashes_max", 1 << 32)] {
            let error = limits.set(name, value).unwrap_err();
            assert!(matches!(error, LimitError::TooLarge { .. }), "{error}");
        }
        assert_eq!(limits, Limits::default());
    }
}
