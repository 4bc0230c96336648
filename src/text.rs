//! Words: Fluent messages per language (`catalog`), rendering per surface (`render`) and understanding (`understand`).

pub mod catalog;
pub mod render;
pub mod understand;
pub mod words;
