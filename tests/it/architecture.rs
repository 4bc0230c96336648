//! Rules about the tree itself: which way imports point, what every file owes its reader, what is built into the program.

mod imports;
mod promises;
pub mod source;
mod supply;
mod tidy;
