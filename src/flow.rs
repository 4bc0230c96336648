//! Dialogue scripts: parsed (`read`, `script`), proven (`lint`), compiled (`compile`, `set`) and drawn (`graph`).

pub mod compile;
pub mod coverage;
pub mod effect;
pub mod expand;
pub mod finding;
pub mod fingerprint;
pub mod graph;
pub mod lint;
pub mod load;
pub mod read;
pub mod schema;
pub mod script;
pub mod set;
