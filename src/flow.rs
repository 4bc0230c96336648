//! Dialogue scripts: parsed (`script`), proven (`lint`), compiled (`set`) and drawn (`graph`).

pub mod effect;
pub mod script;
pub mod set;
