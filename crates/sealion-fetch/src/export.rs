//! Journal exports that a ledger knows of.

use aws_sdk_qldb::primitives::DateTime;
use aws_sdk_qldb::types::{JournalS3ExportDescription, S3ExportConfiguration};
use serde_json::{json, Value};

/// One journal export, as the endpoint describes it: a claim, and nothing that hashes could settle.
#[derive(Clone, Debug)]
pub struct Export {
    description: JournalS3ExportDescription,
}

impl Export {
    pub(crate) fn new(description: JournalS3ExportDescription) -> Export {
        Export { description }
    }

    /// Its id, 22 characters.
    pub fn id(&self) -> &str {
        self.description.export_id()
    }

    /// `IN_PROGRESS`, `COMPLETED` or `CANCELLED`.
    pub fn status(&self) -> &str {
        self.description.status().as_str()
    }

    /// Where its objects lie, `s3://bucket/prefix`; `None` if that is not said.
    pub fn url(&self) -> Option<String> {
        let place = self.description.s3_export_configuration()?;
        (!place.bucket().is_empty()).then(|| format!("s3://{}/{}", place.bucket(), place.prefix()))
    }

    /// What `aws qldb describe-journal-s3-export` printed within `ExportDescription`: times are seconds
    /// since 1970.
    pub fn value(&self) -> Value {
        let about = &self.description;
        let mut value = json!({
            "ExclusiveEndTime": seconds(about.exclusive_end_time()),
            "ExportCreationTime": seconds(about.export_creation_time()),
            "ExportId": about.export_id(),
            "InclusiveStartTime": seconds(about.inclusive_start_time()),
            "LedgerName": about.ledger_name(),
            "RoleArn": about.role_arn(),
            "Status": about.status().as_str(),
        });
        if let Some(format) = about.output_format() {
            value["OutputFormat"] = json!(format.as_str());
        }
        if let Some(place) = about.s3_export_configuration() {
            value["S3ExportConfiguration"] = configuration(place);
        }
        value
    }
}

fn configuration(place: &S3ExportConfiguration) -> Value {
    let mut value = json!({ "Bucket": place.bucket(), "Prefix": place.prefix() });
    if let Some(encryption) = place.encryption_configuration() {
        let mut own = json!({
            "ObjectEncryptionType": encryption.object_encryption_type().as_str(),
        });
        if let Some(key) = encryption.kms_key_arn() {
            own["KmsKeyArn"] = json!(key);
        }
        value["EncryptionConfiguration"] = own;
    }
    value
}

/// Whole seconds as an integer, others with their fraction.
fn seconds(time: &DateTime) -> Value {
    match time.subsec_nanos() {
        0 => json!(time.secs()),
        _ => json!(time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_as_they_came() {
        assert_eq!(
            seconds(&DateTime::from_secs(1714979289)).to_string(),
            "1714979289"
        );
        let time = DateTime::from_millis(1714979289101);
        assert_eq!(seconds(&time).to_string(), "1714979289.101");
    }
}
