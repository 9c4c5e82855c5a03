//! The schema of the JSON report, and what does not fit it.

use serde_json::Value;

/// The schema as it ships.
pub fn schema() -> Value {
    let text = include_str!("../../../sealion/schema/report-1.schema.json");
    serde_json::from_str(text).expect("the schema is JSON")
}

/// What of `report` does not fit the schema: empty if it all does.
pub fn misfits(report: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is a schema");
    validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}
