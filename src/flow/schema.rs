//! The JSON Schema of script files, for editors; `flows/schema.json` is this text.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::flow::script::{FlowScript, GlobalsScript};

/// Draft 7, which editors' YAML support knows best. A file holds flows, or the globals.
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft07().into_generator();
    let flow = generator.subschema_for::<FlowScript>();
    let globals = generator.subschema_for::<GlobalsScript>();
    let definitions: Value = generator.take_definitions(true).into();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Ringback flow script",
        "description": "One dialogue, or what holds in all of them. docs/flows.md explains every node.",
        "if": { "required": ["globals"] },
        "then": globals,
        "else": flow,
        "definitions": definitions,
    });
    let text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    format!("{text}\n")
}
